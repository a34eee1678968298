"""What the code offers is documented: every command, option, setting, kind of source and problem; and the pages are current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from harvesters.checks.problems import KINDS
from harvesters.sources import COMMON, Harvester, kinds
from portal import documenting
from portal.cli import main as khlang
from portal.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
THAI = re.compile(r"[\u0e01-\u0e5b]")


@cache
def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """The part of a page under a heading, up to the next of its level."""
    level = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}.*?(?=^{level} |\Z)", text(name), re.MULTILINE | re.DOTALL)
    assert found, f"docs/{name} has no part {heading!r}"
    return found[0]


def commands(name: str = "khlang", command: click.Command = khlang) -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, by its whole name; walked here anew, so that the generator is not its own judge."""
    for child, inner in command.commands.items() if isinstance(command, click.Group) else ():
        yield from commands(f"{name} {child}", inner)
    if not isinstance(command, click.Group):
        yield name, command


COMMANDS = dict(commands())


def options(command: click.Command) -> list[click.Option]:
    return [param for param in command.params if isinstance(param, click.Option) and "--help" not in param.opts]


@pytest.mark.parametrize("name", documenting.pages())
def test_generated_pages_are_current(name: str) -> None:
    assert text(name) == documenting.pages()[name], f"docs/{name} is out of date: make docs"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_all_its_options(name: str) -> None:
    told = section("commands.md", f"## `{name}`\n")
    for param in COMMANDS[name].params:
        if isinstance(param, click.Argument):
            assert (param.metavar or param.name or "").upper() in told
    for option in options(COMMANDS[name]):
        for word in option.opts:
            assert f"`{word}`" in told
        for choice in option.type.choices if isinstance(option.type, click.Choice) else ():
            assert f"`{choice}`" in told


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_is_for_in_both_languages(name: str) -> None:
    said = {name: COMMANDS[name].help} | {option.opts[0]: option.help for option in options(COMMANDS[name])}
    dumb = [word for word, sentence in said.items() if not sentence]
    assert dumb == [], f"no help: {dumb}"
    one_tongue = [
        word for word, sentence in said.items() if not (THAI.search(sentence or "") and " / " in (sentence or ""))
    ]
    assert one_tongue == [], f"not in Thai / English: {one_tongue}"


def test_commands_of_the_architecture_are_there() -> None:
    """Those of the design page that this release can serve."""
    promised = {
        "demo", "init", "serve", "source add", "source list", "source show", "source remove", "source release", "harvest",
        "validate", "publish", "search", "reindex", "check", "worker", "settings", "dataset withdraw", "dataset restore",
        "dataset show",
    }  # fmt: skip
    assert {f"khlang {name}" for name in promised} - set(COMMANDS) == set()


def test_every_setting_is_documented() -> None:
    for name, field in Settings.model_fields.items():
        (line,) = re.findall(rf"^\| `KHLANG_{name.upper()}` \|.*$", text("settings.md"), re.MULTILINE)
        assert field.description, f"KHLANG_{name.upper()} says nothing"
        assert field.description.replace("|", "\\|") in line


def test_every_setting_is_told_in_both_languages() -> None:
    dumb = [name for name, field in Settings.model_fields.items() if not THAI.search(field.description or "")]
    assert dumb == []


@pytest.mark.parametrize("name", kinds())
def test_every_kind_of_source_is_documented_with_its_options(name: str) -> None:
    harvester: Harvester = kinds()[name]
    told = section("sources.md", f"## `{name}`")
    assert harvester.title.th in told
    assert harvester.title.en in told
    for option in harvester.options:
        assert f"`{option.name}`" in told
    for option in COMMON:
        assert f"| `{option.name}` |" in section("sources.md", "## ตัวเลือกที่ทุกชนิดมี")


def test_every_problem_is_documented_in_both_languages() -> None:
    told = text("problems.md")
    assert re.findall(r"^### `(.+)`$", told, re.MULTILINE) == [
        kind.code for group in documenting.SEVERITIES for kind in sorted(KINDS, key=lambda kind: kind.code) if documenting.group_of(kind) == group
    ]  # fmt: skip
    for kind in KINDS:
        part = section("problems.md", f"### `{kind.code}`\n")
        assert documenting.plain(kind.th) in part
        assert documenting.plain(kind.en) in part


def test_what_a_sentence_says_is_no_markdown() -> None:
    assert documenting.plain('ค่า {value} ใน [{{"a": 1}}] *เช่น* a_b') == 'ค่า {value} ใน \\[{"a": 1}\\] \\*เช่น\\* a\\_b'
    assert list(documenting.table(["a"], [["x|y\nz"]])) == ["| a |", "|---|", "| x\\|y z |", ""]


def test_check_finds_a_page_that_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = documenting.pages()
    for name, page in made.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
    monkeypatch.setattr(documenting, "DOCS", tmp_path)
    monkeypatch.setattr(documenting.stale, "__defaults__", (tmp_path,))
    assert documenting.main(["--check"]) == 0
    (tmp_path / "settings.md").write_text("old", encoding="utf-8")
    (tmp_path / "problems.md").unlink()
    assert documenting.main(["--check"]) == 1
    assert capsys.readouterr().out.split() == ["docs/settings.md", "docs/problems.md"]
    assert documenting.main([]) == 0
    assert (tmp_path / "problems.md").read_text(encoding="utf-8") == made["problems.md"]


# ── pages that people write ──────────────────────────────────────────────────────────────────────────────────────────
WRITTEN = sorted([ROOT / "README.md", *DOCS.rglob("*.md"), *(ROOT / "datasets").glob("*.md")])


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_call_only_commands_and_options_that_exist(path: Path) -> None:
    """An example that cannot be called is worse than none."""
    whole = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    wrong = []
    for line in re.findall(
        r"(?:^|[\s`])khlang ((?:[a-z-]+ ?)+[^`\n]*)", "\n".join(re.findall(r"```sh\n(.*?)```", whole, re.DOTALL))
    ):
        words = line.split("#")[0].split()
        name = next(
            (
                " ".join(["khlang", *words[:count]])
                for count in (2, 1)
                if " ".join(["khlang", *words[:count]]) in COMMANDS
            ),
            None,
        )
        if name is None:
            wrong.append(line)
            continue
        known = {word for option in options(COMMANDS[name]) for word in option.opts} | {"--help"}
        wrong += [f"{name} {word}" for word in words if re.match(r"--[a-z]", word) and word.split("=")[0] not in known]
    assert wrong == []


def test_decisions_are_numbered_in_order() -> None:
    names = sorted(path.name for path in (DOCS / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_make_targets_that_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        word
        for path in WRITTEN
        for word in re.findall(
            r"\bmake ([a-z]+(?:-[a-z]+)*)", "\n".join(re.findall(r"`+[^`]+`+", path.read_text(encoding="utf-8")))
        )
    }
    assert named - targets == set()
