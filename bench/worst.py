"""The worst that a reader can type, through the whole search page: CPU of one request, beside readers who go on reading.

A catalogue of made-up datasets (words drawn by their frequency, terms of the glossary among them) and a table of rows are indexed as
publishing does. Then every text of `worst_texts` is asked as `/search?q=…`: results, rows, facets, other readings, suggestion. What counts
is the CPU time of the thread that answers, so that other readers, who ask for a page each second, are beside it and not in it.

Run as `python -m bench.worst [--entries N] [--rows N] [--readers N]`. Budget: 300 ms for the slowest page at 10,000 datasets.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy import text as sql
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.data import SEED
from bench.search import Words, made_table, publish
from bench.yardstick import Figure, one_core, report
from harvesters.packages.store import Store
from harvesters.thai.places import provinces
from portal import home
from portal.app import create_app
from portal.catalogue.models import Dataset, DatasetProvince, Publisher, Version
from portal.db import now, transaction
from portal.search.glossary import synonyms
from portal.search.needs import complaints
from portal.search.outbox import drain, rebuild
from portal.settings import Settings

MOST_MILLISECONDS = 300
THINK_SECONDS = 1.0
CHUNK = 1_000


def main() -> int:
    """Measure, print a table and one line of JSON; 1 when a page took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--engine", default="whoosh", choices=("whoosh", "tantivy"))
    options = parser.parse_args()
    one_core()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder).resolve() / "home", search_engine=options.engine, _env_file=None)
        app = made_portal(settings, Path(folder), options.entries, options.rows)
        told = f"{options.engine}, {options.entries:,} datasets, {options.rows:,} rows"
        figures = list(page_figures(app, told, options.readers))
    return report("worst", figures)


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────────
def worst_texts() -> Mapping[str, str]:
    """What costs most, by what makes it cost: name → query string of the search page."""
    words = Words(SEED)
    common = words.known[:400]
    widest = sorted(synonyms(), key=lambda term: -sum(len(other.words) for other in synonyms()[term]))
    misspelt = [
        "".join(letters[:2]) + letters[3] + letters[2] + "".join(letters[4:]) for letters in common if len(letters) > 5
    ]
    vowels = "กขคงจชซญดตถทนบปผพฟมยรลวสหอฮ"
    texts = {
        "nothing": "",
        "one common word": common[0],
        "words of the most synonyms": " ".join(" ".join(term) for term in widest[:12]),
        "one word of the most synonyms": " ".join(widest[0]),
        "complaints, one after the other": " ".join(itertools.islice(complaints(), 24)),
        "complaints without blanks": "".join(itertools.islice(complaints(), 24)),
        "32 words, each with two letters swapped": " ".join(misspelt[:32]),
        "8 words, each with two letters swapped": " ".join(misspelt[:8]),
        "3 longest words with two letters swapped": " ".join(sorted(misspelt, key=len)[-3:]),
        "a run of swapped words without blanks": "".join(misspelt[:32]),
        "8 long Latin words that are none": " ".join("abcdefghijklmnopqrstuvwx"[at:] + "abcdefgh"[:at] for at in range(8)),
        "a Latin word of 512 letters": "q" * 512,
        "Latin letters, each a word": " ".join("abcdefghijklmnopqrstuvwxyz"),
        "keys of the other layout": " ".join(["zhkws,", "gsHf", "ckovkski", "lvoiy,piy", "dgHpl", "fvds,hv", "g[kd", "wmpsl"]),
        "scripts mixed at every letter": "ก1aข2bค3c" * 50,
        "Thai letters that are no word": (vowels * 20)[:512],
        "marks alone": "่้๊๋" * 128,
        "one letter five hundred times": "ก" * 512,
        "two-letter words": " ".join(["ชา", "ปู", "งา", "ขา", "นา", "ยา", "ตา", "มา"] * 4),
        "one two-letter word": "ปู",
        "the 32 commonest words": " ".join(common[:32]),
        "the 32 commonest words without blanks": "".join(common[:32]),
        "31 common words and one that is nowhere": " ".join([*common[:31], "ๆๆzq"]),
        "a phrase of 32 common words": '"' + " ".join(common[:32]) + '"',
        "16 phrases": " ".join(f'"{common[at]}{common[at + 1]}"' for at in range(0, 32, 2)),
        "one word, and 31 that must not stand": " ".join([common[0], *(f"-{word}" for word in common[1:32])]),
        "only words that must not stand": " ".join(f"-{word}" for word in common[:32]),
        "all provinces": " ".join(one.name_th for one in provinces()),
        "stop words alone": "และ หรือ ที่ ซึ่ง ของ ใน การ the of and",
        "10,000 terms": " ".join(common * 25),
        "10,000 brackets": "(" * 10_000 + ")" * 10_000,
        "wildcards": "*" * 200 + " ?* " * 50 + "~9 " * 50,
        "operators": "AND OR NOT NEAR " * 100,
        "control characters": "".join(map(chr, range(32))) * 100,
        "a megabyte": "ผ้าไหม" * 58_000,
        "years": " ".join(str(year) for year in range(2540, 2572)),
        "digits": "1 " * 256,
        "universities": "มข. มช. มอ. มก. จุฬา มจธ. มทส. มน. มมส. มรภ. ม.แม่โจ้ ม.ขอนแก่น ม.นเรศวร ม.บูรพา",
        "plural fields": " ".join(f"จังหวัด:{one.name_th}" for one in provinces()),
    }  # fmt: skip
    asked = {name: urlencode({"q": text}) for name, text in texts.items()}
    asked["filters repeated a thousand times"] = urlencode([("q", common[0]), *[("province", "54")] * 1000])
    asked["a filter of 100,000 letters"] = urlencode(
        {"q": common[0], "province": "ก" * 100_000, "publisher": "x" * 100_000}
    )
    asked["page 99,999"] = urlencode({"q": common[0], "page": "99999"})
    asked["page 500, by title"] = urlencode({"q": common[0], "page": "500", "sort": "title"})
    asked["all, by title, 100 on a page"] = urlencode({"sort": "title", "limit": "100"})
    asked["common words, 100 on a page"] = urlencode({"q": " ".join(common[:3]), "limit": "100"})
    asked["rows alone, 100 on a page"] = urlencode({"q": common[0], "kind": "row", "limit": "100"})
    asked["nothing within filters"] = urlencode({"q": texts["8 words, each with two letters swapped"], "province": "54", "licence": "x", "region": "1"})  # fmt: skip
    asked["a filter that all pass"] = urlencode(
        {"q": texts["complaints, one after the other"], "licence": "cc-by-4.0", "format": "csv"}
    )
    asked["a region, by the newest"] = urlencode({"q": " ".join(common[:8]), "region": "n", "sort": "newest"})
    return asked


# ── the portal ───────────────────────────────────────────────────────────────────────────────────────────────────────
def made_portal(settings: Settings, folder: Path, entries: int, rows: int) -> Flask:
    """A portal with so many datasets and a table of so many rows, indexed."""
    home.prepare(settings)
    words = Words(SEED)
    app = create_app(settings)
    with app.app_context():
        if rows:
            publish(Store(settings.home), made_table(folder, words, rows), rows)
        add_datasets(words, entries)
        rebuild()
        drain()
    return app


def add_datasets(words: Words, count: int) -> None:
    """Datasets of a title of six words, sixty words of description with terms of the glossary, tags and provinces."""
    terms = words.terms
    codes = [one.code for one in provinces()]
    licences = ["CC-BY-4.0", "CC0-1.0"]
    with transaction() as session:
        told = [{"slug": f"office-{number}", "title_th": f"สำนักงาน{''.join(words.some(2))}"} for number in range(200)]
        session.execute(insert(Publisher), told)
        publishers = list(session.scalars(select(Publisher.id).where(Publisher.slug.startswith("office-"))))
        for at in range(0, count, CHUNK):
            session.execute(insert(Dataset), [
                {
                    "name": f"made-{number}", "title_th": "".join([*words.some(5), words.dice.choice(terms)]),
                    "notes_th": " ".join(["".join(words.some(5)) for _ in range(12)] + words.dice.sample(terms, 4)),
                    "tags": words.some(4), "license_id": words.dice.choice(licences), "publisher_id": words.dice.choice(publishers),
                }
                for number in range(at, min(at + CHUNK, count))
            ])  # fmt: skip
        ids = list(session.scalars(select(Dataset.id).where(Dataset.name.startswith("made-"))))
        version = {
            "number": 1, "digest": "", "fetched_at": now(), "original_name": "", "original_sha256": "", "original_bytes": 1,
            "original_public": False, "row_count": 0,
        }  # fmt: skip
        if ids:
            session.execute(insert(Version), [{"dataset_id": number, **version} for number in ids])
            session.execute(insert(DatasetProvince), [
                {"dataset_id": number, "province_code": code, "rows": 1, "decided_by": "title"}
                for number in ids
                for code in words.dice.sample(codes, words.dice.choice([1, 1, 1, 3]))
            ])  # fmt: skip
        session.execute(
            sql("UPDATE dataset SET current_version_id = (SELECT id FROM version WHERE dataset_id = dataset.id)")
        )


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def page_figures(app: Flask, told: str, readers: int) -> Iterator[Figure]:
    """The slowest page of all, by itself and beside readers; each text once before it counts nothing."""
    asked = worst_texts()
    started = page_milliseconds(
        app, urlencode({"q": "กล้วบตาก"})
    )  # opens the index and reads its words: once for each process
    for name, beside in (("alone", 0), (f"beside {readers} readers", readers)):
        with reading(app, beside):
            spent = {text: page_milliseconds(app, query) for text, query in asked.items()}
        slowest = sorted(spent, key=lambda text: -spent[text])
        note = (
            "; ".join(f"{text} {spent[text]:.0f}" for text in slowest[:6])
            + f"; the first page of a process {started:.0f}"
        )
        yield Figure(
            f"search page: the worst of {len(asked)} texts, {name}", told, "ms CPU", round(spent[slowest[0]], 1),
            MOST_MILLISECONDS, note=note, more={text: round(took, 1) for text, took in spent.items()},
        )  # fmt: skip


def page_milliseconds(app: Flask, query: str) -> float:
    """Milliseconds of CPU of this thread for one whole page, or for the sentence that says that the address is too long."""
    environ = EnvironBuilder(path="/search").get_environ()
    environ["QUERY_STRING"] = query
    began = time.thread_time()
    body, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    text = b"".join(body).decode()
    spent = (time.thread_time() - began) * 1000
    answered = status.startswith("200") or (status.startswith("414") and "ยาวเกินไป" in text)
    assert answered, f"{query[:200]} answers {status}"
    return spent


@contextmanager
def reading(app: Flask, readers: int) -> Iterator[None]:
    """So many readers ask for a page of results, think for a second, and ask again."""
    done = threading.Event()
    texts = Words(SEED + 1).some(200)

    def read(number: int) -> None:
        client: Any = app.test_client(use_cookies=False)
        for text in itertools.cycle(texts[number:] + texts[:number]):
            if done.wait(THINK_SECONDS):
                return
            client.get(f"/search?{urlencode({'q': text})}")

    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    raise SystemExit(main())
