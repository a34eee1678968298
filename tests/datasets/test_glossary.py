"""The glossary of words for the same thing: sound as data, large enough, and no copy of what it is measured by."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from harvesters.bundled import datasets_folder
from harvesters.thai.text import fold
from portal.search.glossary import glossary_groups, synonyms
from portal.search.plan import MAX_ALTERNATIVES, make_plan

DOMAINS = {
    "agriculture", "food", "textiles", "crafts", "herbs", "fisheries", "livestock", "tourism", "materials", "energy", "digital",
    "wellness", "research",
}  # fmt: skip
JUDGED = Path(__file__).resolve().parent.parent / "judged" / "search" / "queries.jsonl"


def rows():
    with (datasets_folder() / "glossary" / "synonyms" / "groups.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_groups_for_every_domain():
    assert len(rows()) >= 400
    assert {row["domain"] for row in rows()} >= DOMAINS
    assert min(sum(row["domain"] == domain for row in rows()) for domain in DOMAINS) >= 10


def test_a_group_has_two_words_at_least_each_once_and_clean():
    names = [name for name, _ in glossary_groups()]
    assert len(names) == len(set(names))
    for name, terms in glossary_groups():
        folded = [fold(term) for term in terms]
        assert len(set(folded)) == len(folded) >= 2, name
        assert all(term == term.strip() for term in terms), name


def test_no_group_merely_repeats_a_title_of_the_demonstration():
    titles = {
        fold(str(source[name])) for source in json.loads((datasets_folder() / "demo" / "sources.json").read_text("utf-8"))
        for name in source if name.startswith("title")
    }  # fmt: skip
    assert {fold(term) for _, terms in glossary_groups() for term in terms} & titles == set()


def test_few_groups_hold_a_whole_judged_question():
    """By name, not by look: this test tells how many terms are also questions, so that nobody writes the glossary from them."""
    questions = {fold(json.loads(line)["query"]) for line in JUDGED.read_text("utf-8").splitlines()}
    same = {fold(term) for _, terms in glossary_groups() for term in terms} & questions
    assert len(same) <= 0.1 * len(questions)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("silk", "ผ้าไหม"), ("ผ้าไหม", "silk"), ("natural dye", "ย้อมสีธรรมชาติ"), ("โอทอป", "otop"), ("แล็บ", "laboratory")],
)
def test_a_question_is_widened_in_both_languages(typed, meant):
    said = {"".join(one.words) for group in make_plan(typed).groups for one in group.alternatives if one.weight < 1}
    assert fold(meant).replace(" ", "") in said


def test_what_was_typed_counts_most_and_widening_has_its_bounds():
    groups = make_plan(" ".join(list(dict.fromkeys(word[0] for word in synonyms()))[:32])).groups
    assert all(group.alternatives[0].weight == 1 for group in groups)
    assert sum(one.weight < 1 for group in groups for one in group.alternatives) <= MAX_ALTERNATIVES
