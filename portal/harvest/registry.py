"""Adding, changing and removing sources. Each function is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from harvesters import bundled
from harvesters.checks.personal import mask_text
from harvesters.describing import FIELDS, nearest, wanted
from harvesters.normalise import RULES
from harvesters.sources import kinds, options_of, reads_files
from harvesters.sources.spreadsheet import is_address
from harvesters.thai.places import find_province
from harvesters.thai.slugs import slug as make_slug
from harvesters.thai.text import fold
from portal.accounts.actions import record
from portal.catalogue.actions import check_name, ensure_publisher
from portal.catalogue.models import Publisher
from portal.db import now, transaction
from portal.errors import PortalError
from portal.harvest.models import Source
from portal.harvest.schedule import next_due

SLUG_BEFORE_DIGEST = 55  # letters: with the digest no longer than the name of a dataset may be


def add_source(
    slug: str,
    *,
    kind: str,
    url: str,
    publisher: str | None = None,
    publisher_title: str | None = None,
    province: str | None = None,
    profile: str | None = None,
    title: str | None = None,
    options: Mapping[str, str] | None = None,
    local: bool = False,
) -> None:
    """Register a source. Raises PortalError when a value is unknown or the slug is taken."""
    checked = check_options(kind, {**(options or {}), **({"title": title} if title else {})})
    province = checked_place(province, profile)
    check_address(kind, url)
    with transaction() as session:
        if session.scalar(select(Source.id).where(Source.slug == check_name(slug))) is not None:
            raise PortalError("name-taken", name=slug)
        owner = publisher_of(
            session, publisher or slug, publisher_title or (None if publisher else title or slug), province
        )
        path = local and not is_address(url)
        schedule = checked.get("schedule", "manual")
        session.add(
            Source(
                slug=slug,
                kind=kind,
                url=str(Path(url).resolve()) if path else url,
                local=path,
                title_th=title or checked.get("title", ""),
                publisher_id=owner,
                province_code=province,
                profile=profile,
                options=checked,
                schedule=schedule,
                next_due_at=now() if next_due(schedule, slug, now()) else None,
            )
        )
        record(session, actor="command line", action="source-add", subject=slug, details={"kind": kind})


def change_source(
    slug: str,
    *,
    url: str | None = None,
    province: str | None = None,
    profile: str | None = None,
    title: str | None = None,
    options: Mapping[str, str] | None = None,
) -> None:
    """Change what is given of a source; the next harvest goes by it. An option given as "" is taken back.

    Raises PortalError when the source is unknown or no longer harvested, or a value is wrong.
    """
    with transaction() as session:
        source = session.scalar(select(Source).where(Source.slug == slug))
        if source is None:
            raise PortalError("unknown-source", slug=slug)
        if source.removed_at is not None:
            raise PortalError("source-removed", slug=slug)
        given = check_options(source.kind, {**(options or {}), **({"title": title} if title else {})})
        code = checked_place(province, profile)
        source.options = {name: value for name, value in (source.options | given).items() if value}
        source.province_code, source.profile = code or source.province_code, profile or source.profile
        source.title_th = title or source.title_th
        if url:
            check_address(source.kind, url)
            source.local = not is_address(url)
            source.url = str(Path(url).resolve()) if source.local else url
        if "schedule" in given:
            source.schedule = given["schedule"] or "manual"
            source.next_due_at = now() if next_due(source.schedule, slug, now()) else None
        changed = sorted(
            {*given, *(name for name, value in (("url", url), ("province", code), ("profile", profile)) if value)}
        )
        record(session, actor="command line", action="source-set", subject=slug, details={"changed": changed})


def publisher_of(session: Session, slug: str, title: str | None, province: str | None) -> int:
    """Id of the publisher, made when it is new and has a title."""
    return ensure_publisher(session, {"slug": slug, "title_th": title or "", "province": province or ""}).id


def checked_place(province: str | None, profile: str | None) -> str | None:
    """The code of a province given by code or name. Raises PortalError for a province or profile that does not exist."""
    code = province
    if province and province not in {row["code"] for row in bundled.read_table("provinces")}:
        found = find_province(province)
        if found is None:
            raise PortalError("unknown-province", province=province)
        code = found.code
    if profile and profile not in bundled.profiles():
        raise PortalError("unknown-profile", profile=profile, known=", ".join(bundled.profiles()))
    return code


def check_address(kind: str, url: str) -> None:
    """Raise PortalError("address-wrong") for an address that no source of `kind` can be at. A file need not be there yet."""
    files = reads_files(kind)
    if is_address(url) or (files and "://" not in url):
        return
    local_th, local_en = (" หรือไฟล์หรือโฟลเดอร์ในเครื่อง", ", or a file or folder of this machine") if files else ("", "")
    raise PortalError("address-wrong", url=mask_text(url), kind=kind, local_th=local_th, local_en=local_en)


def check_options(kind: str, options: Mapping[str, str]) -> dict[str, str]:
    """Return the options when the kind knows them all. Raises PortalError."""
    if kind not in kinds():
        raise PortalError("unknown-kind", kind=kind, known=", ".join(sorted(kinds())))
    declared = {option.name: option for option in options_of(kind)}
    for name, value in options.items():
        if name not in declared:
            raise PortalError("unknown-option", option=name, known=", ".join(declared), **near(name, tuple(declared)))
        choices = declared[name].choices or wanted(name, value)
        if choices and value not in choices:
            raise wrong_option(name, value, choices)
        if name in FIELDS and mask_text(value) != value:
            raise PortalError("option-personal", option=name, value=mask_text(value))
    headings = [part for part in options.get("headings", "").split(";") if part.strip()]
    if not all(part.partition("=")[0].strip() and part.partition("=")[2].strip() for part in headings):
        raise wrong_option("headings", options["headings"], ("ชื่อกลุ่ม=name;สินค้า=products",))
    if "max_bad_rows" in options and not share(options["max_bad_rows"]):
        raise wrong_option("max_bad_rows", options["max_bad_rows"], ("0 … 1",))
    rules = options.get("repairs", "on")
    if rules not in ("on", "off") and not all(rule.strip() in RULES for rule in rules.split(",")):
        raise wrong_option("repairs", rules, ("on", "off", *RULES))
    return dict(options)


def wrong_option(name: str, value: str, known: Sequence[str]) -> PortalError:
    """The failure of a value that an option can't have, with what it can have."""
    return PortalError("option-wrong", option=name, value=value, known=", ".join(known), **near(value, known))


def near(word: str, known: Sequence[str]) -> dict[str, str]:
    """The fields of a sentence that name the known word most like `word`; empty ones where none is like it."""
    found = nearest(word, known)
    return {"near_th": f" ใกล้ที่สุดคือ ‘{found}’" if found else "", "near_en": f" (nearest: ‘{found}’)" if found else ""}


def share(text: str) -> bool:
    """Whether `text` is a number from 0 to 1."""
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def hand_in(
    path: Path,
    *,
    publisher: str,
    publisher_title: str | None = None,
    name: str | None = None,
    title: str | None = None,
    profile: str | None = None,
    province: str | None = None,
    licence: str | None = None,
    options: Mapping[str, str] | None = None,
) -> str:
    """Register a file as an upload source, or point the publisher's own source at the new file. Returns its slug.

    The own source is the one of that `name`; without a name, the one of the same title. A file of another title never takes
    its place, however alike the addresses made from both are. Raises PortalError("name-taken") when the name is not theirs.
    """
    given = {**(options or {}), **({"licence": licence} if licence else {})}
    called = title or path.stem
    with transaction() as session:
        known = named_upload(session, name, publisher) if name else titled_upload(session, called, publisher)
        if known is not None:
            checked = check_options("upload", {**given, **({"title": title} if title else {})})
            known.options = {option: value for option, value in (known.options | checked).items() if value}
            province = checked_place(province, profile)
            known.url, known.local, known.removed_at = str(path.resolve()), True, None
            known.title_th = title or known.title_th
            known.profile, known.province_code = profile or known.profile, province or known.province_code
            return known.slug
        slug = name or free_slug(session, called)
    add_source(
        slug,
        kind="upload",
        url=str(path),
        publisher=publisher,
        publisher_title=publisher_title,
        province=province,
        profile=profile,
        title=called,
        options=given,
        local=True,
    )
    return slug


def named_upload(session: Session, name: str, publisher: str) -> Source | None:
    """The publisher's upload source of that name. Raises PortalError("name-taken") when another source has it."""
    known = session.scalar(select(Source).where(Source.slug == check_name(name)))
    if known is not None and (known.publisher.slug != publisher or known.kind != "upload"):
        raise PortalError("name-taken", name=name)
    return known


def titled_upload(session: Session, title: str, publisher: str) -> Source | None:
    """The publisher's newest upload source of that title; case, blanks and the order of marks aside."""
    query = select(Source).join(Source.publisher).where(Source.kind == "upload", Publisher.slug == publisher)
    own = session.scalars(query.order_by(Source.id.desc()))
    return next((source for source in own if fold(source.title_th) == fold(title)), None)


def free_slug(session: Session, title: str) -> str:
    """An address for a title, told apart by a digest of it where another source's is the same."""
    slug = make_slug(title, "upload")
    if session.scalar(select(Source.id).where(Source.slug == slug)) is None:
        return slug
    return f"{slug[:SLUG_BEFORE_DIGEST].rstrip('-')}-{hashlib.sha256(fold(title).encode()).hexdigest()[:8]}"


def remove_source(slug: str, *, reason: str, actor: str) -> None:
    """Stop harvesting a source: it leaves the list of due ones; what it published stays, with its history."""
    with transaction() as session:
        source = session.scalar(select(Source).where(Source.slug == slug))
        if source is None:
            raise PortalError("unknown-source", slug=slug)
        source.removed_at, source.schedule, source.next_due_at = now(), "manual", None
        record(session, actor=actor, action="source-remove", subject=slug, details={"reason": reason})


def details_json(source: Source) -> dict[str, Any]:
    """A source as JSON. A path of this machine is nobody's business, so a local one shows its file name only."""
    return {
        "slug": source.slug,
        "kind": source.kind,
        "url": Path(source.url).name if source.local else source.url,
        "title": source.title_th or source.slug,
        "publisher": source.publisher.slug,
        "province": source.province_code,
        "profile": source.profile,
        "options": source.options,
        "schedule": source.schedule,
        "next_due_at": source.next_due_at,
        "removed": source.removed_at is not None,
    }
