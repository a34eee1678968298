"""How good the search is: the judged set of tests/judged/search, both halves, with and without the glossary.

Every engine answers every question over the judged records, the embedded one (whoosh) also without the glossary; recall@10 and
MRR count records judged 1 or 2, hit@1 whether the first is one. The yardstick is bare BM25 over character trigrams (SQLite FTS5) of
the same texts.

Run as `python -m bench.quality [--failures] [--save docs/search-quality.md]`; failures are those of the tuning half only.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.search import SIZES, made_engine
from harvesters.thai.places import province
from harvesters.thai.text import fold
from portal.search.analysis import index_texts, index_words, indexed_texts
from portal.search.engines import Engine, Entry
from portal.search.entity_entries import place_names
from portal.search.glossary import glossary_groups
from portal.search.otherwise import another_reading
from portal.search.plan import SearchPlan, make_plan

JUDGED = Path(__file__).resolve().parent.parent / "tests" / "judged" / "search"
AT = 10
Answer = Callable[[str], Sequence[str]]


def lines(name: str) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in (JUDGED / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def judgements() -> dict[str, set[str]]:
    """Question → the records that are worth finding."""
    found: dict[str, set[str]] = {}
    with (JUDGED / "judgements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["grade"]) > 0:
                found.setdefault(row["query"], set()).add(row["record"])
    return found


def entry_of(record: Mapping[str, Any]) -> Entry:
    """A judged record as the index takes it."""
    titles = [record["title"], record.get("title_en") or ""]
    bodies = [record.get("description") or "", record.get("description_en") or ""]
    code = record.get("province_code")
    texts = indexed_texts(titles, bodies)
    return Entry(
        key=f"{record['kind']}:{record['id']}",
        mark="1",
        title=texts.title,
        text=texts.text,
        parts=texts.parts,
        runs=texts.runs,
        places=" ".join(index_texts(place_names(province(code).code) if code else ())),
        facets={
            "province": (code,) if code else (),
            "publisher": (),
            "kind": (record["kind"],),
            "format": (),
            "licence": (),
            "profile": (),
        },
        moment=0,
        order=record["title"],
    )


def ours(engine: Engine, widened: Callable[[SearchPlan], SearchPlan]) -> Answer:
    """The search as the product asks it, another reading of what was typed included."""

    def answer(question: str) -> Sequence[str]:
        plan = widened(make_plan(question, limit=AT))
        found = engine.search(plan)
        if found.loose or not found.total or plan.excluded:
            meant = another_reading(engine, question, plan)
            if meant:
                found = engine.search(widened(replace(meant[1], limit=AT)))
        return [key.partition(":")[2] for key in (*found.keys, *found.near)]

    return answer


def trigrams(records: Sequence[Mapping[str, Any]]) -> Answer:
    """The yardstick: any trigram of the question, by BM25."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, said, tokenize='trigram')")
    connection.executemany(
        "INSERT INTO texts VALUES (?, ?)",
        (
            (
                one["id"],
                fold(
                    " ".join(
                        str(one.get(name) or "") for name in ("title", "title_en", "description", "description_en")
                    )
                ),
            )
            for one in records
        ),
    )

    def answer(question: str) -> Sequence[str]:
        said = fold(question).replace('"', " ")
        pieces = {run[at : at + 3] for run in said.split() for at in range(len(run) - 2)}
        if not pieces:
            return []
        match = " OR ".join(f'"{piece}"' for piece in sorted(pieces))
        rows = connection.execute("SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT ?", (match, AT))
        return [row[0] for row in rows]

    return answer


def measured(
    answer: Answer, questions: Sequence[Mapping[str, Any]], wanted: Mapping[str, set[str]]
) -> dict[str, float]:
    """recall@10, MRR and hit@1 over some questions."""
    recall, reciprocal, first = 0.0, 0.0, 0
    for question in questions:
        right = wanted[question["id"]]
        found = list(answer(question["query"]))
        recall += len(right & set(found)) / min(len(right), AT)
        place = next((at for at, key in enumerate(found, start=1) if key in right), 0)
        reciprocal += 1 / place if place else 0
        first += place == 1
    count = max(len(questions), 1)
    return {"recall": recall / count, "mrr": reciprocal / count, "first": first / count, "questions": len(questions)}


def tell_failures(answer: Answer, questions: Sequence[Mapping[str, Any]], wanted: Mapping[str, set[str]]) -> None:
    """Print the questions of the tuning half that miss something."""
    titles = {record["id"]: record["title"] for record in lines("records.jsonl") if record["half"] == "tuning"}
    for question in questions:
        found = list(answer(question["query"]))
        missed = wanted[question["id"]] - set(found)
        if missed or not found or found[0] not in wanted[question["id"]]:
            print(f"{question['kind']}: {question['query']}")
            print("   found:", [titles.get(key, key) for key in found[:3]])
            print("   missed:", [titles.get(key, key) for key in sorted(missed)])


def overlap(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many groups of the glossary hold a whole question as one of their terms: by name in the tuning half, only counted in the test half."""
    groups = list(glossary_groups())
    told = []
    for half in ("tuning", "test"):
        asked = {tuple(index_words(one["query"])): one["query"] for one in questions if one["half"] == half}
        same = {
            name: asked[cut] for name, terms in groups for term in terms if (cut := tuple(index_words(term))) in asked
        }
        named = ": " + ", ".join(sorted(set(same.values()))) if half == "tuning" and same else ""
        count = len(set(same.values()))
        told.append(
            f"Of the {len(asked)} questions of the {half} half {count} are a term of the glossary as they stand ({len(groups)} groups){named}."
        )
    return told


def main() -> None:
    """Measure, print, and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="the tuning half's questions that miss something")
    parser.add_argument("--save", type=Path, help="also write the report as a Markdown page")
    asked = parser.parse_args()
    records, questions, wanted = lines("records.jsonl"), lines("queries.jsonl"), judgements()
    questions = [question for question in questions if wanted.get(question["id"])]
    with contextlib.ExitStack() as opened:
        engines = {name: opened.enter_context(made_engine(name))[0] for name in SIZES}
        for engine in engines.values():
            engine.rebuild(map(entry_of, records))
        embedded = engines.pop("whoosh")
        answers: dict[str, Answer] = {
            "Khlang": ours(embedded, lambda plan: plan),
            **{f"Khlang, {name}": ours(engine, lambda plan: plan) for name, engine in engines.items()},
            "without the glossary": ours(embedded, lambda plan: plan.as_typed),
            "trigrams by BM25 (yardstick)": trigrams(records),
        }
        if asked.failures:
            tell_failures(answers["Khlang"], [one for one in questions if one["half"] == "tuning"], wanted)
        rows = [
            (name, half, measured(answer, [one for one in questions if one["half"] == half], wanted))
            for half in ("tuning", "test")
            for name, answer in answers.items()
        ]
    same = overlap(questions)
    print("\n".join(same))
    table = ["| half | questions | search | recall@10 | MRR | hit@1 |", "|---|---|---|---|---|---|"]
    table += [
        f"| {half} | {found['questions']:.0f} | {name} | {found['recall']:.3f} | {found['mrr']:.3f} | {found['first']:.3f} |"
        for name, half, found in rows
    ]
    print("\n".join(table))
    if asked.save:
        asked.save.write_text(page(table, same, len(records)), encoding="utf-8")


def page(table: Sequence[str], same: Sequence[str], records: int) -> str:
    """The report as a page of docs/."""
    return "\n".join(
        [
            "# How good the search is",
            "",
            f"Measured by `python -m bench.quality --save docs/search-quality.md` over {records} judged records (tests/judged/search, which says",
            "how and by whom it was judged). The recipe was tuned on the tuning half alone; nobody who wrote it has read the test half. Of that half only",
            "the figures below were looked at while working, and twice the same by kind of question: they told that layout needed mending.",
            "",
            *table,
            "",
            *same,
            "A term that is a question as it stands is one of the trade: nothing else can answer it across the two languages.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
