"""Makes every demonstration file from the content tables: `python datasets/demo/make.py [folder]`.

The bytes are the same on every machine, so that a test can make them again and compare. Which oddity of real files
stands where is written in `oddities.csv`. Nobody in these files exists: clusters, universities, numbers are invented.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

import clusters  # noqa: E402 - the folder is no package, see above
import research  # noqa: E402
import workbooks  # noqa: E402


def make_all() -> dict[str, bytes]:
    """Return every demonstration file: path below this folder → its bytes."""
    return {
        "01-clusters-chiangmai.csv": clusters.chiangmai(),
        "02-clusters-upper-north.csv": clusters.upper_north(),
        "03-clusters-northeast.csv": clusters.northeast(),
        "04-clusters-surin-buriram.tsv": clusters.surin_buriram(),
        "05-products-south.csv": clusters.southern_products(),
        "06-clusters-korat.xlsx": workbooks.korat(),
        "07-research-central.xlsx": workbooks.central_research(),
        "08-clusters-south.ods": workbooks.south(),
        "09-units-northeast.xls": workbooks.northeast_units(),
        "10-outputs.json": research.outputs_json(),
        "11-units-south-east.jsonl": research.units_jsonl(),
        "12-east.zip": clusters.east_archive(),
        "13-central-folder/กลุ่มภาคกลาง.csv": clusters.central(),
        "13-central-folder/62.csv": clusters.tiny(),
        "13-central-folder/ยอดจำหน่ายโอทอปรายปี.xlsx": workbooks.sales_by_year(),
        "14-clusters-with-people.csv": clusters.with_people(),
        "15-units-north.txt": research.north_units(),
        "later/01-clusters-chiangmai.csv": clusters.chiangmai(later=True),
        "held/clusters-with-citizen-ids.csv": clusters.with_citizen_ids(),
    }


def main(folder: Path) -> None:
    """Write every file below `folder`."""
    for name, content in make_all().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
