"""Our own small query grammar: words, "phrases", `field:value`, `-word`. It gives a plan; engines see only a plan.

Caps follow safety.md §6.3: what exceeds them is cut and said so; no reader's text reaches an engine's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harvesters.thai.dates import BUDDHIST_ERA
from harvesters.thai.names import University, find_university
from harvesters.thai.places import NamedDistricts, Province, find_province
from harvesters.thai.text import fold
from portal.search.analysis import STOP_WORDS, filling_parts, grams, index_words
from portal.search.districts import district_names, named_districts, other_names, without_marks
from portal.search.filters import FILTER_WORDS, filter_values
from portal.search.glossary import ABBREVIATIONS, SHORT_WEIGHT, is_same_name, terms_among, terms_of
from portal.search.needs import meanings

MAX_CHARACTERS = 512
MAX_TERMS = 32
MAX_DEPTH = 10_000  # hits that can be paged through
SORTS = ("relevance", "newest", "title")
RELATED_WEIGHT = 0.3  # of another word for what a complaint means
MAX_CLUES = 24  # of a plan
PART_WEIGHT = 0.5  # of a part of a compound that was typed
MEANING_WEIGHT = 0.5  # of what a complaint means
SYNONYM_PART_WEIGHT = 0.3  # of a part of a synonym
MAX_ALTERNATIVES = 40  # of a plan that are not what was typed
SHORTEST_LATIN = 3  # letters of an abbreviation that is hardly a word: CU is copper as well
FIRST_BUDDHIST, LAST_BUDDHIST = 2440, 2600  # years that are taken for years
LONGEST_NAME = 8  # words of a name: King Mongkut's University of Technology North Bangkok
_PART = re.compile(r'(?P<minus>-)?(?:(?P<field>[^\s":]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans("“”„‟«»＂：", '""""""":')  # quotes and colons of other keyboards
_LOOSE_LICENCE = re.compile("(?<=:)cc[ -](?:by(?:[ -](?:nc|nd|sa))*|0|zero)(?!\\S)", re.IGNORECASE)
_LOOSE_COLON = re.compile(f"(?<!\\S)({'|'.join(FILTER_WORDS)}) ?: +", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say what was asked for: a word, or several that stand side by side. `weight` is 1 for what was typed and full names of it."""

    words: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that was asked for: any of its alternatives, or being about `province`, is enough.

    `parts` are those of a compound word, `typed` the folded text it was cut from.
    """

    alternatives: tuple[Alternative, ...]
    province: str | None = None
    parts: tuple[str, ...] = ()
    typed: str = ""
    exact: bool = False  # it stood between quotes: nothing that only comes near will do


def typed_only(group: Group) -> Group:
    """A group without the synonyms of what was typed."""
    return replace(group, alternatives=tuple(one for one in group.alternatives if one.weight == 1))


def same_names_only(group: Group) -> Group:
    """A group without the synonyms of what was typed, but with what it is short for and its other spellings."""
    typed = group.alternatives[0].words[0]
    return replace(
        group,
        alternatives=tuple(one for one in group.alternatives if one.weight == 1 or is_same_name(typed, one.words)),
    )


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What an engine is to find: entries with all `groups`, none of `excluded`, and of each filter one of its values.

    Where nothing has all groups: those with all `grams`, or all parts of the groups, or some of the groups.
    """

    groups: tuple[Group, ...] = ()
    clues: tuple[Group, ...] = ()  # what also speaks for an entry that has not all groups
    excluded: tuple[Group, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grams: tuple[str, ...] = ()
    sort: str = "relevance"  # one of SORTS
    limit: int = 20
    offset: int = 0
    cut: bool = False  # the query was over a cap and something of it was left out

    @property
    def marks(self) -> tuple[str, ...]:
        """The folded words to be marked in what was found."""
        return tuple(dict.fromkeys(word for group in self.groups for one in group.alternatives for word in one.words))

    @property
    def may_be_near(self) -> bool:
        """Whether something that has not all of it is worth showing."""
        return bool(self.groups) and not any(group.exact for group in self.groups)

    @property
    def as_typed(self) -> SearchPlan:
        """The same without what the glossary adds."""
        parts = {part for group in self.groups for part in group.parts}
        clues = tuple(clue for clue in self.clues if clue.alternatives[0].words[0] in parts)
        return replace(self, groups=tuple(typed_only(group) for group in self.groups), clues=clues)

    @property
    def for_rows(self) -> SearchPlan:
        """What rows are asked for, which are read letter by letter: the same names alone, and nothing that only comes near."""
        return replace(self, groups=tuple(same_names_only(group) for group in self.groups), clues=())


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a query: `kind` is word, phrase, minus (a word or phrase that must not stand) or filter (then `field`)."""

    kind: str
    text: str
    field: str = ""


def make_plan(
    text: str,
    filters: Mapping[str, Sequence[str]] | None = None,
    *,
    sort: str = "relevance",
    limit: int = 20,
    offset: int = 0,
) -> SearchPlan:
    """Turn a reader's text and chosen filters into a plan. Never raises: any text of any length gives one."""
    cut = len(text) > MAX_CHARACTERS
    chosen = {
        name: tuple(dict.fromkeys(one for value in found for one in filter_values(name, value)))
        for name, found in (filters or {}).items()
        if found
    }
    groups: list[Group] = []
    excluded: list[Group] = []
    room = MAX_TERMS
    for piece in joined_names(pieces(text[:MAX_CHARACTERS])):
        if piece.kind == "filter":
            values = dict.fromkeys((*chosen.get(piece.field, ()), *filter_values(piece.field, piece.text)))
            chosen[piece.field] = tuple(values)
            continue
        found = groups_of(piece)
        needed = sum(len(group.alternatives[0].words) for group in found)
        if needed > room:
            cut = True
            found = found[:room] if piece.kind == "word" else []
        room -= min(needed, room)
        (excluded if piece.kind == "minus" else groups).extend(found)
    typed = list(dict.fromkeys(without_stop_words(groups)))
    groups = with_synonyms(typed)
    return SearchPlan(
        groups=tuple(groups),
        clues=tuple(clues_of(typed, groups)),
        excluded=tuple(excluded),
        filters=chosen,
        grams=()
        if all(group.province for group in groups)
        else grams_of_typed(groups),  # a place is none that is spelt nearly so
        sort=sort if sort in SORTS else "relevance",
        limit=limit,
        offset=offset,
        cut=cut,
    )


def grams_of_typed(groups: Sequence[Group]) -> tuple[str, ...]:
    """The trigrams of what was typed, as far as there is room."""
    return tuple(dict.fromkeys(gram for group in groups for gram in grams(group.typed)))[:MAX_TERMS]


def pieces(text: str) -> Iterator[Piece]:
    """Cut a query into pieces. An unclosed quote closes at the end; a field that we don't know is two words."""
    joined = _LOOSE_COLON.sub("\\1:", text.translate(_QUOTES))
    joined = _LOOSE_LICENCE.sub(lambda licence: licence[0].replace(" ", "_"), joined)
    for found in _PART.finditer(joined):
        said = found["phrase"] if found["phrase"] is not None else found["word"]
        name = FILTER_WORDS.get((found["field"] or "").casefold())
        if found["field"] and not name:
            said = f"{found['field']} {said}"
        if not said.strip():
            continue
        if name and not found["minus"]:
            yield Piece("filter", said.strip(), name)
        elif found["minus"]:
            yield Piece("minus", said)
        else:
            yield Piece("phrase" if found["phrase"] is not None else "word", said)


def joined_names(found: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbouring words that are one name together: Chiang Mai, จังหวัด แพร่, Khon Kaen University."""
    waiting: list[str] = []
    for piece in found:
        if piece.kind == "word":
            waiting.append(piece.text)
            continue
        yield from names_among(waiting)
        waiting = []
        yield piece
    yield from names_among(waiting)


def names_among(words: list[str]) -> Iterator[Piece]:
    """The words as pieces, those that name a place or a university together as one; the longest name first."""
    at = 0
    while at < len(words):
        longest = min(LONGEST_NAME, len(words) - at)
        length = next((many for many in range(longest, 1, -1) if is_name(" ".join(words[at : at + many]))), 1)
        yield Piece("word", " ".join(words[at : at + length]))
        at += length


def is_name(text: str) -> bool:
    """Whether a text names a province, a university or a district."""
    return bool(named_province(text) or find_university(text) or named_districts(text))


def named_province(text: str) -> Province | None:
    """The province that a text names, in any usual spelling. A bare number is none: it may count anything."""
    return None if text.strip().isdigit() else find_province(text)


def groups_of(piece: Piece) -> list[Group]:
    """What one piece asks for. What has no letter or digit asks for nothing."""
    typed = fold(piece.text).strip()
    whole = named_province(typed)
    if whole is not None:
        return [place_group(typed, whole)]
    university = find_university(piece.text)
    if university is not None:
        return [university_group(typed, university)]
    if piece.kind == "word":
        districts = named_districts(typed)
        return [district_group(districts)] if districts else [word_group(word, typed) for word in words_of(typed)]
    words = tuple(index_words(typed))
    return [Group((Alternative(words),), typed=typed, exact=True)] if words else []


def words_of(typed: str) -> list[str]:
    """The words of a piece, without those that only say that a place's name follows."""
    return without_marks(index_words(typed))


def word_group(word: str, typed: str) -> Group:
    """One word of what was typed."""
    found = named_province(word)
    if found is not None:
        return place_group(word, found)
    ways = (Alternative((word,)), *(Alternative((year,)) for year in same_years(word)))
    return Group(ways, parts=filling_parts(word), typed=typed)


def same_years(word: str) -> tuple[str, ...]:
    """The year in the other era: 2567 of the Buddhist is 2024 of the common one (thai.md 3)."""
    if not (word.isascii() and word.isdigit() and len(word) == 4):
        return ()
    year = int(word)
    if FIRST_BUDDHIST <= year <= LAST_BUDDHIST:
        return (str(year - BUDDHIST_ERA),)
    return (str(year + BUDDHIST_ERA),) if FIRST_BUDDHIST <= year + BUDDHIST_ERA <= LAST_BUDDHIST else ()


def place_group(typed: str, found: Province) -> Group:
    """A province: as it was typed, by its name in both languages, or by what the entry is about."""
    names = [tuple(index_words(found.name_th)), tuple(index_words(found.name_en))]
    said = tuple(index_words(typed))
    if len(said) == 1:
        names.insert(0, said)
    return Group(tuple(Alternative(words) for words in dict.fromkeys(names)), province=found.code, typed=typed)


def district_group(found: NamedDistricts) -> Group:
    """A district: as it was typed, or by its name in both languages. What is about its province need not be about it.

    Where its Thai name stands for the province as well (เมืองแพร่), so does the English one.
    """
    said = tuple(index_words(found.name))
    names = tuple(dict.fromkeys([said, *district_names(found.districts)]))
    ways = tuple(Alternative(words) for words in names)
    seat = named_province(found.districts[0].name_th) if len(found.districts) == 1 else None
    return Group(ways, province=seat.code if seat else None, typed=found.name)


def university_group(typed: str, found: University) -> Group:
    """A university: as it was typed, or by its other names. Abbreviations count a little less: some are words as well."""
    said = {tuple(index_words(typed)): 1.0}
    for name in (found.name_th, found.name_en):
        said.setdefault(tuple(index_words(name)), 1.0)
    for name in (found.abbr_th, found.abbr_en if len(found.abbr_en) >= SHORTEST_LATIN else "", *found.aliases):
        said.setdefault(tuple(index_words(name)), SHORT_WEIGHT)
    # Letters one by one (ม. อ.) stand side by side by chance: "ม.3 อ.นาโยง".
    return Group(
        tuple(Alternative(words, weight) for words, weight in said.items() if len("".join(words)) > len(words)),
        typed=typed,
    )


def with_synonyms(groups: Sequence[Group]) -> list[Group]:
    """Widen what was asked for by other words for the same thing. Each word of a term may be fulfilled by a synonym of it all.

    Then by what districts are called in English, as far as there is room.
    """
    plain = [group if is_plain(group) else None for group in groups]
    widened = list(groups)
    room = MAX_ALTERNATIVES
    for first, behind, others in terms_among([group.alternatives[0].words[0] if group else "" for group in plain]):
        others = others[: room // (behind - first)]
        room -= len(others) * (behind - first)
        for at in range(first, behind):
            said = tuple(Alternative(words, weight / (behind - first)) for words, weight in others)
            widened[at] = replace(groups[at], alternatives=groups[at].alternatives + said)
    for at, group in enumerate(plain):
        names = other_names(group.alternatives[0].words[0])[:room] if group and not group.exact else ()
        room -= len(names)
        named = tuple(Alternative(words) for words in names)
        widened[at] = replace(widened[at], alternatives=(*widened[at].alternatives, *named))
    return widened


def clues_of(typed: Sequence[Group], widened: Sequence[Group]) -> list[Group]:
    """What may speak for an entry beside what was asked for: the parts of compounds and of synonyms, and what a complaint means."""
    found: list[tuple[str, float]] = [(part, PART_WEIGHT) for group in widened for part in group.parts]
    plain = [group.alternatives[0].words[0] for group in typed if is_plain(group)]
    for _complaint, meaning in meanings(plain):
        found += [(word, MEANING_WEIGHT) for word in meaning]
        others = [other.words for _first, _behind, some in terms_among(meaning) for other in some]
        found += [(words[0], RELATED_WEIGHT) for words in others if len(words) == 1]
    for one in (one for group in widened for one in group.alternatives if one.weight < 1):
        if one.words in terms_of(ABBREVIATIONS):
            continue  # โรง of โรงพยาบาล is no part of what รพ. means
        parts = one.words if len(one.words) > 1 else filling_parts(one.words[0])
        found += [(part, SYNONYM_PART_WEIGHT) for part in parts]
    said = {word for group in widened for one in group.alternatives if len(one.words) == 1 for word in one.words}
    heaviest = dict(sorted(found, key=lambda told: told[1]))  # of a word that speaks in two ways the heavier
    wanted = [(word, weight) for word, weight in heaviest.items() if word not in STOP_WORDS and word not in said]
    return [
        Group((Alternative((word,), weight),)) for word, weight in sorted(wanted, key=lambda told: -told[1])[:MAX_CLUES]
    ]


def is_plain(group: Group) -> bool:
    """Whether it is one word as it was typed, no place and no phrase."""
    return group.province is None and len(group.alternatives) == 1 and len(group.alternatives[0].words) == 1


def without_stop_words(groups: list[Group]) -> list[Group]:
    """Leave out the words that tell nothing apart, when others remain."""
    telling = [
        group for group in groups if is_name_group(group) or not STOP_WORDS.issuperset(group.alternatives[0].words)
    ]
    return telling or groups


def is_name_group(group: Group) -> bool:
    """Whether it was typed as a name of something, which may be a word that tells nothing otherwise (อ.ลอง)."""
    return group.province is not None or len(group.alternatives) > 1
