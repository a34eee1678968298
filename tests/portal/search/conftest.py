"""Entries and engines for the contract, and datasets whose tables stand in the store, made without harvesting."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask import Flask
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from harvesters.packages.store import Store
from harvesters.thai.slugs import sort_key
from portal import home
from portal.app import create_app
from portal.catalogue.models import Dataset, DatasetProvince, Publisher, Resource, Version, VersionFile
from portal.db import db, now
from portal.search.analysis import index_texts, indexed_texts
from portal.search.engines import Engine, Entry
from portal.search.engines.postgres import PostgresEngine
from portal.search.engines.tantivy import TantivyEngine
from portal.search.engines.whoosh import WhooshEngine
from portal.search.outbox import drain, put
from portal.settings import Settings
from tests import postgres_server

Writing = Callable[[], AbstractContextManager[Session]]
EngineMaker = Callable[[], Engine]

# Engines that keep files: their names and what makes one over a folder. Two of one folder are two processes.
FILE_ENGINES: dict[str, Callable[[Path], Engine]] = {"tantivy": TantivyEngine, "whoosh": WhooshEngine}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portal home made once, its index without the bundled articles."""
    folder = tmp_path_factory.mktemp("prepared")
    settings = Settings(home=folder / "home", _env_file=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.articles.queries.articles_folder", lambda: folder / "articles")
        home.prepare(settings)
        with create_app(settings).app_context():
            drain()
            db.engine.dispose()
    return settings.home


@pytest.fixture(autouse=True)
def no_articles(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled articles stay out of counts of what a test itself published, unless it asks for them by `with_articles`."""
    if "with_articles" not in request.fixturenames:
        monkeypatch.setattr("portal.articles.queries.articles_folder", lambda: tmp_path / "articles")


@pytest.fixture
def with_articles() -> None:
    """Asks for the bundled articles."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, started when the first test asks for it."""
    with postgres_server.running() as address:
        yield address


@pytest.fixture
def make_database(postgres: str) -> Iterator[Callable[[], Database]]:
    """Makes connections to tables of this test's own, as each process does."""
    name = f"t{uuid.uuid4().hex}"
    made = [create_engine(postgres, connect_args={"options": f"-c search_path={name}"})]
    with made[0].begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")

    def make() -> Database:
        made.append(create_engine(postgres, connect_args={"options": f"-c search_path={name}"}))
        return made[-1]

    yield make
    for database in made:
        database.dispose()


@pytest.fixture(params=[*sorted(FILE_ENGINES), "postgres"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> EngineMaker:
    """Makes an engine over this test's index, as each process does: every engine is to fulfil the contract."""
    if request.param == "postgres":
        make_database = request.getfixturevalue("make_database")
        return lambda: PostgresEngine(make_database())
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    return lambda: FILE_ENGINES[request.param](folder)


@pytest.fixture
def engine(make_engine: EngineMaker) -> Engine:
    """An engine with an empty index."""
    made = make_engine()
    made.rebuild([])
    return made


def entry(
    name: str, title: str, *texts: str, mark: str = "1", moment: int = 0, places: str = "", **facets: Any
) -> Entry:
    """An entry as `entries.py` makes them."""
    made = indexed_texts([title], texts)
    return Entry(
        key=f"dataset:{name}",
        mark=mark,
        title=made.title,
        text=made.text,
        parts=made.parts,
        runs=made.runs,
        places=" ".join(index_texts([places])),
        facets={"kind": ("dataset",), **{facet: tuple(values) for facet, values in facets.items()}},
        moment=moment,
        order=sort_key(title),
    )


@pytest.fixture(name="entry")
def _entry() -> Callable[..., Entry]:
    return entry


@pytest.fixture(scope="session")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """What test tables are written by."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def publish(
    settings: Settings, writing: Writing, duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> Callable[..., None]:
    """Publishes a table as the next version of a dataset, with its outbox entry: `publish("name", ["ก", "ข"], [[…], …])`."""

    def published(
        name: str,
        columns: Sequence[str] = (),
        rows: Sequence[Sequence[str]] = (),
        *,
        provinces: Sequence[str] = (),
        **told: Any,
    ) -> None:
        parquet = tmp_path / "table.parquet"
        names = ", ".join(f'"{column}" VARCHAR' for column in columns)
        duck.execute(f"CREATE OR REPLACE TABLE made (_row BIGINT{', ' if columns else ''}{names})")
        for number, row in enumerate(rows, 2):
            duck.execute(f"INSERT INTO made VALUES ({', '.join('?' * (len(row) + 1))})", [number, *row])
        duck.execute(f"COPY made TO '{parquet}' (FORMAT parquet)")
        stored = Store(settings.home).add(parquet)
        fields = [{"name": "_row", "type": "integer"}]
        fields += [{"name": column, "type": "string", "title": column, "source": column} for column in columns]
        with writing() as session:
            dataset = session.scalar(select(Dataset).where(Dataset.name == name))
            if dataset is None:
                publisher = session.scalar(select(Publisher)) or Publisher(
                    slug="office", title_th="สำนักงานตัวอย่าง", title_en="Office"
                )
                session.add(publisher)
                values = {"title_th": f"ชุดข้อมูล {name}", "title_en": "", "license_id": "CC-BY-4.0"}
                dataset = Dataset(name=name, publisher=publisher, **{**values, **told})
                dataset.provinces = [
                    DatasetProvince(province_code=code, rows=1, decided_by="rows") for code in provinces
                ]
                session.add(dataset)
                session.flush()
            number = len(dataset.versions) + 1
            version = Version(
                dataset_id=dataset.id, number=number, digest=stored.sha256, fetched_at=now(), original_name="ก.csv",
                original_sha256="1" * 64, original_bytes=1, original_public=False, row_count=len(rows),
                resources=[
                    Resource(
                        position=0, name="table", title="ตาราง", rows=len(rows), bytes=1, columns=[], profile=told.get("profile"),
                        schema={"fields": fields},
                    )
                ],
                files=[
                    VersionFile(
                        path="table.parquet", sha256=stored.sha256, bytes=1, media_type="application/vnd.apache.parquet",
                        role="parquet", resource="table",
                    )
                ],
            )  # fmt: skip
            session.add(version)
            session.flush()
            dataset.current_version_id = version.id
            put(session, "dataset", name)

    return published


@pytest.fixture
def set_state(writing: Writing) -> Callable[[str, str], None]:
    """Changes a dataset's state with its outbox entry, as withdrawing and restoring do."""

    def change(name: str, state: str) -> None:
        with writing() as session:
            session.scalars(select(Dataset).where(Dataset.name == name)).one().state = state
            put(session, "dataset", name)

    return change


@pytest.fixture
def search(app: Flask) -> Callable[..., dict[str, Any]]:
    """Asks the portal as `khlang search` does."""
    from portal.search.queries import search_document

    def ask(
        text: str, limit: int = 20, page: int = 1, sort: str = "relevance", lang: str = "th", **filters: str
    ) -> dict[str, Any]:
        with app.test_request_context():
            return search_document(text, filters, limit=limit, page=page, sort=sort, lang=lang)

    return ask


@pytest.fixture
def in_app(app: Flask) -> Callable[[Callable[..., Any]], Any]:
    """Calls something of the portal in a context of its own."""

    def call(function: Callable[..., Any], *arguments: Any) -> Any:
        with app.app_context():
            return function(*arguments)

    return call
