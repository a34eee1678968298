"""Guards over the code itself: imports go one way, and what the house forbids is nowhere."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEB = {"flask", "sqlalchemy", "whoosh", "portal", "jinja2", "werkzeug", "gunicorn", "alembic", "flask_babel", "click"}
NETWORK = {"requests", "urllib3", "httpx", "aiohttp", "urllib.request", "http.client", "ftplib", "smtplib", "telnetlib"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "tools", "lib"}
READERS_OF_THE_ENVIRONMENT = {
    "portal/settings.py",  # the settings
    "harvesters/limited.py",  # hands a few variables on to the child process
    "harvesters/limited_child.py",
    "harvesters/faults.py",  # faults that tests order in a process of their own
}


def sources(*folders: str) -> list[Path]:
    """The Python files of `folders`, which are names below the root of the checkout."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )


def place(path: Path, node: ast.AST | None = None) -> str:
    """`folder/file.py:line`, as an editor takes it."""
    return path.relative_to(ROOT).as_posix() + (f":{node.lineno}" if node is not None else "")  # type: ignore[attr-defined]


@cache
def tree(path: Path) -> ast.Module:
    """A module parsed, once for all guards."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a module, walked once."""
    return tuple(ast.walk(tree(path)))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or an attribute of a name; "?.c" of an attribute of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


@cache
def imports(path: Path) -> tuple[tuple[ast.AST, str], ...]:
    """Every module that `path` imports anywhere, under functions and type checks too, by its full name."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found: list[tuple[ast.AST, str]] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            found += [(node, module), *((node, f"{module}.{alias.name}") for alias in node.names)]
    return tuple(found)


def is_one_of(module: str, names: set[str]) -> bool:
    """Whether `module` is one of `names` or lies in it."""
    parts = module.split(".")
    return any(".".join(parts[: count + 1]) in names for count in range(len(parts)))


def importers(names: set[str], *folders: str, but: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Where a module of `folders` imports one of `names`, the files `but` left out."""
    return sorted(
        {
            f"{place(path, node)} {module}"
            for path in sources(*folders)
            if place(path) not in but
            for node, module in imports(path)
            if is_one_of(module, names)
        }
    )


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a module, with what is called as it is written (`yaml.load`, `eval`)."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


# ── which way imports go ─────────────────────────────────────────────────────────────────────────────────────────────
def test_the_guard_sees_imports_in_every_dress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "harvesters" / "sources").mkdir(parents=True)
    module = tmp_path / "harvesters" / "sources" / "bad.py"
    module.write_text(
        "def f():\n    import flask.json as j\n    from portal import db\nfrom .. import fetch\nfrom urllib import request\n"
    )
    assert importers({"flask", "portal", "urllib.request"}, "harvesters") == [
        "harvesters/sources/bad.py:2 flask.json",
        "harvesters/sources/bad.py:3 portal",
        "harvesters/sources/bad.py:3 portal.db",
        "harvesters/sources/bad.py:5 urllib.request",
    ]
    assert "harvesters.fetch" in {name for _node, name in imports(module)}


def test_harvesters_know_no_web() -> None:
    assert importers(WEB, "harvesters") == []


def test_pure_rooms_import_nothing_of_the_house_above_them() -> None:
    """Thai rules and the shared values are the ground floor: they import no reading, checking, packaging or fetching."""
    above = {f"harvesters.{name}" for name in ("tables", "checks", "packages", "sources", "fetch", "build", "run")}
    found = importers(above, "harvesters/thai")
    found += [
        hit
        for hit in importers(above, "harvesters")
        if hit.startswith(("harvesters/values.py", "harvesters/errors.py"))
    ]
    assert found == []


def test_one_door_to_the_network() -> None:
    assert importers(NETWORK, "harvesters", "portal", "datasets", but={"harvesters/fetch.py", "portal/mail.py"}) == []


def test_one_door_to_mail_and_it_leads_nowhere_else() -> None:
    assert importers({"smtplib"}, "harvesters", "portal", but={"portal/mail.py"}) == []
    assert {hit.split()[1] for hit in importers(NETWORK, "portal")} == {"smtplib"}


def test_shipped_code_imports_no_tests_and_no_bench() -> None:
    assert (
        importers({"tests", "bench", "pytest", "hypothesis", "openpyxl", "xlwt", "playwright"}, "harvesters", "portal")
        == []
    )


def test_the_parser_of_queries_is_our_own() -> None:
    """whoosh's parser can be made to do work without bound; the portal has a grammar of its own (safety.md 6.4)."""
    assert importers({"whoosh.qparser"}, "harvesters", "portal") == []


def test_start_is_light() -> None:
    """`khlang --help` loads neither engine nor parser: a command pays only for what it does."""
    code = "import sys, portal.cli; print(*sorted({'duckdb','frictionless','whoosh','flask','sqlalchemy','python_calamine','geothai'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# ── what is nowhere ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_that_runs_what_it_reads() -> None:
    found = importers(UNSAFE, "harvesters", "portal")
    for path in sources("harvesters", "portal"):
        for node, name in calls(path):
            runs = name in {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
            loads = name.startswith("yaml.") and name.split(".")[1] in {"load", "load_all", "full_load", "unsafe_load"}
            shell = any(
                keyword.arg == "shell"
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
                for keyword in node.keywords
            )
            if runs or loads or shell:
                found.append(f"{place(path, node)} {name}")
    assert found == []


def literals(path: Path) -> Iterator[ast.Constant]:
    """The text literals of a module that are not docstrings and stand in no call that says ASCII.

    In a pattern of bytes or with `re.ASCII`, a word is made of Latin letters whatever the text, so nothing Thai is cut.
    """
    passed: set[int] = set()
    for node in nodes(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Call) and dotted(node.func).startswith("re."):
            inside = tuple(ast.walk(node))
            if {"re.ASCII", "re.A"} & {dotted(inner) for inner in inside if isinstance(inner, ast.Attribute)}:
                passed.update(map(id, inside))
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node


WORD_CLASS = re.compile(r"(?<!\\)(?:\\\\)*\\[wWbB]|(?<!\\)(?:\\\\)*\[:(?:word|alnum|alpha):\]")


@pytest.mark.parametrize(
    ("pattern", "is_wrong"),
    [(r"\w+", True), (r"a\b", True), (r"x\\w", False), (r"[^\W\d]", True), (r"\d{13}", False), (r"\\\w", True)],
)
def test_the_guard_knows_word_classes(pattern: str, is_wrong: bool) -> None:
    assert bool(WORD_CLASS.search(pattern)) is is_wrong


def test_no_pattern_cuts_thai_marks() -> None:
    r"""Thai vowels above and below and tone marks are no `\w` for Python, so `\w` and `\b` cut words in two (thai.md)."""
    wrong = []
    for path in sources("harvesters", "portal"):
        if path.is_relative_to(ROOT / "harvesters" / "thai"):
            continue
        wrong += [place(path, node) for node in literals(path) if WORD_CLASS.search(node.value)]
    assert wrong == []


def test_names_and_normal_forms_are_made_in_one_room() -> None:
    """`slugify` and `secure_filename` drop Thai, NFKC breaks sara am: harvesters/thai has its own of each."""
    wrong = []
    for path in sources("harvesters", "portal"):
        if path.is_relative_to(ROOT / "harvesters" / "thai"):
            continue
        for node in nodes(path):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            text = node.value if isinstance(node, ast.Constant) else ""
            if name in {"slugify", "secure_filename"} or text in ("NFKC", "NFKD"):
                wrong.append(place(path, node))
    assert wrong + importers({"slugify", "werkzeug.utils.secure_filename"}, "harvesters", "portal") == []


def test_html_is_trusted_in_one_place() -> None:
    """Only what nh3 has cleaned may pass unescaped, and that is made in one module."""
    wrong = []
    for path in sources("harvesters", "portal"):
        if place(path) != "portal/articles/rendering.py":
            wrong += [place(path, node) for node, name in calls(path) if name.split(".")[-1] in {"Markup", "mark_safe"}]
            wrong += importers_of_one(path, "render_template_string")
    for template in sorted((ROOT / "templates").rglob("*.*")):
        text = template.read_text(encoding="utf-8")
        wrong += [
            template.relative_to(ROOT).as_posix() for _ in re.findall(r"\|\s*safe\b|\{%-?\s*autoescape|Markup\(", text)
        ]
    assert wrong == []


def importers_of_one(path: Path, name: str) -> list[str]:
    """Where `path` imports `name` from whatever module."""
    return [place(path, node) for node, module in imports(path) if module.split(".")[-1] == name]


def test_the_environment_is_read_in_one_place() -> None:
    wrong = []
    for path in sources("harvesters", "portal"):
        if place(path) in READERS_OF_THE_ENVIRONMENT:
            continue
        for node in nodes(path):
            if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in {
                "os.environ",
                "os.getenv",
                "environ",
                "getenv",
            }:
                wrong.append(place(path, node))
    assert wrong == []


def test_reads_never_write() -> None:
    """`queries.py` and the pages read; `actions.py` owns the transaction (architecture.md 1)."""
    wrong = []
    for path in sources("portal"):
        if path.name in {"queries.py", "views.py", "resources.py", "downloads.py", "presenting.py"}:
            wrong += [
                f"{place(path, node)} {name}"
                for node, name in calls(path)
                if name.split(".")[-1] in {"commit", "flush", "transaction"}
                or name in {"session.add", "db.session.add", "db.session.delete"}
            ]
    assert wrong == []


# ── how things are called and laid out ───────────────────────────────────────────────────────────────────────────────
def test_no_junk_drawer() -> None:
    named = [
        path for path in sources("harvesters", "portal", "datasets", "bench", "tests") if path.stem in JUNK_DRAWERS
    ]
    folders = [
        path
        for folder in ("harvesters", "portal", "templates", "bench", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.is_dir() and path.name in JUNK_DRAWERS
    ]
    assert named + folders == []


def test_no_package_where_none_may_be() -> None:
    """`datasets` would hide a well-known package of that name; test folders would hide ours."""
    assert [
        place(path) for folder in ("datasets", "tests", "templates") for path in (ROOT / folder).rglob("__init__.py")
    ] == []


def test_every_folder_of_code_is_a_package() -> None:
    missing = {
        path.parent.relative_to(ROOT).as_posix()
        for path in sources("harvesters", "portal")
        if not (path.parent / "__init__.py").exists() and path.parent.name != "versions"
    }
    assert missing == set()


def test_every_module_says_what_it_is_for() -> None:
    dumb = [
        place(path)
        for path in sources("harvesters", "portal", "bench")
        if tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert dumb == []


def test_modules_stay_small() -> None:
    """400 lines ask for a second look (examples-to-follow.md 2); catalogues and migrations are lists, not code."""
    lists = {"harvesters/checks/problems.py", "portal/cli.py"}
    long = {
        place(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources("harvesters", "portal")
        if place(path) not in lists and path.parent.name != "versions"
    }
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_nothing_names_this_machine() -> None:
    """A path of the machine that built it is of no use to anybody else."""
    if len(ROOT.parts) < 3:
        pytest.skip("the checkout lies too near the root for its path to be told from other text")
    kept = [*sources("harvesters", "portal", "datasets", "bench", "tests")]
    kept += [
        path
        for folder in ("docs", "templates", "requirements", "datasets")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".md", ".html", ".txt", ".json", ".toml", ".csv"}
    ]
    kept += [
        ROOT / name for name in ("README.md", "Makefile", "pyproject.toml", "CHANGELOG.md") if (ROOT / name).exists()
    ]
    assert [place(path) for path in kept if str(ROOT) in path.read_text(encoding="utf-8", errors="replace")] == []
