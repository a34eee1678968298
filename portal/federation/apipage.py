"""The page for those who write programs, with lines to copy, and the description of all addresses for machines."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_babel import gettext as _  # type: ignore[import-untyped]

from portal.catalogue.models import Dataset
from portal.catalogue.queries import newest_datasets
from portal.catalogue.uids import resource_uid
from portal.choices import site
from portal.federation.ckan.actions import ACTIONS
from portal.federation.openapi import description

blueprint = Blueprint("api", __name__)

LOOKED_AT = 20  # of the newest datasets, for one with a table


@blueprint.get("/api/")
def page() -> str:
    """How programs read what is here, with lines that the tests run."""
    told = action_words()
    return render_template(
        "federation/api.html",
        base=site(),
        examples=examples(site(), example()),
        actions=[{"name": name, "summary": told[name]} for name in ACTIONS if name in told],
        empty=[name for name in ACTIONS if name not in told],
    )


def action_words() -> dict[str, str]:
    """What each action that has something to tell is for."""
    return {
        "status_show": _("บอกว่าคลังนี้คืออะไร และตอบแบบ CKAN รุ่นใด"),
        "site_read": _("ตอบว่าอ่านได้เสมอ"),
        "help_show": _("อธิบายคำสั่งหนึ่งคำสั่ง (name)"),
        "package_list": _("ชื่อชุดข้อมูลทั้งหมด (limit, offset)"),
        "package_show": _("ชุดข้อมูลหนึ่งชุดพร้อมไฟล์ (id)"),
        "package_search": _("ค้นหาและกรองชุดข้อมูล (q, fq, rows, start, sort, facet.field)"),
        "current_package_list_with_resources": _("ชุดข้อมูลพร้อมไฟล์ เรียงจากที่เปลี่ยนล่าสุด (limit, offset)"),
        "package_autocomplete": _("ชุดข้อมูลที่ชื่อมีคำนี้ (q, limit)"),
        "resource_show": _("ไฟล์หนึ่งไฟล์ (id)"),
        "organization_list": _("ผู้เผยแพร่ที่มีชุดข้อมูล (all_fields, limit, offset)"),
        "organization_show": _("ผู้เผยแพร่หนึ่งราย (id, include_datasets)"),
        "group_list": _("จังหวัดทั้ง 77 จังหวัด (all_fields, limit, offset)"),
        "group_show": _("จังหวัดหนึ่งจังหวัด เช่น th-54 คือแพร่ (id, include_datasets)"),
        "group_package_show": _("ชุดข้อมูลของจังหวัดหนึ่ง (id, limit)"),
        "tag_list": _("คำสำคัญทั้งหมด (query, all_fields)"),
        "tag_show": _("คำสำคัญหนึ่งคำ (id, include_datasets)"),
        "license_list": _("สัญญาอนุญาตที่รู้จัก และความหมาย"),
        "datastore_search": _("แถวของตาราง กรอง ค้น และเรียงได้ (resource_id, filters, q, fields, sort, limit, offset)"),
        "datastore_info": _("คอลัมน์ของตาราง และจำนวนแถว (resource_id)"),
        "datastore_search_sql": _("ไม่รับ SQL ใช้ datastore_search แทน"),
    }


@blueprint.get("/api/openapi.json")
def openapi() -> Response:
    """Every address that gives data, described as OpenAPI 3.1."""
    response = jsonify(description(current_app._get_current_object(), site()))  # type: ignore[attr-defined]
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def example() -> Dataset | None:
    """One of the newest datasets that has a table; None where there is none yet."""
    return next((one for one in newest_datasets(LOOKED_AT) if one.current and one.current.resources), None)


def examples(base: str, dataset: Dataset | None) -> list[dict[str, str]]:
    """Lines to copy: what they do, in which program, and the code."""
    action = f"{base}/api/3/action"
    found = [
        {
            "title": _("ค้นหาชุดข้อมูล"),
            "label": "curl: package_search",
            "code": f'curl -fsS "{action}/package_search?{urlencode({"q": "กลุ่ม", "rows": 5}, quote_via=quote)}"',
        },
        {
            "title": _("รับชื่อชุดข้อมูลทั้งหมดทีละหน้า"),
            "label": "Python: package_search",
            "code": "import json\nimport urllib.request\n"
            "names, page = [], [0]\n"
            "while page:\n"
            f'    url = f"{action}/package_search?rows=100&start={{len(names)}}&sort=id+asc"\n'
            '    page = json.load(urllib.request.urlopen(url))["result"]["results"]\n'
            '    names += [dataset["name"] for dataset in page]\n'
            "print(len(names))",
        },
    ]
    if dataset is None or dataset.current is None:
        return found
    table = dataset.current.resources[0]
    uid = resource_uid(dataset.uid, table.name)
    return [
        *found,
        {
            "title": _("ดูชุดข้อมูลหนึ่งชุด"),
            "label": "curl: package_show",
            "code": f'curl -fsS "{action}/package_show?id={dataset.name}"',
        },
        {
            "title": _("อ่านแถวของตาราง"),
            "label": "Python: datastore_search",
            "code": "import json\nimport urllib.request\n"
            f'asked = {{"resource_id": "{uid}", "limit": 5}}\n'
            f'request = urllib.request.Request("{action}/datastore_search", json.dumps(asked).encode(),\n'
            '    {"Content-Type": "application/json"})\n'
            'result = json.load(urllib.request.urlopen(request))["result"]\n'
            'print(result["total"])',
        },
        {
            "title": _("ดาวน์โหลดตารางเป็น CSV"),
            "label": "curl: CSV",
            "code": f'curl -fsSL "{base}/dataset/{dataset.name}/resource/{table.name}.csv" -o table.csv',
        },
    ]
