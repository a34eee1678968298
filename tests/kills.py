"""A harvest of many files that is killed again and again, and what must hold after each kill.

Used by the journeys for a few kills and by `bench/kills.py` for hundreds. Each round every file gets one row more; whatever is
served afterwards is the version of this round or of the one before, whole, and never an older one than was served already.
"""

from __future__ import annotations

import csv
import hashlib
import random
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import create_engine, text

from harvesters.packages.store import Store
from portal.settings import Settings
from tests.processes import begin, ended

POINTS = (
    "before-copy", "after-copy", "after-fsync", "after-rename", "after-folder-fsync", "after-read-back", "after-store", "before-commit",
    "after-commit", "rows-written", "rows-indexed", "index-written", "index-switched",
)  # fmt: skip
HARVEST = ("harvest", "files")
PASSED_BY = {"rows-written": ("reindex",)}  # all others by a harvest


@dataclass
class Killed:
    """A data folder with one source of `count` files."""

    settings: Settings
    files: Path
    count: int = 20
    round: int = 0
    served: dict[str, int] = field(default_factory=dict)  # dataset -> rows of what was served last
    seconds: float = 10.0  # that a whole harvest takes, by the last one

    def write(self) -> None:
        """The next round of files: one row more in each."""
        self.round += 1
        for number in range(self.count):
            rows = "".join(f"{row:03},กลุ่มทอผ้าบ้านที่ {row} ของชุด {number},แพร่\n" for row in range(1, self.round + 3))
            (self.files / f"ชุด-{number:02}.csv").write_text(f"รหัส,ชื่อกลุ่ม,จังหวัด\n{rows}", encoding="utf-8")

    def command(self, *arguments: str, fault: str = "") -> ForkServerProcess:
        """The command line in a process of its own, which has just begun."""
        return begin(*arguments, KHLANG_HOME=str(self.settings.home), KHLANG_FAULT=fault)

    def whole(self) -> int:
        """One harvest to its end; returns its exit code."""
        began = time.monotonic()
        code = ended(self.command(*HARVEST))
        self.seconds = time.monotonic() - began
        return code

    def kill_at(self, point: str) -> None:
        """A command that dies at a named point, the first time that it passes there."""
        code = ended(self.command(*PASSED_BY.get(point, HARVEST), fault=point))
        assert code == -signal.SIGKILL, (point, code)  # else it never came there
        self.after_kill()

    def kill_somewhere(self, chance: random.Random) -> bool:
        """A harvest that dies at a random moment. False where it had come to its end before."""
        process = self.command(*HARVEST)
        process.join(chance.random() * self.seconds)  # no longer than it lives
        process.kill()
        code = ended(process)
        self.after_kill()
        return code == -signal.SIGKILL

    def after_kill(self) -> None:
        """Let the lease of the dead run out at once, and see that what is served is whole and not older."""
        engine = create_engine(self.settings.database)
        try:
            with engine.begin() as connection:
                connection.execute(text("UPDATE source SET lease_until = NULL"))
                found = connection.execute(text(SERVED)).fetchall()
        finally:
            engine.dispose()
        for name, sha256 in found:
            rows = self.rows_of(sha256)
            assert rows in (self.round + 1, self.round + 2), (name, rows, self.round)
            assert rows >= self.served.get(name, 0), (name, rows, self.served[name])
            self.served[name] = rows
        assert len(found) >= len(self.served)

    def rows_of(self, sha256: str) -> int:
        """The rows of a stored table, after its bytes were compared with its name."""
        path = Store(self.settings.home).path(sha256)
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256
        with closing(path.open(encoding="utf-8", newline="")) as file:
            return sum(1 for _ in csv.reader(file)) - 1

    def all_served(self) -> Iterator[int]:
        """The rows of every dataset that is served."""
        self.after_kill()
        yield from self.served.values()


def kill_all(killed: Killed, kills: int, *, every: int) -> tuple[list[str], int]:
    """Kill once at each named point, then at so many random moments; every so many kills the next run goes to its end.

    Returns what was wrong after a kill, and how many of those next runs did not complete.
    """
    chance = random.Random(200)
    wrong, incomplete = [], 0
    for number in range(kills + len(POINTS)):
        killed.write()
        try:
            if number < len(POINTS):
                killed.kill_at(POINTS[number])
            else:
                while not killed.kill_somewhere(chance):
                    killed.write()
            if number % every == every - 1 or number == kills + len(POINTS) - 1:
                incomplete += killed.whole() != 0 or set(killed.all_served()) != {killed.round + 2}
            else:  # the next kill begins from what this one left
                killed.round -= 1
        except AssertionError as error:
            wrong.append(f"kill {number}: {error}")
    return wrong, incomplete


SERVED = """
SELECT d.name, f.sha256 FROM dataset d JOIN version v ON v.id = d.current_version_id
JOIN version_file f ON f.version_id = v.id WHERE f.role = 'data' AND d.state = 'published'
"""


def prepared(settings: Settings, files: Path, count: int = 20) -> Killed:
    """A source of `count` files, harvested once. `settings.home` is prepared already."""
    files.mkdir()
    killed = Killed(settings, files, count)
    killed.write()
    words = (
        "source",
        "add",
        "files",
        "--kind",
        "spreadsheet",
        "--url",
        str(files),
        "--publisher-title",
        "สำนักงานทดสอบ",
    )
    assert ended(killed.command(*words)) == 0
    assert killed.whole() == 0
    return killed
