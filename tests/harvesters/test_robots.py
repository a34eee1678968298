"""robots.txt as RFC 9309 has it."""

import pytest

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, Rules
from harvesters.robots import Robots, read_robots

SITE = "https://x.go.th"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/c", False),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.csv$", "/files/x.csv", False),
        ("User-agent: *\nDisallow: /*.csv$", "/files/x.csv?y", True),
        ("User-agent: *\nDisallow: /a*b*c", "/aXbXc", False),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: Khlang\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: khlang\nUser-agent: other\nDisallow: /x", "/x", False),
        ("User-agent: other\nDisallow: /\n", "/a", True),
        (
            "# all\nuser-AGENT : * # us\nDISALLOW: /ข้อมูล",
            "/%E0%B8%82%E0%B9%89%E0%B8%AD%E0%B8%A1%E0%B8%B9%E0%B8%A5",
            False,
        ),
        ("Disallow: /\nUser-agent: *", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("<html>", "/a", True),
    ],
)
def test_rules(text, path, allowed):
    assert read_robots(text).allows(SITE + path) is allowed


def test_no_pattern_takes_long():
    rules = read_robots("User-agent: *\nDisallow: /" + "a*" * 5_000 + "b$")
    assert rules.allows(SITE + "/" + "a" * 20_000)


def test_sitemaps_are_told():
    assert read_robots("Sitemap: https://x/1.xml\nUser-agent: *\nsitemap:https://x/2.xml").sitemaps == (
        "https://x/1.xml",
        "https://x/2.xml",
    )


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False)])
def test_a_missing_one_allows_all_and_a_failing_site_nothing(tmp_path, loopback, status, allowed):
    loopback.body("/robots.txt", b"", status=status)
    robots = Robots(Fetch(tmp_path, Rules(allow=frozenset({loopback.host}), tries=1)))
    assert robots.of(loopback.url("/a")).allows(loopback.url("/a")) is allowed


def test_it_is_asked_for_once_and_a_page_that_is_forbidden_is_named(tmp_path, loopback):
    loopback.body("/robots.txt", b"User-agent: *\nDisallow: /no")
    robots = Robots(Fetch(tmp_path, Rules(allow=frozenset({loopback.host}))))
    robots.check(loopback.url("/yes"))
    with pytest.raises(HarvestError) as forbidden:
        robots.check(loopback.url("/no/page"))
    assert forbidden.value.code == "robots-forbid"
    assert loopback.paths == ["/robots.txt"]
    assert not list(tmp_path.iterdir())
