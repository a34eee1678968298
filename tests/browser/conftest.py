"""Chromium for the tests of this folder: Debian's own, driven by Playwright; skipped with a reason where it is missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from werkzeug.serving import make_server

from portal.app import create_app
from portal.cli import main
from portal.feedback.actions import answer, take_in
from portal.feedback.forms import Told
from portal.settings import Settings

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "datasets" / "demo"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test and talks to a server of its own over loopback."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program's path; `KHLANG_CHROMIUM` names another one."""
    path = os.environ.get("KHLANG_CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if not path:
        pytest.skip("no chromium on this machine: `apt-get install chromium`, or set KHLANG_CHROMIUM to its path")
    return path


@pytest.fixture(scope="session")
def thai_font() -> None:
    """Pages bring their own Thai, but what a page shows before it comes (and every screenshot without it) needs one here."""
    if shutil.which("fc-list"):
        found = subprocess.run(["fc-list", ":lang=th", "family"], capture_output=True, text=True, check=False).stdout
        if not found.strip():
            pytest.skip("no Thai font on this machine, letters would be boxes: `apt-get install fonts-noto-core`")


@pytest.fixture(scope="session")
def browser(chromium: str, thai_font: None) -> Iterator[Browser]:
    """One headless Chromium for all tests of the session."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield program
        program.close()


@dataclass
class Watch:
    """What happened while pages were open: console errors, failed answers, requests to hosts other than the first."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def foreign(self, base: str) -> list[str]:
        """The requests that left the portal."""
        return [address for address in self.requests if not address.startswith(base)]


PageMaker = Callable[..., Page]


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test did; see Watch."""
    return Watch()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[PageMaker]:
    """`page(width=360, scheme="light", javascript=True, cookies={…}, base=…)` opens an empty page; closed afterwards.

    `bypass_csp=True` is for checkers that must inject a script (axe); never use it where the policy itself is tested.
    """
    contexts: list[BrowserContext] = []

    def make(
        width: int = 360,
        *,
        height: int = 800,
        scheme: str = "light",
        javascript: bool = True,
        cookies: dict[str, str] | None = None,
        base: str = "",
        bypass_csp: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            bypass_csp=bypass_csp,
            base_url=base or None,
            locale="th-TH",
        )
        context.set_default_timeout(15_000)
        if cookies:
            context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: watch.errors.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: watch.errors.append(str(error)))
        opened.on("request", lambda request: _note_request(watch, request))
        opened.on("response", lambda response: _note_response(watch, response))
        return opened

    yield make
    for context in contexts:
        context.close()


def _note_request(watch: Watch, request: Request) -> None:
    watch.requests.append(request.url)


def _note_response(watch: Watch, response: Response) -> None:
    if response.status >= 400:
        watch.failed.append(f"{response.status} {response.url}")


@pytest.fixture(scope="session")
def live_server() -> Iterator[Callable[[Flask], str]]:
    """`live_server(app)` serves an application on a free port of loopback and returns its address without a final slash."""
    servers = []

    def serve(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="live-server", daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


OFFICE = ("--publisher", "office-chiangmai", "--publisher-title", "สำนักงานทดลองเชียงใหม่", "--licence", "CC-BY-4.0")
AFTER_DEMO = (
    ("publish", DEMO / "01-clusters-chiangmai.csv", *OFFICE, "--name", "office-chiangmai", "--title", "ทะเบียนกลุ่มเชียงใหม่"),
    ("publish", DEMO / "later/01-clusters-chiangmai.csv", *OFFICE, "--name", "office-chiangmai", "--title", "ทะเบียนกลุ่มเชียงใหม่"),
    ("publish", DEMO / "held/clusters-with-citizen-ids.csv", *OFFICE, "--name", "office-people", "--title", "กลุ่มพร้อมผู้ติดต่อ"),
    ("dataset", "withdraw", "demo-clusters-korat", "--reason", "เจ้าของขอถอน"),
    ("registry", "publish", "--json"),  # the withdrawal took the portal's own tables away
)  # fmt: skip


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration, a dataset of two versions, one that is held, one that was withdrawn, and
    a report of wrong data that was answered.

    Made once by the command line and shared by all processes of a parallel run: the first makes it, the others wait.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home = shared / "demo-home"
    with (shared / "demo-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            for arguments in (("demo", "--no-serve", "--json"), *AFTER_DEMO):
                made = CliRunner().invoke(main, [str(one) for one in arguments], env={"KHLANG_HOME": str(home)})
                expected = 1 if "office-people" in arguments else 0  # what is held is not published
                assert made.exit_code == expected, made.output
            with create_app(Settings(home=home, _env_file=None)).app_context():
                told = Told("wrong", "จำนวนสมาชิกแถวนี้ไม่ตรง", "office-chiangmai", row=3)
                assert take_in(told, address="192.0.2.1", key="browser") == 1
                answer(1, state="done", words="แก้แล้วในรุ่นใหม่", actor="tester")
            (home / "made").touch()
    return home


@pytest.fixture(scope="session")
def demo_app(demo_home: Path) -> Flask:
    """The portal on `demo_home`."""
    return create_app(Settings(home=demo_home, _env_file=None))


@pytest.fixture(scope="session")
def portal(demo_app: Flask, live_server: Callable[[Flask], str]) -> str:
    """The address of the portal on `demo_home`, served."""
    return live_server(demo_app)
