"""How to cite one version of a dataset: in Thai order with พ.ศ., in English, and for reference managers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.catalogue.models import Dataset, Version
from portal.writing import BUDDHIST_ERA, as_day

PORTAL_TH = "คลัง"
PORTAL_EN = "Khlang"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation names. `url` is the address of the version, which never changes its bytes."""

    title_th: str
    title_en: str
    publisher_th: str
    publisher_en: str
    version: int
    published: date
    identifier: str
    url: str

    @property
    def thai(self) -> str:
        """Thai order: publisher. (พ.ศ.). title [data set]. version. portal. address."""
        year = self.published.year + BUDDHIST_ERA
        return (
            f"{self.publisher_th}. ({year}). {self.title_th} [ชุดข้อมูล]. รุ่นที่ {self.version}. "
            f"{PORTAL_TH}. {self.identifier}. {self.url}"
        )

    @property
    def english(self) -> str:
        """APA order, for data sets."""
        return (
            f"{self.publisher_en or self.publisher_th}. ({self.published.year}). {self.title_en or self.title_th} "
            f"(Version {self.version}) [Data set]. {PORTAL_EN}. {self.identifier}. {self.url}"
        )

    @property
    def bibtex(self) -> str:
        """A BibTeX entry, UTF-8, braces balanced."""
        key = re.sub(r"[^a-z0-9]+", "-", self.identifier.lower()).strip("-")
        fields = {
            "author": f"{{{_braced(self.publisher_th)}}}",
            "title": f"{{{_braced(self.title_th)}}}",
            "year": str(self.published.year),
            "month": MONTHS[self.published.month - 1].lower(),
            "publisher": PORTAL_EN,
            "version": str(self.version),
            "note": self.identifier,
            "url": self.url,
        }
        lines = ",\n".join(
            f"  {name} = {value if name == 'month' else '{' + value + '}'}" for name, value in fields.items()
        )
        return f"@misc{{{key},\n{lines}\n}}\n"

    @property
    def ris(self) -> str:
        """A RIS record of type DATA."""
        lines = [
            ("TY", "DATA"),
            ("AU", self.publisher_th),
            ("TI", self.title_th),
            ("PY", str(self.published.year)),
            ("DA", self.published.strftime("%Y/%m/%d")),
            ("ET", str(self.version)),
            ("PB", PORTAL_EN),
            ("ID", self.identifier),
            ("UR", self.url),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)

    @property
    def csl(self) -> list[dict[str, Any]]:
        """CSL-JSON."""
        day = [self.published.year, self.published.month, self.published.day]
        return [
            {
                "id": self.identifier,
                "type": "dataset",
                "title": self.title_th,
                "author": [{"literal": self.publisher_th}],
                "issued": {"date-parts": [day]},
                "publisher": PORTAL_EN,
                "version": str(self.version),
                "URL": self.url,
            }
        ]


def _braced(text: str) -> str:
    return _one_line(text).replace("{", "(").replace("}", ")").replace("\\", "/")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def cite(dataset: Dataset, version: Version, address: str) -> Citation:
    """The citation of one version; `address` is the full address of the version's page."""
    return Citation(
        title_th=dataset.title_th,
        title_en=dataset.title_en,
        publisher_th=dataset.publisher.title_th,
        publisher_en=dataset.publisher.title_en,
        version=version.number,
        published=as_day(version.published_at),
        identifier=f"khlang:{dataset.name}@{version.number}",
        url=address,
    )
