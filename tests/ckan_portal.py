"""A small CKAN on loopback, as tests want it: so many datasets, pages of at most so many, and whatever goes wrong."""

import json
from collections.abc import Callable
from typing import Any

from tests.loopback import Loopback

TABLE = "รหัส,ชื่อกลุ่ม,จังหวัด\n01,กลุ่มทอผ้าทดสอบ {n},แพร่\n02,กลุ่มจักสานทดสอบ {n},น่าน\n"


class CkanPortal:
    """Serves `packages` by package_search, package_list and package_show under `prefix`."""

    def __init__(self, loopback: Loopback, count: int = 0, *, prefix: str = "", rows_max: int = 1000) -> None:
        self.loopback, self.prefix, self.rows_max = loopback, prefix, rows_max
        self.packages: list[dict[str, Any]] = []
        self.tell: Callable[[int], int] = lambda count: count  # what `count` says
        self.spoil: Callable[[dict[str, str]], tuple[int, bytes, str] | None] = lambda asked: None
        for number in range(count):
            self.add(number)
        api = f"{prefix}/api/3/action"
        loopback.dynamic(f"{api}/package_search", self.search)
        loopback.dynamic(f"{api}/package_list", lambda asked: self.good([p["name"] for p in self.packages]))
        loopback.dynamic(f"{api}/package_show", self.show)

    @property
    def url(self) -> str:
        return self.loopback.url(self.prefix or "/")

    def add(self, number: int, *, files: int = 1, **fields: Any) -> dict[str, Any]:
        """One more dataset of the national schema with uploaded CSV files."""
        resources = [self.upload(f"d{number}-{file}.csv", TABLE.format(n=number)) for file in range(files)]
        package = {
            "id": f"id-{number:05}",
            "name": f"dataset-{number}",
            "title": f"กลุ่มผลิตภัณฑ์ทดสอบ ชุดที่ {number}",
            "notes": "บัญชีกลุ่ม\r\nสำหรับทดสอบ",
            "state": "active",
            "private": False,
            "type": "dataset",
            "metadata_modified": "2026-01-01T00:00:00.000000",
            "tags": [{"name": "ผ้าทอ"}, {"name": "ทดสอบ"}],
            "data_type": "ข้อมูลระเบียน",
            "objective": ["พันธกิจหน่วยงาน"],
            "data_category": "ข้อมูลสาธารณะ",
            "license_id": "Open Data Common",
            "allow_harvest": "True",
            "maintainer": "สำนักงานทดสอบ",
            "maintainer_email": "info@test.go.th",
            "organization": {"name": "phrae", "title": "สำนักงานทดสอบจังหวัดแพร่"},
            "extras": [{"key": "height_value_dataset", "value": "1"}],
            "resources": resources,
            **fields,
        }
        self.packages.append(package)
        return package

    def upload(self, name: str, text: str, **fields: Any) -> dict[str, Any]:
        """A CSV that the portal serves itself, as a resource."""
        self.loopback.tagged(f"{self.prefix}/file/{name}", text.encode())
        return {
            **{
                "id": name,
                "name": f"ไฟล์ {name}",
                "format": "CSV",
                "url": self.loopback.url(f"{self.prefix}/file/{name}"),
            },
            **{"url_type": "upload", "last_modified": "2026-01-01T00:00:00", "state": "active"},
            "resource_data_collect": "บุคคล",
            **fields,
        }

    def good(self, result: Any) -> tuple[int, bytes]:
        return 200, packed({"help": "", "success": True, "result": result})

    def search(self, asked: dict[str, str]) -> tuple[int, bytes] | tuple[int, bytes, str]:
        spoilt = self.spoil(asked)
        if spoilt is not None:
            return spoilt
        start, rows = int(asked.get("start", 0)), min(int(asked.get("rows", 10)), self.rows_max)
        ordered = sorted(self.packages, key=lambda package: str(package.get("id")))
        return self.good({"count": self.tell(len(ordered)), "results": ordered[start : start + rows]})

    def show(self, asked: dict[str, str]) -> tuple[int, bytes]:
        for package in self.packages:
            if asked.get("id") in (package["name"], package["id"]):
                return self.good(package)
        return 404, packed({"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}})


def packed(document: Any) -> bytes:
    """A document as JSON bytes."""
    return json.dumps(document, ensure_ascii=False).encode()


PAGE = "<!doctype html><title>ปิดปรับปรุง</title>".encode()  # what a closed site says
