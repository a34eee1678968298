"""Guards over the templates: each compiles, is used, has its heading, and imports what it uses and no more."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from portal.app import create_app
from portal.home import prepare
from portal.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
FRAMES = {"base.html"}
FILES = {"harvest/preview.html"}  # written to a disk, never served: no header whose links would lead nowhere
PIECES = [name for name in NAMES if name.startswith("macros/")]
PAGES = [name for name in NAMES if name.endswith(".html") and name not in {*PIECES, *FRAMES}]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The portal itself, so that its own filters and functions are known to the compiler."""
    settings = load_settings(home=tmp_path_factory.mktemp("home") / "khlang")
    prepare(settings)
    return create_app(settings)


@cache
def parsed(name: str) -> nodes.Template:
    """The syntax tree of a template."""
    return Environment(extensions=["jinja2.ext.i18n"]).parse((TEMPLATES / name).read_text(encoding="utf-8"), name)


def imported(name: str) -> list[tuple[str, str, str]]:
    """What a template imports: the other template, the name there, the name here."""
    found = []
    for node in parsed(name).find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        for item in node.names:
            there, here = item if isinstance(item, tuple) else (item, item)
            found.append((node.template.value, there, here))
    return found


def named_by_code() -> set[str]:
    """The templates that Python code names."""
    return {
        node.value
        for path in (ROOT / "portal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES
    }


def named_by_templates() -> set[str]:
    """The templates that other templates extend, include or import."""
    return {
        node.template.value
        for name in NAMES
        for node in parsed(name).find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import))
        if isinstance(node.template, nodes.Const)
    }


def test_there_are_pages_and_pieces() -> None:
    assert len(PAGES) > 10
    assert len(PIECES) > 10


def test_every_template_compiles(app: Flask) -> None:
    broken = {}
    for name in NAMES:
        try:
            app.jinja_env.get_template(name)
        except Exception as error:  # whatever it is, the name of the template belongs to it
            broken[name] = repr(error)
    assert broken == {}


def test_every_filter_and_test_is_known(app: Flask) -> None:
    """Jinja leaves an unknown filter inside an `if` to the reader who gets there."""
    unknown = [
        f"{name}:{node.lineno} {node.name}"
        for name in NAMES
        for node in parsed(name).find_all((nodes.Filter, nodes.Test))
        if node.name not in (app.jinja_env.filters if isinstance(node, nodes.Filter) else app.jinja_env.tests)
    ]
    assert unknown == []


@pytest.mark.parametrize("name", [name for name in PAGES if name not in FILES])
def test_every_page_has_the_frame_and_a_heading(name: str) -> None:
    """The heading also begins the title; a page with its own opening still shows it in its h1."""
    (frame,) = parsed(name).find_all(nodes.Extends)
    assert isinstance(frame.template, nodes.Const)
    assert frame.template.value in FRAMES
    blocks = {block.name: block for block in parsed(name).find_all(nodes.Block)}
    assert "heading" in blocks, f"{name} has no block heading"
    assert blocks["heading"].body, f"the heading of {name} is empty"
    if "page_head" in blocks:
        assert re.search(r"<h1[ >]", (TEMPLATES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fills_only_blocks_that_the_frame_has(name: str) -> None:
    """A block that the frame does not have is never shown, without a word."""
    known = {block.name for frame in FRAMES for block in parsed(frame).find_all(nodes.Block)}
    inner = {
        block.name
        for outer in parsed(name).find_all(nodes.Block)
        for block in outer.find_all(nodes.Block)
        if outer.name in known
    }
    assert sorted({block.name for block in parsed(name).find_all(nodes.Block)} - known - inner) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_import_is_there_and_used(name: str) -> None:
    used = {node.name for node in parsed(name).find_all(nodes.Name) if node.ctx == "load"}
    for other, there, here in imported(name):
        defined = {macro.name for macro in parsed(other).find_all(nodes.Macro)}
        assert there in defined, f"{name}: {other} has no macro {there}"
        assert here in used, f"{name}: {here} is imported and not used"


def test_every_template_is_used_and_every_named_one_is_there() -> None:
    assert sorted(set(NAMES) - named_by_code() - named_by_templates()) == []
    assert sorted(named_by_templates() - set(NAMES)) == []


def test_every_template_that_a_view_asks_for_is_there() -> None:
    asked = set()
    for path in (ROOT / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("render_template", "stream_template")):
                first = node.args[0]
                asked |= {
                    part.value for part in ast.walk(first) if isinstance(part, ast.Constant) and "/" in str(part.value)
                }
    assert asked
    assert sorted(asked - set(NAMES)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_nothing_inline(name: str) -> None:
    """The content security policy forbids inline scripts and styles; what is written there would silently do nothing."""
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<style[\s>]|\sstyle=|\son[a-z]+=[\"'{]|javascript:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or "application/ld+json" in opening


@pytest.mark.parametrize("name", NAMES)
def test_no_template_asks_or_decides_for_the_house(name: str) -> None:
    """A template gets named values: no session, no query, no setting of the application."""
    forbidden = {"session", "g", "config", "db", "current_app", "get_flashed_messages"}
    assert sorted({node.name for node in parsed(name).find_all(nodes.Name) if node.ctx == "load"} & forbidden) == []
