"""The limited child: what it gives back, and what each wall does to a function that runs against it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harvesters.checks.problems import problem
from harvesters.errors import HarvestError
from harvesters.limited import CHILD, ChildLimits, run_limited

FUNCTIONS = """
import os, socket, subprocess, sys, time
from pathlib import Path
from harvesters.errors import HarvestError
from harvesters.limited_child import progress

def echo(argument): return {"got": argument, "thai": "ผ้าไหมแพรวา", "broken": "\\ud800"}
def environment(argument): return dict(os.environ)
def fails(argument): raise HarvestError("format-unknown", seems_th="รูปภาพ", seems_en=Path("an image"), count=3)
def memory(argument): return {"n": len(bytearray(8 << 30))}
def small_memory(argument):
    kept = []
    while True: kept.append("x" * 1_000_000 + str(len(kept)))
def spin(argument):
    while True: pass
def sleep(argument): time.sleep(60)
def big_file(argument):
    with open(argument["path"], "wb") as file:
        for _ in range(200): file.write(b"x" * 1_000_000)
def many_files(argument): return {"n": len([open(os.devnull) for _ in range(1000)])}
def connect(argument): socket.create_connection(("127.0.0.1", argument["port"]), timeout=2); return {}
def udp(argument): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)); return {}
def resolve(argument): socket.getaddrinfo("localhost", 80); return {}
def fork(argument): os.fork(); return {}
def program(argument): subprocess.run(["true"]); return {}
def system(argument): os.system("true"); return {}
def spawn(argument): os.posix_spawn("/bin/true", ["true"], {}); return {}
def crash(argument): raise ValueError("ชื่อ สมชาย เลข 1999900012348 cell")
def dies(argument): os.abort()
def killed(argument): os.kill(os.getpid(), 9)
def exits(argument): sys.exit(3)
def endless(argument): return endless(argument)
def chatty(argument): print("to stdout"); print("x" * 3_000_000, file=sys.stderr); return {"ok": True}
def not_json(argument): return {"path": Path("x")}
def nan(argument): return {"x": float("nan")}
def large(argument): return {"text": "ก" * 5_000_000}
def too_large(argument): return {"text": "x" * (70 << 20)}
def steps(argument):
    for n in range(3): progress(n, 3, "อ่าน")
    return {}
def scribbles(argument): os.write(int(sys.argv[1]), b"}{\\n"); time.sleep(30)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Runs one of FUNCTIONS in a limited child."""
    (tmp_path / "functions_of_this_test.py").write_text(FUNCTIONS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(name: str, argument: dict[str, Any] | None = None, **limits: Any) -> dict[str, Any]:
        return run_limited(f"functions_of_this_test:{name}", argument or {}, limits=ChildLimits(**limits))

    return run


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine that would take a connection."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_argument_and_result_cross_whole(run: Callable[..., dict[str, Any]]) -> None:
    argument = {"ชื่อ": ["กล้วยตาก", 1, None, 2.5], "long": "น" * 300_000}
    assert run("echo", argument) == {"got": argument, "thai": "ผ้าไหมแพรวา", "broken": "\ud800"}


def test_large_result(run: Callable[..., dict[str, Any]]) -> None:
    assert run("large")["text"] == "ก" * 5_000_000


def test_environment_holds_no_secret_and_no_proxy(
    run: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHLANG_SECRET_KEY", "s3cret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    seen = run("environment")
    assert not {"KHLANG_SECRET_KEY", "HTTPS_PROXY", "PYTHONPATH"} & set(seen)
    assert "s3cret" not in str(seen)


def test_expected_failure_passes_through_with_its_fields(run: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(HarvestError) as failed:
        run("fails")
    assert failed.value.code == "format-unknown"
    assert failed.value.fields == {"seems_th": "รูปภาพ", "seems_en": "an image", "count": 3}


@pytest.mark.parametrize(
    ("name", "code", "limits"),
    [
        ("memory", "child-memory", {}),
        ("small_memory", "child-memory", {"memory_bytes": 256 << 20}),
        ("killed", "child-memory", {}),
        ("spin", "child-time", {"cpu_seconds": 1}),
        ("sleep", "child-time", {"wall_seconds": 0.7}),
        ("too_large", "child-output", {}),
        ("crash", "child-failed", {}),
        ("dies", "child-failed", {}),
        ("exits", "child-failed", {}),
        ("endless", "child-failed", {}),
        ("not_json", "child-failed", {}),
        ("nan", "child-failed", {}),
        ("no_such_function", "child-failed", {}),
        ("many_files", "child-failed", {}),
        ("fork", "child-failed", {}),
        ("program", "child-failed", {}),
        ("system", "child-failed", {}),
        ("spawn", "child-failed", {}),
        ("udp", "child-failed", {}),
        ("resolve", "child-failed", {}),
        ("scribbles", "child-failed", {"wall_seconds": 3.0}),
    ],
)
def test_each_wall_has_its_code(
    run: Callable[..., dict[str, Any]], name: str, code: str, limits: dict[str, Any]
) -> None:
    with pytest.raises(HarvestError) as failed:
        run(name, **limits)
    assert failed.value.code == code
    told = problem(failed.value.code, **failed.value.fields)
    assert told.blocking
    assert told.message.th
    assert told.message.en


def test_refusals_name_themselves(run: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(HarvestError) as failed:
        run("fork")
    assert failed.value.fields["why"] == "PermissionError"


def test_large_file_is_stopped_at_its_limit(run: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "big"
    with pytest.raises(HarvestError) as failed:
        run("big_file", {"path": str(path)}, file_bytes=5_000_000)
    assert failed.value.code == "child-output"
    assert path.stat().st_size <= 5_000_000


@pytest.mark.enable_socket
def test_network_is_out_of_reach(run: Callable[..., dict[str, Any]], listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(HarvestError) as failed:
        run("connect", {"port": port})
    assert failed.value.fields["why"] == "PermissionError"
    listener.settimeout(0.1)
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.enable_socket
def test_network_is_out_of_reach_without_the_audit_hook(listener: socket.socket) -> None:
    """The namespace is a wall of its own: what goes round Python's hook finds no network either."""
    script = (
        f"import sys, ctypes, socket; sys.path.insert(0, {str(CHILD.parent.parent)!r})\n"
        "from harvesters import limited_child as child\n"
        "print(child.leave_network(ctypes.CDLL(None, use_errno=True)))\n"
        f"print(socket.socket().connect_ex(('127.0.0.1', {listener.getsockname()[1]})))"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    if told[0] == "False":
        pytest.skip("this system lets nobody make a network namespace")
    assert told[1] != "0"


def test_what_the_child_says_goes_to_the_log_masked(
    run: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HarvestError):
        run("crash")
    assert "ValueError" in caplog.text
    assert "1999900012348" not in caplog.text


def test_chatter_neither_blocks_nor_floods(
    run: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert run("chatty") == {"ok": True}
    assert len(caplog.text) < 100_000


def test_progress_is_passed_on(run: Callable[..., dict[str, Any]]) -> None:
    heard: list[Any] = []
    run_limited("functions_of_this_test:steps", {}, on_progress=heard.append)
    assert heard == [{"done": n, "total": 3, "step": "อ่าน"} for n in range(3)]


def test_from_several_threads_at_once(run: Callable[..., dict[str, Any]]) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(run("echo", {"n": n})["got"]["n"]))  # type: ignore[misc]
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [0, 1, 2, 3]


def test_child_dies_with_its_parent(run: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    """A parent killed without a chance to tidy leaves no child behind."""
    if sys.platform != "linux":
        pytest.skip("only Linux ends a child with its parent")
    script = (
        f"import sys; sys.path[:0] = [{str(CHILD.parent.parent)!r}, {str(tmp_path)!r}]\n"
        "from harvesters.limited import run_limited\nrun_limited('functions_of_this_test:sleep', {})"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        child = _wait_for(lambda: _children(parent.pid))[0]
        parent.kill()
    assert _wait_for(lambda: [True] if not _alive(child) else [])


def test_nothing_is_left_open(run: Callable[..., dict[str, Any]]) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files can be counted on Linux only")
    run("echo")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("echo", "crash", "killed"):
        with contextlib.suppress(HarvestError):
            run(name)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def _wait_for(look: Callable[[], list[Any]]) -> list[Any]:
    until = time.monotonic() + 60  # of a busy machine
    while not (found := look()):
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)
    return found


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
