"""Reading and normalising: rows a second of one core for a clean and a dirty table of twelve columns, and the peak memory.

Run as `python bench/reading.py [--rows 100000] [--repeat 3] [--memory-rows 1000000]`. Goals: a dirty CSV with every rule on ≥ 50,000 rows/s, a
clean UTF-8 one ≥ 100,000 rows/s, read and normalised together; ≤ 400 MiB for 1,000,000 rows. CPU seconds count, so that other
work on the machine matters less; the yardstick beside them is Python's own csv module copying the same file.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from harvesters.mapping import map_headings  # noqa: E402
from harvesters.normalise import normalise  # noqa: E402
from harvesters.tables import Limits, read_file  # noqa: E402

GOALS = {"clean": 100_000, "dirty": 50_000}  # rows a second
LIMITS = Limits(bytes=1 << 30)  # a million rows are more than a source may send
MOST_MEMORY = 400  # MiB
HEADINGS = (
    "รหัสกลุ่ม", "ชื่อวิสาหกิจชุมชน", "ผลิตภัณฑ์", "จังหวัด", "อำเภอ", "วันที่จดทะเบียน", "รายได้ต่อปี (บาท)", "จำนวนสมาชิก", "เบอร์โทรศัพท์",
    "ละติจูด", "ลองจิจูด", "หมายเหตุ",
)  # fmt: skip
PLACES = (
    ("เชียงใหม่", "แม่ริม", "053"), ("ขอนแก่น", "ชนบท", "043"), ("สงขลา", "หาดใหญ่", "074"), ("น่าน", "ปัว", "054"),
    ("อุบลราชธานี", "เขมราฐ", "045"), ("สุรินทร์", "ท่าตูม", "044"),
)  # fmt: skip
PRODUCTS = ("ผ้าไหมมัดหมี่", "น้ำผึ้งป่า", "กล้วยตาก", "กาแฟคั่ว", "ข้าวหอมมะลิ", "สบู่สมุนไพร", "เครื่องจักสาน")
MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def clean_rows(count: int, seed: int) -> Iterator[list[str]]:
    """Rows of which nothing has to be changed."""
    dice = random.Random(seed)
    for number in range(count):
        province, district, area = dice.choice(PLACES)
        day = date(2000, 1, 1) + timedelta(days=dice.randrange(9000))
        yield [
            f"D-{number:07d}", f"วิสาหกิจชุมชน{dice.choice(PRODUCTS)}บ้านที่ {number}", dice.choice(PRODUCTS), province, district,
            day.isoformat(), str(dice.randrange(1000, 9_999_999)), str(dice.randrange(7, 300)), f"{area}{dice.randrange(10**6):06d}",
            f"{dice.uniform(6, 20):.4f}", f"{dice.uniform(98, 105):.4f}", dice.choice(("", "สาธิต", "ข้อมูลจากแบบสำรวจ")),
        ]  # fmt: skip


def dirty_rows(count: int, seed: int) -> Iterator[list[str]]:
    """The same rows as offices send them: every rule has work, most of it in each chunk."""
    dice = random.Random(seed + 1)
    for row in clean_rows(count, seed):
        day = date.fromisoformat(row[5])
        row[1] = _spoil_text(row[1], dice)
        row[2] = _spoil_text(row[2], dice)
        row[3] = dice.choice(("", "", "จ.", "จังหวัด")) + row[3]
        row[4] = dice.choice(("", "", "", "อ.")) + row[4] + (" " if dice.random() < 0.05 else "")
        row[5] = _spoil_day(day, dice)
        row[6] = f"{int(row[6]):,}" if dice.random() < 0.9 else "-"
        row[7] = row[7].translate(THAI_DIGITS) if dice.random() < 0.1 else row[7]
        row[8] = row[8][1:] if dice.random() < 0.4 else row[8]
        if dice.random() < 0.01:
            row[9], row[10] = row[10], row[9]
        row[11] = dice.choices(("", "สาธิต", "-", "ไม่ระบุ", "ไม่มี", "สาธิต ", "โทรสอบถาม\nก่อน"), (60, 20, 8, 4, 4, 2, 2))[0]
        yield row


def _spoil_text(text: str, dice: random.Random) -> str:
    chance = dice.random()
    if chance < 0.05:
        return f" {text}  "
    if chance < 0.08:
        return text.replace("ำ", "\u0e4d\u0e32") + "\u200b"
    return text.replace("แ", "เเ") if chance < 0.1 else text


def _spoil_day(day: date, dice: random.Random) -> str:
    forms: tuple[Callable[[], str], ...] = (
        lambda: f"{day.day}/{day.month}/{day.year + 543}",
        lambda: f"{day.day} {MONTHS[day.month - 1]} {day.year + 543}",
        lambda: f"{day.year + 543}-{day.month:02d}-{day.day:02d}",
        lambda: f"{day.day} {MONTHS[day.month - 1]} {(day.year + 543) % 100:02d}",
    )
    return dice.choice(forms)()


def write_table(path: Path, rows: Iterator[list[str]]) -> None:
    """Write a table with its headings as UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)


def measure(path: Path, folder: Path) -> dict[str, float]:
    """Read and normalise one file; CPU seconds of each step and of the yardstick."""
    start = time.process_time()
    copy = folder / "copy.csv"
    with path.open(encoding="utf-8", newline="") as read, copy.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows(csv.reader(read))
    copied = time.process_time()
    reading = read_file(path, filename=path.name, workdir=folder, limits=LIMITS)
    table = reading.tables[0]
    ready = time.process_time()
    draft = normalise(table, map_headings(table.headings), workdir=folder)
    done = time.process_time()
    return {
        "rows": draft.row_count,
        "csv_copy_s": round(copied - start, 3),
        "read_s": round(ready - copied, 3),
        "normalise_s": round(done - ready, 3),
        "rows_per_s": round(draft.row_count / (done - copied)),
        "repairs": sum(draft.repair_counts.values()),
    }


def peak_of(kind: str, rows: int) -> float:
    """Peak memory in MiB of a process of its own that reads and normalises a table of so many rows."""
    run = subprocess.run(
        [sys.executable, __file__, "--only", kind, "--rows", str(rows), "--repeat", "1"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(run.stdout.splitlines()[-1])["peak_mib"])


def main() -> int:
    """Measure, print a table and one JSON line; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--memory-rows", type=int, default=0, help="also the peak memory at so many rows")
    parser.add_argument("--only", choices=("clean", "dirty"), help="measure this one alone, with its peak memory")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs counts")
    parser.add_argument("--seed", type=int, default=2569)
    options = parser.parse_args()
    makers = {"clean": clean_rows, "dirty": dirty_rows}
    figures: dict[str, object] = {}
    missed = False
    for kind in [options.only] if options.only else list(makers):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{kind}.csv"
            write_table(path, makers[kind](options.rows, options.seed))
            runs = [measure(path, Path(folder)) for _ in range(options.repeat)]
            figures[kind] = found = max(runs, key=lambda run: run["rows_per_s"])
        missed = missed or found["rows_per_s"] < GOALS[kind]
        print(
            f"{kind:6}",
            "  ".join(f"{name} {value:,}" for name, value in found.items()),
            f"(goal {GOALS[kind]:,} rows/s)",
        )
    if options.only:
        figures["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    if options.memory_rows:
        figures["peak_mib"] = peaks = {kind: peak_of(kind, options.memory_rows) for kind in makers}
        missed = missed or max(peaks.values()) > MOST_MEMORY
        print(f"peak at {options.memory_rows:,} rows: {peaks} MiB (at most {MOST_MEMORY})")
    print(json.dumps(figures))
    return 1 if missed and not options.only else 0


if __name__ == "__main__":
    sys.exit(main())
