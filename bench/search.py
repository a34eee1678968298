"""The search index and the index of rows: how fast they are built, how large they are, and the slowest answers of one core.

Entries and rows are made of Thai words drawn by the frequency that words have (the n-th as 1/n), by seed; queries are drawn the
same way at each size. Every query takes the product's full plan, with filters, facets and exact totals. The yardstick is bare
SQLite FTS5 over the same tokens in the same run: the best twenty by bm25 and the total; it counts no facets. For rows it is FTS5's
trigram index asked for the same trigrams, without judging or ranking what they bring. Totals are compared before anything is timed.

Run as `python -m bench.search [--entries N] [--rows N] [--queries N]`. Budgets: 60 ms for 95 of 100 searches at 10,000 entries, 300 ms for the
worst that a reader can type, 100 ms for rows at 1,000,000; 10,000 entries are rebuilt within a minute.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gc
import itertools
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import create_engine, insert, select
from sqlalchemy import text as sql

from bench.data import SEED
from bench.yardstick import Figure, one_core, percentile, report
from harvesters import bundled
from harvesters.packages.finalise import write_parquet
from harvesters.packages.store import Store
from harvesters.thai.places import provinces
from harvesters.thai.slugs import sort_key
from portal import home
from portal.app import create_app
from portal.catalogue.models import Dataset, Publisher, Resource, Version, VersionFile
from portal.db import now, transaction
from portal.search.analysis import index_words, indexed_texts
from portal.search.engines import Engine, Entry
from portal.search.engines.postgres import PostgresEngine
from portal.search.engines.tantivy import TantivyEngine
from portal.search.engines.whoosh import WhooshEngine
from portal.search.glossary import glossary_groups
from portal.search.models import Suggestion
from portal.search.outbox import rebuild_rows, row_index
from portal.search.plan import make_plan
from portal.search.row_questions import row_question
from portal.search.suggesting import starts, suggestions
from portal.settings import Settings
from tests import postgres_server

VOCABULARY = 6_000
BUDGETS: Mapping[str, tuple[float, float | None]] = {  # ms for a page and for a phrase, at the sizes of SIZES
    "whoosh": (60, 50),
    "tantivy": (5, 10),
    "postgres": (60, None),
}
SIZES: Mapping[str, int] = {"whoosh": 10_000, "tantivy": 100_000, "postgres": 100_000}
RATES: Mapping[str, int] = {"whoosh": 167, "tantivy": 1_500}  # entries/s, analysis and all
COLUMNS = ("ชื่อกลุ่ม", "ผลิตภัณฑ์", "รายละเอียด", "ตำบล", "จังหวัด", "เลขที่")
SCHEMA: dict[str, Any] = {"fields": [{"name": name, "type": "string"} for name in COLUMNS]}


class Words:
    """Words drawn by their frequency: whatever the seed, the same words are the common ones."""

    def __init__(self, seed: int) -> None:
        path = bundled.datasets_folder() / "glossary" / "words" / "words_th.txt"
        listed = [line for line in path.read_text(encoding="utf-8").splitlines() if 2 < len(line) < 13]
        random.Random(SEED).shuffle(listed)
        self.dice = random.Random(seed)
        self.known = [word for word in listed[: 2 * VOCABULARY] if index_words(word) == [word]][:VOCABULARY]
        self._weights = list(itertools.accumulate(1 / (place + 1) for place in range(len(self.known))))
        self.terms = sorted({term for _, terms in glossary_groups() for term in terms})
        random.Random(SEED).shuffle(self.terms)
        self._term_weights = list(itertools.accumulate((place + 1) ** -0.5 for place in range(len(self.terms))))

    def some(self, count: int) -> list[str]:
        """`count` words."""
        return self.dice.choices(self.known, cum_weights=self._weights, k=count)

    def some_terms(self, count: int) -> list[str]:
        """`count` terms of the glossary, some more often than others."""
        return self.dice.choices(self.terms, cum_weights=self._term_weights, k=count)

    def full_recipe(self) -> str:
        """A question of two terms of the glossary whose plan looks for 10 to 40 ways and clues, as the goals are told for."""
        while True:
            text = " ".join(self.some_terms(2))
            plan = make_plan(text)
            if 10 <= sum(len(group.alternatives) for group in (*plan.groups, *plan.clues)) <= 40:
                return text


def drawn_texts(words: Words) -> tuple[str, list[str]]:
    """A title of six words, and sixty words of description, tags and headings, four terms of the glossary among them."""
    runs = ["".join(words.some(words.dice.randrange(3, 6))) for _ in range(13)]
    return "".join(words.some(6)), [*runs, *words.some_terms(4)]


def made_entry(words: Words, number: int, title: str, bodies: Sequence[str]) -> Entry:
    """A dataset as the index takes it."""
    texts = indexed_texts([title], bodies)
    return Entry(
        key=f"dataset:{number}",
        mark="1",
        title=texts.title,
        text=texts.text,
        parts=texts.parts,
        runs=texts.runs,
        places="",
        facets={
            "province": tuple(words.dice.sample([one.code for one in provinces()], words.dice.choice([1, 1, 1, 3]))),
            "publisher": (f"office-{words.dice.randrange(200)}",),
            "kind": ("dataset",),
            "format": ("csv", "json", "parquet", "xlsx"),
            "licence": (words.dice.choice(["CC-BY-4.0", "CC0-1.0"]),),
        },
        moment=number,
        order=sort_key(title),
    )


def bare_index(entries: Sequence[Entry]) -> sqlite3.Connection:
    """The yardstick: the same tokens, each as a word of Latin letters, since FTS5 cuts Thai at its marks."""
    bare = sqlite3.connect(":memory:")
    bare.execute("CREATE VIRTUAL TABLE entry USING fts5(title, text, parts)")
    for entry in entries:
        bare.execute(
            "INSERT INTO entry VALUES (?, ?, ?)", [spelt(text) for text in (entry.title, entry.text, entry.parts)]
        )
    return bare


def spelt(text: str) -> str:
    """Tokens as FTS5 leaves them whole."""
    return " ".join(word.encode().hex() for word in text.split())


def bare_answer(bare: sqlite3.Connection, text: str) -> tuple[int, list[int]]:
    """Total and the best twenty."""
    match = " AND ".join(spelt(word) for word in index_words(text))
    best = bare.execute("SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, 4, 1, 0.6) LIMIT 20", [match])
    found = [number for (number,) in best.fetchall()]
    return bare.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", [match]).fetchone()[0], found


@contextlib.contextmanager
def made_engine(name: str) -> Iterator[tuple[Engine, Path | None]]:
    """An engine over an empty folder, or in a PostgreSQL started for it; and the folder."""
    if name == "postgres":
        with postgres_server.running() as address:
            database = create_engine(address, pool_size=1, max_overflow=0)
            yield PostgresEngine(database), None
            database.dispose()
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        yield {"whoosh": WhooshEngine, "tantivy": TantivyEngine}[name](Path(folder)), Path(folder)


def entry_figures(names: Sequence[str], count: int, queries: int) -> Iterator[Figure]:
    """Make entries, then build and ask an index of them in each engine."""
    words = Words(SEED)
    drawn = [drawn_texts(words) for _ in range(count)]
    began = time.process_time()
    entries = [made_entry(words, number, *texts) for number, texts in enumerate(drawn)]
    analysed = time.process_time() - began
    del drawn
    bare = bare_index(entries)
    for name in names:
        with made_engine(name) as (engine, folder):
            yield from engine_figures(name, engine, folder, entries, analysed, queries, bare)


def engine_figures(
    name: str,
    engine: Engine,
    folder: Path | None,
    entries: Sequence[Entry],
    analysed: float,
    queries: int,
    bare: sqlite3.Connection,
) -> Iterator[Figure]:
    """Build an index, ask it, change it."""
    words, told = Words(SEED + len(entries)), f"{name}, {len(entries):,} entries"
    clock = time.monotonic if name == "postgres" else time.process_time  # a server of its own has its own CPU
    began = clock()
    engine.rebuild(entries)
    built = clock() - began
    began = clock()
    engine.search(make_plan(""))
    opened = (clock() - began) * 1000
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20 if folder else 0
    rate = len(entries) / (analysed + built)
    yield Figure(
        "search: a new index, analysis and all", told, "s", round(analysed + built, 1), RATES.get(name) and round(len(entries) / RATES[name]),
        note=f"{rate:,.0f} entries/s: analysis {len(entries) / analysed:,.0f}, writing {len(entries) / built:,.0f}; {size:.0f} MiB; first question {opened:.0f} ms",
        more={"mib": round(size), "rate": round(rate), "peak_mib": peak_mib()},
    )  # fmt: skip
    gc.freeze()  # the collector walks through all made entries for 300 ms; where the product answers there are none
    yield from query_figures(name, engine, bare, words, queries, told)
    began = clock()
    engine.update([made_entry(words, 5, *drawn_texts(words))], [])
    written = clock()
    engine.search(make_plan(""))
    note = f"then opened by a reader in {(clock() - written) * 1000:.0f} ms"
    yield Figure("search: one entry changed", told, "ms", round((written - began) * 1000, 1), 1000, note=note)


def query_figures(
    name: str, engine: Engine, bare: sqlite3.Connection, words: Words, queries: int, told: str
) -> Iterator[Figure]:
    """The kinds of queries, each beside bare FTS5 where that can say the same."""
    common = words.known[:120]
    page, phrase = BUDGETS[name]
    kinds: Mapping[str, tuple[Callable[[], str], float | None, bool]] = {
        "one or two words": (lambda: " ".join(words.some(words.dice.choice([1, 2]))), page, True),
        "the full recipe, 10 to 40 terms": (words.full_recipe, page, False),
        "five words": (lambda: " ".join(words.some(5)), page, False),
        "words and a filter": (lambda: f"{words.some(1)[0]} จังหวัด:แพร่", page, False),
        "a phrase": (lambda: '"' + "".join(words.some(2)) + '"', phrase, False),
        "filters alone": (lambda: "จังหวัด:แพร่ จังหวัด:น่าน", page, False),
        "the worst: the 31 commonest words and one that is nowhere": (
            lambda: " ".join([*words.dice.sample(common, 31), "ๆๆzq"]), 300, False),
    }  # fmt: skip
    for kind, (make, budget, comparable) in kinds.items():
        texts = [make() for _ in range(queries if "worst" not in kind else max(5, queries // 10))]
        if comparable:
            compare_totals(engine, bare, texts[:50])
        clock = cpu_of_both(engine) if isinstance(engine, PostgresEngine) else time.thread_time
        ours = timed(lambda text: engine.search(make_plan(text)), texts, clock)
        theirs = timed(lambda text: bare_answer(bare, text), texts) if comparable else []
        yield Figure(
            f"search: {kind}, p95", told, "ms", round(percentile(ours, 0.95), 1), budget,
            round(percentile(theirs, 0.95), 1) if theirs else None, "bare FTS5, no facets" if theirs else "",
            note=f"p50 {percentile(ours, 0.5):.1f}, slowest {max(ours):.1f} ms",
        )  # fmt: skip


def compare_totals(engine: Engine, bare: sqlite3.Connection, texts: Sequence[str]) -> None:
    """Both must find as much, or the comparison is worth nothing. A word that has others for it is asked for otherwise."""
    for text in texts:
        plan = make_plan(text)
        if any(group.province or len(group.alternatives) > 1 for group in plan.groups) or len(plan.groups) != len(
            index_words(text)
        ):
            continue
        found = engine.search(plan)
        total = bare_answer(bare, text)[0]
        if (0 if found.loose else found.total) != total:
            raise RuntimeError(f"{text}: {found.total} found, by the yardstick {total}")


def cpu_of_both(engine: PostgresEngine) -> Callable[[], float]:
    """A clock of the CPU that this thread and the server's process for its one connection have had, in seconds (Linux)."""
    with engine._reading() as cursor:
        told = cursor.execute("SELECT pg_backend_pid()").fetchone()
    assert told is not None
    spent = Path(f"/proc/{told[0]}/schedstat")
    return lambda: time.thread_time() + int(spent.read_text().split()[0]) / 1e9


def timed(
    ask: Callable[[str], object], texts: Sequence[str], clock: Callable[[], float] = time.thread_time
) -> list[float]:
    """Milliseconds of each answer, by a clock of CPU."""
    spent = []
    for text in texts:
        began = clock()
        ask(text)
        spent.append((clock() - began) * 1000)
    return spent


def row_figures(count: int, queries: int) -> list[Figure]:
    """Build an index of rows through the catalogue, as publishing does, and ask it."""
    words = Words(SEED + 1)
    told = f"{count:,} rows"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder).resolve() / "home", _env_file=None)
        home.prepare(settings)
        parquet = made_table(Path(folder), words, count)
        app = create_app(settings)
        with app.app_context():
            publish(Store(settings.home), parquet, count)
            began, clock = time.process_time(), time.monotonic()
            rebuild_rows()
            spent, waited = time.process_time() - began, time.monotonic() - clock
            path = row_index().path_of(row_index().told())
            size = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) / 2**20
            note = f"{count / spent:,.0f} rows/s of CPU, {waited:.0f} s by the clock; {size:.0f} MiB beside {parquet.stat().st_size / 2**20:.0f} MiB of Parquet; peak {peak_mib()} MiB"
            figures = [Figure("rows: a new index", told, "s", round(spent, 1), note=note, more={"mib": round(size)})]
            figures += row_query_figures(words, queries, told)
    return figures


def row_query_figures(words: Words, queries: int, told: str) -> Iterator[Figure]:
    """The kinds of questions for rows, beside FTS5 bare."""
    index = row_index()
    bare = sqlite3.connect(f"{index.path_of(index.told()).as_uri()}?mode=ro", uri=True)
    kinds: Mapping[str, Callable[[], str]] = {
        "one word": lambda: words.some(1)[0],
        "two words": lambda: " ".join(words.some(2)),
        "a word that few rows hold": lambda: words.dice.choice(words.known[2000:]),
        "a piece across two words": lambda: middle("".join(words.some(2))),
        "a word and a province": lambda: f"{words.some(1)[0]} จังหวัด:แพร่",
        "two letters": lambda: words.dice.choice(["ชา", "ปู", "งา", "ขา", "นา", "ยา"]),
        "all that can be typed": lambda: " ".join(words.some(32)),
    }  # fmt: skip
    for name, make in kinds.items():
        texts = [make() for _ in range(queries)]
        ours = timed(lambda text: index.search(make_plan(text)), texts)
        theirs = timed(lambda text: bare_rows(bare, text), texts) if name != "two letters" else []
        partly = sum(not index.search(make_plan(text)).exact for text in texts)
        yield Figure(
            f"rows: {name}, p95", told, "ms", round(percentile(ours, 0.95), 1), 100,
            round(percentile(theirs, 0.95), 1) if theirs else None, "bare FTS5 trigrams" if theirs else "",
            note=f"p50 {percentile(ours, 0.5):.1f}, slowest {max(ours):.1f} ms; counted to the cap in {partly} of {len(texts)}",
        )  # fmt: skip


def middle(text: str) -> str:
    """A piece out of the middle of a run, not beginning with a mark."""
    piece = text[len(text) // 4 : -max(1, len(text) // 4)].lstrip("ะัาำิีึืฺุู็่้๊๋์ํ")
    return piece if len(piece) > 2 else text


def bare_rows(bare: sqlite3.Connection, text: str) -> list[Any]:
    """What the trigrams alone bring."""
    question = row_question(make_plan(text))
    return (
        bare.execute("SELECT rowid FROM line WHERE line MATCH ? LIMIT 1001", [question.match]).fetchall()
        if question.match
        else []
    )


def made_table(folder: Path, words: Words, count: int) -> Path:
    """A table of rows of Thai words, about 200 letters each, as the product finishes it."""
    finished, parquet = folder / "table.csv", folder / "table.parquet"
    names = [one.name_th for one in provinces()]
    with finished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["_row", *COLUMNS])
        for number in range(2, count + 2):
            name, product, text, place = (
                " ".join("".join(words.some(3)) for _ in range(length)) for length in (2, 2, 4, 1)
            )
            writer.writerow([number, f"กลุ่ม{name}", product, text, place, words.dice.choice(names), f"{number:07d}"])
    with duckdb.connect(config={"threads": 1}) as connection:
        write_parquet(connection, finished, parquet, SCHEMA["fields"], count)
    finished.unlink()
    return parquet


def publish(store: Store, parquet: Path, count: int) -> None:
    """Put the table into the catalogue as a dataset of one version."""
    kept = store.add(parquet)
    schema = {"fields": [{"name": "_row", "type": "integer"}, *SCHEMA["fields"]]}
    file = VersionFile(path="t.parquet", sha256=kept.sha256, bytes=1, media_type="", role="parquet", resource="t")
    table = Resource(position=0, name="t", title="t", rows=count, bytes=1, columns=[], schema=schema)
    with transaction() as session:
        dataset = Dataset(name="rows", title_th="ตาราง", publisher=Publisher(slug="bench", title_th="ทดสอบ"))
        session.add(dataset)
        session.flush()
        version = Version(
            dataset_id=dataset.id, number=1, digest="", fetched_at=now(), original_name="", original_sha256="",
            original_bytes=1, original_public=False, row_count=count, resources=[table], files=[file],
        )  # fmt: skip
        session.add(version)
        session.flush()
        dataset.current_version_id = version.id


def suggest_figures(count: int, queries: int) -> Iterator[Figure]:
    """Fill the table of suggestions as indexing does, from titles of the same words, and ask it by beginnings."""
    words = Words(SEED + 2)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder).resolve() / "home", _env_file=None)
        home.prepare(settings)
        app = create_app(settings)
        titles = ["".join(words.some(6)) for _ in range(count)]
        with app.test_request_context():
            with transaction() as session:
                publisher = Publisher(slug="bench", title_th="ทดสอบ")
                session.add(publisher)
                session.flush()
                told = [
                    {"name": f"n{number}", "title_th": title, "publisher_id": publisher.id}
                    for number, title in enumerate(titles)
                ]
                session.execute(insert(Dataset), told)
                ids = {name: number for number, name in session.execute(select(Dataset.id, Dataset.name))}
                version = {
                    "number": 1,
                    "digest": "",
                    "fetched_at": now(),
                    "original_name": "",
                    "original_sha256": "",
                    "original_bytes": 1,
                    "original_public": False,
                    "row_count": 0,
                }
                session.execute(insert(Version), [{"dataset_id": number, **version} for number in ids.values()])
                session.execute(
                    sql(
                        "UPDATE dataset SET current_version_id = (SELECT id FROM version WHERE dataset_id = dataset.id)"
                    )
                )
                entries = [
                    {
                        "dataset_id": ids[f"n{number}"],
                        "kind": "title",
                        "start": start.encode(),
                        "later": at > 0,
                        "text": title,
                    }
                    for number, title in enumerate(titles)
                    for at, start in enumerate(starts(title))
                ]
                session.execute(insert(Suggestion), entries)
            asked = ["".join(words.some(2))[: words.dice.randrange(1, 9)] for _ in range(queries)]
            ours = timed(lambda one: suggestions(one, "th"), asked)
            yield Figure(
                "search: suggestions, p95", f"{count:,} titles, {len(entries):,} beginnings", "ms", round(percentile(ours, 0.95), 1), 20,
                note=f"p50 {percentile(ours, 0.5):.1f}, slowest {max(ours):.1f} ms",
            )  # fmt: skip


def peak_mib() -> int:
    """The largest that this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--engine", choices=sorted(SIZES), action="append", help="may be given more than once; default: all"
    )
    parser.add_argument("--entries", type=int, help="default: 10,000 for whoosh, 100,000 for the others")
    parser.add_argument("--suggest", type=int, default=100_000, help="titles to suggest from")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    one_core()
    figures = row_figures(options.rows, options.queries) if options.rows else []
    names = options.engine or list(SIZES)
    for size in sorted({options.entries if options.entries is not None else SIZES[name] for name in names}):
        those = [name for name in names if options.entries is not None or SIZES[name] == size]
        figures += entry_figures(those, size, options.queries) if size else []
    figures += suggest_figures(options.suggest, options.queries) if options.suggest else []
    return report("search", figures)


if __name__ == "__main__":
    raise SystemExit(main())
