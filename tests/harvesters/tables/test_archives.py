"""ZIPs: Thai names, system files, and every reason to refuse one."""

import io
import struct
import zipfile

import pytest

from harvesters.errors import HarvestError
from harvesters.tables.archives import unpack
from harvesters.tables.limits import LIMITS, MIB, Limits

CSV = "ชื่อกลุ่ม,จังหวัด\nก,น่าน\n".encode()


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def refused(path, into, limits: Limits = LIMITS) -> str:
    """Return the code with which the archive is refused; nothing may be left behind."""
    with pytest.raises(HarvestError) as caught:
        unpack(path, into, limits)
    assert list(into.iterdir()) == []
    from harvesters.checks.problems import problem

    assert problem(caught.value.code, **caught.value.fields).blocking
    return caught.value.code


def test_members_in_their_order_without_system_files(archive, into):
    path = archive(
        {"ข้อมูล/กลุ่ม.csv": CSV, "__MACOSX/._x": b"x", ".DS_Store": b"x", "a/Thumbs.db": b"x", "a/": b"", "b.csv": b"1"}
    )
    members = unpack(path, into)
    assert [(member.name, member.bytes) for member in members] == [("ข้อมูล/กลุ่ม.csv", len(CSV)), ("b.csv", 1)]
    assert members[0].path.read_bytes() == CSV
    assert all(member.path.parent == into and member.path.name.startswith("member-") for member in members)


@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_thai_names_without_the_utf8_flag(tmp_path, into, encoding):
    buffer = io.BytesIO()
    stand_in = "x" * len("กลุ่มทอผ้า.csv".encode(encoding))
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(stand_in, CSV)
    path = tmp_path / "thai.zip"
    path.write_bytes(buffer.getvalue().replace(stand_in.encode(), "กลุ่มทอผ้า.csv".encode(encoding)))
    assert [member.name for member in unpack(path, into)] == ["กลุ่มทอผ้า.csv"]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv", "c:/x.csv", "a\nb.csv"]
)
def test_names_that_lead_outside(archive, into, name):
    assert refused(archive({"ok.csv": CSV, name: CSV}), into) == "zip-unsafe-name"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_of_one_name(tmp_path, into):
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "1")
        archive.writestr("a.csv", "2")
    assert refused(path, into) == "zip-duplicate-name"


@pytest.mark.parametrize("mode", [0o120777, 0o010644, 0o020644])
def test_links_and_devices(tmp_path, into, mode):
    path = tmp_path / "link.zip"
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(path, into) == "zip-link"


def test_a_bomb(archive, into):
    assert refused(archive({"a.csv": b"0" * 70 * MIB}), into) == "zip-ratio"


def test_a_bomb_that_lies_about_its_size(archive, into, tmp_path):
    path = archive({"a.csv": b"0" * 3 * MIB})
    content = path.read_bytes().replace(struct.pack("<I", 3 * MIB), struct.pack("<I", 10))
    path.write_bytes(content)
    assert refused(path, into) == "zip-broken"


def test_a_high_ratio_in_a_small_archive_is_fine(archive, into):
    assert unpack(archive({"a.csv": b"0" * MIB}), into)[0].bytes == MIB


def test_caps(archive, into):
    path = archive({f"{number}.csv": b"x" * 100 for number in range(5)})
    assert refused(path, into, Limits(archive_members=4)) == "zip-too-many-members"
    assert refused(path, into, Limits(archive_bytes=400)) == "zip-too-large"
    assert refused(path, into, Limits(bytes=99)) == "zip-member-too-large"


def test_a_zip_in_a_zip(archive, into):
    inner = archive({"a.csv": CSV}, "inner.zip").read_bytes()
    assert refused(archive({"b.csv": CSV, "inner.csv": inner}), into) == "zip-nested"


def test_a_workbook_in_a_zip_is_a_member(archive, into, sheet):
    book = sheet([["ชื่อกลุ่ม", "จำนวน"], ["ก", 1]]).read_bytes()
    assert unpack(archive({"a.xlsx": book}), into)[0].bytes == len(book)


def test_empty_broken_and_protected(archive, into, tmp_path):
    assert refused(archive({"__MACOSX/x": b"x"}), into) == "zip-empty"
    whole = archive({"a.csv": CSV * 100}).read_bytes()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(whole[: len(whole) - 30])
    assert refused(broken, into) == "zip-broken"
    broken.write_bytes(whole[:60] + b"\xff" * 20 + whole[80:])
    assert refused(broken, into) == "zip-broken"
    protected = bytearray(whole)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        protected[whole.index(mark) + offset] |= 1
    broken.write_bytes(bytes(protected))
    assert refused(broken, into) == "zip-encrypted"


def test_members_that_share_bytes(archive, into):
    path = archive({"a.csv": CSV * 50, "b.csv": CSV * 50})
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)  # both entries point to the first member's bytes
    path.write_bytes(bytes(content))
    assert refused(path, into) == "zip-broken"


def test_a_zip_is_not_read_as_a_table(read, archive, codes):
    assert codes(read(archive({"a.csv": CSV}), "ข้อมูล.csv")) == ["zip-nested"]
