"""What a site allows robots to read, by its robots.txt (RFC 9309). Asked where pages are read; an API or a named file needs no leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch

AGENT = "khlang"
MOST_BYTES = 500 * 1024  # RFC 9309 §2.5: at least so much is read
MOST_RULES = 2_000
SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One allow or disallow: a pattern of the path, `*` for anything, `$` for the end."""

    allow: bool
    pattern: str

    def matches(self, path: str) -> bool:
        """Whether the rule speaks of `path`. Walks the pieces between stars, so no pattern can take long."""
        pattern, end = (self.pattern[:-1], True) if self.pattern.endswith("$") else (self.pattern, False)
        first, *rest = pattern.split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        for piece in rest[:-1] if end and rest else rest:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        if not end:
            return True
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else at == len(path)


@dataclass(frozen=True, slots=True)
class RobotsText:
    """A robots.txt as it concerns us."""

    rules: tuple[Rule, ...] = ()
    sitemaps: tuple[str, ...] = ()
    closed: bool = False  # the site could not say: nothing may be read (RFC 9309 §2.3.1.4)

    def allows(self, url: str) -> bool:
        """Whether `url` may be read: by the longest rule that speaks of it; allow wins where two are as long."""
        if self.closed:
            return False
        parts = urlsplit(url)
        path = canonical(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if path == "/robots.txt":
            return True
        spoken = [rule for rule in self.rules if rule.matches(path)]
        return not spoken or max(spoken, key=lambda rule: (len(rule.pattern), rule.allow)).allow


@dataclass
class Robots:
    """The robots.txt of every site of a run, each fetched once."""

    fetch: Fetch
    known: dict[str, RobotsText] = field(default_factory=dict)

    def of(self, url: str) -> RobotsText:
        """What the site of `url` says. Missing means that all is allowed, a failing site that nothing is."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.known:
            self.known[site] = self._read(f"{site}/robots.txt")
        return self.known[site]

    def check(self, url: str) -> None:
        """Raise HarvestError("robots-forbid") where the site does not allow us to read `url`."""
        if not self.of(url).allows(url):
            raise HarvestError("robots-forbid", url=url)

    def _read(self, url: str) -> RobotsText:
        try:
            fetched = self.fetch.get(url, fresh=True)
        except HarvestError as error:
            status = error.fields.get("status") if error.code == "fetch-status" else None
            if isinstance(status, int) and 400 <= status < 500:
                return RobotsText()
            if error.code == "fetch-refused":
                raise
            return RobotsText(closed=True)
        with fetched.path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8", "replace")
        fetched.path.unlink(missing_ok=True)
        return read_robots(text)


def read_robots(text: str) -> RobotsText:
    """Read the text of a robots.txt: the groups that name us, else those for everybody."""
    groups: dict[str, list[Rule]] = {}
    agents: list[str] = []
    naming = False  # whether the last line named an agent, so that the next one joins it
    for line in text.lstrip("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            agents = [*agents, value.lower()] if naming else [value.lower()]
            naming = True
            for agent in agents:
                groups.setdefault(agent, [])
        elif name in ("allow", "disallow"):
            naming = False
            for agent in agents:
                if value and len(groups[agent]) < MOST_RULES:
                    groups[agent].append(Rule(name == "allow", canonical(value)))
    ours = next((agent for agent in groups if agent not in ("", "*") and AGENT.startswith(agent)), "*")
    return RobotsText(tuple(groups.get(ours, ())), tuple(SITEMAP.findall(text)))


def canonical(path: str) -> str:
    """A path with its letters percent-encoded in one way, stars and the end mark left."""
    return quote(unquote(path), safe="/*$?&=;:@!'(),+~%-._")
