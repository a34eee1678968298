"""Columns across all tables: found by their names in both languages, only where everybody may see the table."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import create_engine

from portal.catalogue.actions import column_entries
from portal.catalogue.models import ColumnEntry, Dataset
from portal.migrations import configuration, upgrade

FIELDS = [
    {"name": "_row", "type": "integer"},
    {"name": "members", "type": "integer", "titles": {"th": "จำนวนสมาชิก", "en": "Members"}},
    {"name": "ราคา 100%", "type": "number"},
]


@pytest.fixture
def filled(writing, add_publisher, add_dataset):
    """Two public datasets and a withdrawn one, each with the columns above."""
    names = ("phrae-one", "phrae-two", "phrae-gone")
    publisher = add_publisher()
    for name in names:
        add_dataset(name, publisher)
    with writing() as session:
        for name in names:
            dataset = session.scalars(sa.select(Dataset).where(Dataset.name == name)).one()
            session.execute(sa.delete(ColumnEntry).where(ColumnEntry.dataset_id == dataset.id))
            entries = column_entries(dataset.id, "table", FIELDS, [{"name": "members", "filled": 5}], 10)
            session.execute(sa.insert(ColumnEntry), list(entries))
            if name.endswith("gone"):
                dataset.state = "withdrawn"


@pytest.mark.parametrize("query", ["members", "MEMB", "สมาชิก", "จำนวน members", "จํานวน"])
def test_a_column_is_found_by_its_names(client, filled, query):
    found = client.get("/columns.json", query_string={"q": query}).json["columns"]
    assert [(column["name"], column["datasets"], column["rows"]) for column in found] == [("members", 2, 20)]
    assert {place["dataset"] for place in found[0]["places"]} == {"phrae-one", "phrae-two"}
    assert found[0]["places"][0]["filled"] == 0.5
    assert "จำนวนสมาชิก" in client.get("/columns", query_string={"q": query}).text


def test_without_a_question_the_commonest_come_first(client, filled):
    names = [column["name"] for column in client.get("/columns.json").json["columns"]]
    assert set(names) >= {"members", "ราคา 100%"}
    assert "_row" not in names


@pytest.mark.parametrize("query", ["100%", "ราคา 1__%", "%", "_", "\\", "ไม่มีช่องนี้", "x" * 9000, " ".join("ก" * 300)])
def test_what_is_typed_is_a_text_and_no_pattern(client, filled, query):
    if len(query) > 8000:
        assert client.get("/columns", query_string={"q": query}).status_code == 414
        return
    found = client.get("/columns.json", query_string={"q": query}).json["columns"]
    assert all(word in column["name"] + column["title"]["th"] for column in found for word in query.split()[:8])
    assert client.get("/columns", query_string={"q": query}).status_code == 200


def test_the_migration_writes_the_columns_of_versions_that_are_there(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/old.sqlite")
    command.upgrade(configuration(engine), "0002")
    moment, schema = "2026-11-24 05:00:00", json.dumps({"fields": FIELDS})
    with engine.begin() as connection:
        connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
        inspected = sa.inspect(connection)
        for table, given in (
            ("dataset", {"id": 7, "current_version_id": 9, "name": "old"}),
            ("resource", {"id": 8, "version_id": 9, "name": "table", "rows": 4, "schema": schema, "columns": "[]"}),
            ("resource", {"id": 9, "version_id": 3, "name": "older", "rows": 4, "schema": schema, "columns": "[]"}),
        ):
            values = {
                column["name"]: moment
                if column["name"].endswith("_at")
                else 0
                if "INT" in str(column["type"])
                else "[]"
                for column in inspected.get_columns(table)
                if not column["nullable"]
            } | given
            names = ", ".join(values)
            connection.execute(
                sa.text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
            )
    upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT dataset_id, resource, name, rows FROM column_entry")).all()
    assert found == [(7, "table", "members", 4), (7, "table", "ราคา 100%", 4)]
    engine.dispose()
