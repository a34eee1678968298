"""A small publisher to be killed: stores files, then moves a pointer. Run as a script by test_store_kills.py.

`publisher.py MODE HOME` prints JSON. It forks its victims itself, so that one start of Python serves hundreds of kills.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from harvesters.errors import HarvestError
from harvesters.faults import STORE_POINTS, VARIABLE
from harvesters.packages.store import Store

FILES = 4


def publish(home: Path, number: int) -> None:
    """Write version `number`, then move the pointer in one step."""
    store = Store(home)
    with store.staging() as workdir:
        objects = []
        for at in range(FILES):
            path = workdir / f"{at}.csv"
            path.write_bytes(f"{number},{at}\n".encode() * (20_000 if at == 0 else 50 * at))
            objects.append(store.add(path, private=at == 3).sha256)
        draft = workdir / "pointer"
        draft.write_text(json.dumps({"number": number, "objects": objects}))
        draft.replace(home / "pointer")


def served(home: Path) -> dict:
    """The version that readers get; every one of its objects is hashed."""
    pointer = home / "pointer"
    if not pointer.exists():
        return {"number": 0, "whole": True}
    told = json.loads(pointer.read_text())
    store = Store(home)
    whole = all(store.verify(sha256, private=at == 3) for at, sha256 in enumerate(told["objects"]))
    return {"number": told["number"], "whole": whole}


def damaged(home: Path) -> list[str]:
    """Objects of either side whose bytes are not those of their name."""
    store = Store(home)
    return [
        name for private in (False, True) for name in store.objects(private=private) if not store.verify(name, private)
    ]


def left_over(home: Path) -> list[str]:
    """What dead publishers left behind and a sweep did not take away."""
    Store(home).sweep()
    return [
        str(path) for folder in ("staging", "store/incoming", "private/incoming") for path in (home / folder).glob("*")
    ]


def child(work) -> int:
    """Run `work` in a forked child; returns its process id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            os._exit(7 if isinstance(error, HarvestError) else 9)
    return pid


def ended(pid: int) -> int:
    """Exit code of a child, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kills(home: Path, rounds: int) -> dict:
    """Kill the publisher at random moments of its work."""
    chance = random.Random(20261124)
    began = time.monotonic()
    publish(home, 1)
    window = 1.3 * (time.monotonic() - began)  # most die at work, some get through
    broken, went_back, deaths, last = 0, 0, 0, 1
    moved = set()
    for number in range(2, rounds + 1):
        pid = child(lambda number=number: publish(home, number))
        time.sleep(chance.random() * window)
        os.kill(pid, signal.SIGKILL)
        died = ended(pid) == -signal.SIGKILL
        deaths += died
        window *= 1.1 if died else 0.7  # the first round was cold, and the machine may be busy or not
        now = served(home)
        broken += not now["whole"]
        went_back += now["number"] < last
        last = now["number"]
        moved.add(last)
    publish(home, rounds + 1)
    end = served(home)
    return {
        "deaths": deaths,
        "moved": len(moved),
        "broken": broken,
        "went_back": went_back,
        "end": end,
        "damaged": damaged(home),
        "left": left_over(home),
    }


def faults(home: Path, failure: str) -> dict:
    """Strike at each point of the store, for each of a version's files; then work without a fault."""
    number, broken, codes, went_on = 0, 0, {}, 0
    publish(home, number := number + 1)
    for point in STORE_POINTS:
        for time_ in (1, FILES):  # the first public object, and the private one
            order = f"{point}:{time_}{failure}"
            last, wanted = number, number + 1

            def struck(order=order, wanted=wanted) -> None:
                os.environ[VARIABLE] = order
                publish(home, wanted)

            codes[order] = ended(child(struck))
            now = served(home)
            broken += not (now["whole"] and now["number"] == last)
            publish(home, wanted)
            now = served(home)
            went_on += now == {"number": wanted, "whole": True}
            number = wanted
    return {"broken": broken, "codes": codes, "went_on": went_on, "damaged": damaged(home), "left": left_over(home)}


def full(home: Path) -> dict:
    """The limit on a file's size stands for a full disk: it strikes in the middle of a write."""
    publish(home, 1)

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        big = home / "big.csv"
        big.write_bytes(b"x" * 200_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            Store(home).add(big)
        except HarvestError as error:
            os._exit(3 if error.code == "store-full" else 4)

    code = ended(child(limited))
    return {"code": code, "served": served(home), "damaged": damaged(home), "left": left_over(home)}


def living(home: Path) -> dict:
    """A sweep while another process works must leave that one's folder alone; once it is dead, it is taken away."""
    ready, tell = os.pipe()

    def works() -> None:
        with Store(home).staging() as workdir:
            (workdir / "half").write_text("…")
            os.write(tell, b"x")
            time.sleep(30)

    pid = child(works)
    os.read(ready, 1)
    while_alive = Store(home).sweep()
    kept = len(list((home / "staging").glob("*/half")))
    os.kill(pid, signal.SIGKILL)
    ended(pid)
    return {"while_alive": while_alive, "kept": kept, "when_dead": Store(home).sweep(), "left": left_over(home)}


if __name__ == "__main__":
    mode, home = sys.argv[1], Path(sys.argv[2])
    home.mkdir(exist_ok=True)
    result = {
        "kills": lambda: kills(home, int(sys.argv[3])),
        "faults": lambda: faults(home, ""),
        "errors": lambda: faults(home, f"={sys.argv[3]}"),
        "full": lambda: full(home),
        "living": lambda: living(home),
    }[mode]()
    print(json.dumps(result))
