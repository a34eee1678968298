"""A portal in a folder of its own, and a client that looks at every page it fetches."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import home
from portal.app import create_app
from portal.catalogue.models import Dataset, DatasetProvince, Publisher, Resource, Version
from portal.db import db, transaction
from portal.harvest.models import Held, Run, RunItem, Source
from portal.search.outbox import drain
from portal.settings import Settings

Writing = Callable[[], AbstractContextManager[Session]]

FIELDS = ("input", "select", "textarea")
NO_LABEL = ("hidden", "submit", "button")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database and an empty index, made once and copied for each test."""
    settings = Settings(home=tmp_path_factory.mktemp("prepared") / "home", _env_file=None)
    home.prepare(settings)
    app = create_app(settings)
    with app.app_context():
        drain()
        db.engine.dispose()
    return settings.home


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    """Settings of a portal whose data folder is this test's own."""
    shutil.copytree(prepared, tmp_path / "home")
    return Settings(home=tmp_path / "home", _env_file=None)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The portal. No context is open: each request must have one of its own, as in service."""
    app = create_app(settings)
    app.test_client_class = LookingClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def writing(app: Flask) -> Callable[[], AbstractContextManager[Session]]:
    """Opens a transaction on this test's database."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with app.app_context(), transaction() as session:
            yield session

    return begin


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A reader who looks at every page: see `look_at`."""
    return app.test_client()


@pytest.fixture
def runner(settings: Settings) -> Callable[..., Any]:
    """Runs `khlang` with some words in this test's data folder and returns click's result."""
    from portal.cli import main

    def run(*words: str) -> Any:
        environment = {"KHLANG_HOME": str(settings.home)}
        return CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)

    return run


class LookingClient(FlaskClient):
    """A client that fails the test when a page is not as every page must be, or when anything answers 500."""

    bugs_expected = False

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        assert response.status_code != 500 or self.bugs_expected, "a bug: see the log above"
        if response.mimetype == "text/html" and response.status_code != 304 and response.data:
            look_at(response)
        return response


def look_at(response: TestResponse) -> None:
    """Every page: valid HTML, a language, one h1 that begins the title, labelled fields, nothing inline, anchors that exist."""
    if response.headers.get("Content-Encoding"):
        return
    where = response.request.path
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(response.text)
    assert parser.errors == [], f"{where}: {parser.errors[:3]}"
    assert tree.get("lang") in ("th", "en"), where
    heads = list(tree.iter("h1"))
    assert len(heads) == 1, f"{where}: {len(heads)} h1"
    title, head = said(tree.find("head/title")), said(heads[0])
    assert head, f"{where}: empty h1"
    assert title.startswith(head), f"{where}: title {title!r}, h1 {head!r}"
    assert unlabelled(tree) == [], f"{where}: fields without a label"
    assert inline(tree) == [], where
    names = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(names) == len(set(names)), f"{where}: ids twice: {sorted({n for n in names if names.count(n) > 1})}"
    wanted = {link.get("href", "")[1:] for link in tree.iter("a") if link.get("href", "").startswith("#")}
    assert wanted - set(names) - {""} == set(), f"{where}: anchors that lead nowhere"


def said(element: Element | None) -> str:
    """The words of an element, with single blanks."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def unlabelled(tree: Element) -> list[str]:
    """Fields that no label names."""
    named = {label.get("for") for label in tree.iter("label")}
    within = {id(field) for label in tree.iter("label") for field in label.iter()}
    return [
        str(field.get("name"))
        for tag in FIELDS
        for field in tree.iter(tag)
        if field.get("type") not in NO_LABEL
        and field.get("id") not in named
        and id(field) not in within
        and not field.get("aria-label")
    ]


def inline(tree: Element) -> list[str]:
    """Scripts and styles that stand in the page itself; JSON-LD is data."""
    found = [element.tag for element in tree.iter("style")]
    found += [
        "script"
        for script in tree.iter("script")
        if not script.get("src") and script.get("type") != "application/ld+json"
    ]
    for element in tree.iter():
        found += [name for name in element.attrib if name == "style" or re.fullmatch(r"on[a-z]+", str(name))]
    return found


# ── rows of the catalogue, made without harvesting ───────────────────────────────────────────────────────────────────
@pytest.fixture
def add_publisher(writing: Writing) -> Callable[..., int]:
    """Adds a publisher and returns its id."""

    def add(slug: str = "phrae-office", **given: Any) -> int:
        with writing() as session:
            values = {"title_th": "สำนักงานตัวอย่างแพร่", "title_en": "Sample office, Phrae", "province_code": "54"}
            publisher = Publisher(slug=slug, **{**values, **given})
            session.add(publisher)
            session.flush()
            return publisher.id

    return add


@pytest.fixture
def add_dataset(writing: Writing) -> Callable[..., int]:
    """Adds a dataset with one version and returns its id; `provinces` maps codes to rows. Its files are not in the store."""

    def add(name: str, publisher: int, provinces: dict[str, int] | None = None, **given: Any) -> int:
        with writing() as session:
            values = {
                "title_th": f"ชุดข้อมูลตัวอย่าง {name}",
                "title_en": f"Sample dataset {name}",
                "license_id": "CC-BY-4.0",
            }
            dataset = Dataset(name=name, publisher_id=publisher, **{**values, **given})
            dataset.provinces = [
                DatasetProvince(province_code=code, rows=rows, decided_by="rows" if rows else "source")
                for code, rows in (provinces or {}).items()
            ]
            session.add(dataset)
            session.flush()
            version = sample_version(dataset.id, sum((provinces or {"": 3}).values()))
            session.add(version)
            session.flush()
            dataset.current_version_id = version.id
            return dataset.id

    return add


def sample_version(dataset_id: int, rows: int) -> Version:
    """A version of one table with a province code."""
    return Version(
        dataset_id=dataset_id, number=1, digest="0" * 64, fetched_at=datetime(2026, 11, 24, 5, tzinfo=UTC),
        published_at=datetime(2026, 11, 24, 6, tzinfo=UTC), original_name="ตัวอย่าง.csv", original_sha256="1" * 64,
        original_bytes=100, original_public=True, row_count=rows,
        resources=[
            Resource(
                position=0, name="clusters", title="กลุ่ม", rows=rows, bytes=100, columns=[],
                schema={"fields": [{"name": "_row", "type": "integer"}, {"name": "province_code", "type": "string"}]},
            )
        ],
    )  # fmt: skip


@pytest.fixture
def add_source(writing: Writing) -> Callable[..., int]:
    """Adds a source and returns its id."""

    def add(slug: str, publisher: int, **given: Any) -> int:
        with writing() as session:
            values = {
                "kind": "spreadsheet",
                "url": "https://office.example.go.th/list.xlsx",
                "title_th": "ทะเบียนตัวอย่าง",
            }
            source = Source(slug=slug, publisher_id=publisher, **{**values, **given})
            session.add(source)
            session.flush()
            return source.id

    return add


@pytest.fixture
def add_run(writing: Writing) -> Callable[..., int]:
    """Adds a finished run with items and returns its id; its numbers are counted from the items."""

    def add(
        source: int, number: int = 1, status: str = "done", items: tuple[dict[str, Any], ...] = (), **given: Any
    ) -> int:
        with writing() as session:
            moment = datetime(2026, 11, 24, 5, tzinfo=UTC)
            run = Run(
                source_id=source, number=number, status=status, started_at=moment, finished_at=moment, seconds=1.25
            )
            run.seen = len(items)
            for name in ("new", "changed", "same", "failed", "held", "skipped"):
                setattr(run, name, sum(item["status"] == name for item in items))
            for name, value in given.items():
                setattr(run, name, value)
            run.items = [RunItem(**{"remote_id": "list.xlsx", "stage": "publish", **item}) for item in items]
            session.add(run)
            session.flush()
            return run.id

    return add


@pytest.fixture
def add_held(writing: Writing) -> Callable[..., None]:
    """Adds something that waits for a person."""

    def add(source: int, run: int, **given: Any) -> None:
        with writing() as session:
            values = {
                "remote_id": "list.xlsx", "code": "personal-held", "original_sha256": "2" * 64, "original_name": "list.xlsx",
                "fetched_at": datetime(2026, 11, 24, 5, tzinfo=UTC),
                "details": {"message": {"th": "พบข้อมูลส่วนบุคคล", "en": "Personal data was found"}},
            }  # fmt: skip
            session.add(Held(source_id=source, run_id=run, **{**values, **given}))

    return add
