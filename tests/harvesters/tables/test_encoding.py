"""The encoding rule: BOM, UTF-16 pattern, strict UTF-8 over all bytes, else Windows-874."""

import pytest

from harvesters.tables.encoding import decide, undecodable_at, utf16_order

THAI = "จังหวัด,อำเภอ,จำนวน\nน่าน,เมืองน่าน,12\nตาก,แม่สอด,7\n"


@pytest.fixture
def file(tmp_path):
    def write(content: bytes):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"), ("cp874", "cp874"), ("utf-32", "utf-32"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 40_000])
def test_each_encoding_is_known_and_read_whole(file, written, label, times):
    text = THAI if times == 1 else THAI + "น่าน,ปัว,3\n" * times
    path = file(text.encode(written))
    decision = decide(path)
    assert decision.label == label
    assert decision.problems == ()
    assert path.read_text(encoding=decision.encoding) == text


def test_twenty_bytes_of_windows_874_are_not_taken_for_anything_else(file):
    assert decide(file("จังหวัด,ปี\nตาก,66\n".encode("cp874"))).encoding == "cp874"


def test_curly_quotes_and_dashes_of_windows_874_survive(file):
    path = file("ชื่อ\n“ผ้า” – ๒๐…\n".encode("cp874"))
    assert "“ผ้า” – ๒๐…" in path.read_text(encoding=decide(path).encoding)


@pytest.mark.parametrize("told", ["TIS-620", "windows-874", "iso-8859-11", "tis_620", "cp874"])
def test_tis_620_always_means_windows_874(file, told):
    assert decide(file("ชื่อ\nตาก\n".encode("cp874")), told).encoding == "cp874"


def test_an_unknown_name_is_a_problem_that_blocks(file):
    (found,) = decide(file(b"a"), "klingon").problems
    assert (found.code, found.blocking) == ("encoding-unknown", True)
    assert "klingon" in found.message.th


def test_a_late_bad_byte_is_found_in_its_row_and_utf8_is_not_called_thai_windows(file):
    good = ("กลุ่มทอผ้า,น่าน\n" * 60_000).encode()
    decision = decide(file(good + "ตาก".encode()[:-1] + b",x\n"))
    assert decision.encoding is None
    (found,) = decision.problems
    assert (found.code, found.row, found.blocking) == ("encoding-broken", 60_001, True)
    assert "utf-8" in found.message.en


def test_bytes_that_windows_874_lacks_are_named(file):
    decision = decide(file("ชื่อ\nตาก\n".encode("cp874") + b"\xdb\xfc\n"))
    assert [(each.code, each.row, each.value) for each in decision.problems] == [("encoding-broken", 3, "0xDB")]


def test_a_cut_off_character_at_the_very_end_is_found(file):
    assert undecodable_at(file("ตาก".encode()[:-1]), "utf-8") is not None


def test_western_text_is_doubted_rather_than_passed_as_thai(file):
    decision = decide(file("nom,ville\nJosé,Besançon\nZoé,Orléans\nRenée,Nîmes\n".encode("latin-1")))
    assert (decision.encoding, [each.code for each in decision.problems]) == ("cp874", ["encoding-doubtful"])


def test_real_thai_words_are_not_doubted(file):
    text = "น้ำพริก,ผ้าไหม,เครื่องปั้น,สมุนไพร,ข้าวแต๋น ฯลฯ ๑๒ ชิ้น\n" * 50
    assert decide(file(text.encode("cp874"))).problems == ()


def test_told_bytes_that_do_not_fit_are_refused(file):
    (found,) = decide(file("ตาก".encode("cp874")), "utf-8").problems
    assert found.code == "encoding-broken"


@pytest.mark.parametrize("head", [b"", b"a", b"a,b\n1,2\n", bytes(range(256)), b"\0" * 64])
def test_what_is_not_utf16_is_not_called_so(head):
    assert utf16_order(head) is None
