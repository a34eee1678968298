"""The one door to the network, against a server that misbehaves on loopback."""

import contextlib
import gzip
import hashlib
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from harvesters.errors import HarvestError
from harvesters.fetch import Fetch, NotModified, Rules
from harvesters.guarded import is_public

QUICK = {"connect_seconds": 2.0, "idle_seconds": 2.0, "total_seconds": 5.0, "tries": 2, "most_wait_seconds": 3.0}


def door(tmp_path, loopback=None, **rules):
    allowed = frozenset({loopback.host}) if loopback else frozenset()
    return Fetch(tmp_path, Rules(allow=allowed, **{**QUICK, **rules}))


def test_brings_the_bytes_with_their_hash_and_validators(tmp_path, loopback):
    loopback.body("/a/ข้อมูล.csv".encode().decode("latin-1"), b"x")
    loopback.body("/file.csv", b"a,b\n1,2\n", ETag='"v1"', Content_Type="text/csv; charset=utf-8")
    fetched = door(tmp_path, loopback).get(loopback.url("/file.csv"))
    assert fetched.path.read_bytes() == b"a,b\n1,2\n"
    assert fetched.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert (fetched.filename, fetched.etag, fetched.media_type, fetched.bytes) == ("file.csv", '"v1"', "text/csv", 8)


def test_asks_with_what_it_knows_and_tells_not_modified(tmp_path, loopback):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers["If-None-Match"] == '"v1"'
        handler.send_response(304 if same else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    loopback.routes["/f"] = answer
    url = loopback.url("/f")
    known = Fetch(tmp_path, Rules(allow=frozenset({loopback.host})), {url: ('"v1"', None)})
    with pytest.raises(NotModified):
        known.get(url)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/",
        "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://2130706433/",
        "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[::]/",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_with_one_and_the_same_sentence(tmp_path, socket_enabled, address):
    with pytest.raises(HarvestError) as refused:
        door(tmp_path).get(address)
    assert refused.value.code == "fetch-refused"


@pytest.mark.parametrize(
    "address", ["ftp://example.go.th/x", "file:///etc/passwd", "http://a:b@example.go.th/", "x", "http://"]
)
def test_only_plain_web_addresses_are_fetched(tmp_path, address):
    with pytest.raises(HarvestError) as refused:
        door(tmp_path).get(address)
    assert refused.value.code == "fetch-address"


def test_a_redirect_to_an_inner_address_is_refused(tmp_path, loopback):
    loopback.body("/go", b"", status=302, Location="http://127.0.0.1:1/secret")
    with pytest.raises(HarvestError) as refused:
        door(tmp_path, loopback).get(loopback.url("/go"))
    assert refused.value.code == "fetch-refused"


def test_redirects_are_followed_and_counted(tmp_path, loopback):
    loopback.body("/1", b"", status=301, Location="/2")
    loopback.body("/2", b"ok")
    loopback.body("/loop", b"", status=302, Location="/loop")
    assert door(tmp_path, loopback).get(loopback.url("/1")).path.read_bytes() == b"ok"
    with pytest.raises(HarvestError) as endless:
        door(tmp_path, loopback).get(loopback.url("/loop"))
    assert endless.value.code == "fetch-redirects"


def test_a_page_that_is_missing_is_asked_for_once(tmp_path, loopback):
    with pytest.raises(HarvestError) as missing:
        door(tmp_path, loopback).get(loopback.url("/nothing"))
    assert (missing.value.code, missing.value.fields["status"], len(loopback.seen)) == ("fetch-status", 404, 1)


def test_a_hiccup_is_tried_again(tmp_path, loopback):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        first = len(loopback.seen) == 1
        handler.send_response(503 if first else 200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    loopback.routes["/f"] = answer
    assert door(tmp_path, loopback).get(loopback.url("/f")).path.read_bytes() == b"ok"
    assert len(loopback.seen) == 2


def test_a_host_that_asks_for_a_long_pause_is_left(tmp_path, loopback):
    loopback.body("/busy", b"", status=429, Retry_After="3600")
    with pytest.raises(HarvestError) as busy:
        door(tmp_path, loopback).get(loopback.url("/busy"))
    assert busy.value.code == "fetch-busy"
    assert len(loopback.seen) == 1


def test_what_is_too_large_is_stopped_as_told_as_sent_and_as_decoded(tmp_path, loopback):
    bomb = gzip.compress(b"0" * 5_000_000)
    loopback.body("/bomb", bomb, Content_Encoding="gzip")
    loopback.body("/told", b"x", Content_Length="99999999999")
    for path in ("/bomb", "/told"):
        with pytest.raises(HarvestError) as large:
            door(tmp_path, loopback, bytes=1_000_000).get(loopback.url(path))
        assert large.value.code == "fetch-too-large"
    assert not list(tmp_path.iterdir())  # what was refused in the middle leaves nothing behind


@pytest.mark.parametrize("what", ["body", "endless", "headers", "chunks"])
def test_an_answer_that_drips_is_given_up_at_the_total_time(tmp_path, loopback, what):
    loopback.drip("/drip", what=what)
    with pytest.raises(HarvestError) as slow:
        door(tmp_path, loopback, total_seconds=0.5, idle_seconds=1.0).get(loopback.url("/drip"))
    assert slow.value.code == "fetch-slow"
    assert not list(tmp_path.iterdir())


def test_a_body_without_end_is_stopped(tmp_path, loopback):
    loopback.vast("/vast")
    loopback.vast("/told", told=10_000_000_000)
    for path in ("/vast", "/told"):
        with pytest.raises(HarvestError) as large:
            door(tmp_path, loopback, bytes=2_000_000).get(loopback.url(path))
        assert large.value.code == "fetch-too-large"


def test_a_body_packed_twice_is_refused(tmp_path, loopback):
    loopback.bomb("/twice", unpacked=1_000_000, times=2)
    with pytest.raises(HarvestError) as refused:
        door(tmp_path, loopback).get(loopback.url("/twice"))
    assert (refused.value.code, refused.value.fields["why"]) == ("fetch-failed", "Content-Encoding")


def test_a_host_that_keeps_saying_too_many_is_left_alone_for_the_rest_of_the_run(tmp_path, loopback):
    loopback.in_turn("/busy", 429, Retry_After="0")
    loopback.body("/other", b"ok")
    fetch = door(tmp_path, loopback)
    for path in ("/busy", "/other"):
        with pytest.raises(HarvestError) as busy:
            fetch.get(loopback.url(path))
        assert busy.value.code == "fetch-busy"
    assert loopback.paths == ["/busy", "/busy"]


def test_retry_after_is_waited_for_and_jitter_differs(tmp_path, loopback):
    loopback.in_turn("/f", 503, 200, content=b"ok", Retry_After="1")
    began = time.monotonic()
    assert door(tmp_path, loopback).get(loopback.url("/f")).bytes == 2
    assert time.monotonic() - began >= 1
    fetch = door(tmp_path, loopback)
    assert len({fetch._back_off(1) for _ in range(20)}) > 1
    assert all(0 < fetch._back_off(number) <= 30 for number in range(1, 10))


@pytest.mark.parametrize("told", ["9" * 5000, "\xb2", "soon", "Thu, 01 Jan 99999 00:00:00 GMT", "-5"])
def test_a_strange_retry_after_is_no_crash(tmp_path, loopback, told):
    loopback.in_turn("/f", 503, Retry_After=told)
    with pytest.raises(HarvestError) as busy:
        door(tmp_path, loopback).get(loopback.url("/f"))
    assert busy.value.code in ("fetch-busy", "fetch-status")


@pytest.mark.parametrize(
    "target", ["http://[", "http://[::1", "http://a:b:c/", "mailto:x@example.go.th", "http://x:99999/"]
)
def test_a_redirect_to_no_address_is_no_crash(tmp_path, loopback, target):
    loopback.redirect("/f", target)
    with pytest.raises(HarvestError) as wrong:
        door(tmp_path, loopback).get(loopback.url("/f"))
    assert wrong.value.code in ("fetch-address", "fetch-failed")


@pytest.mark.parametrize("told", ["\xb2", "9" * 5000, "x"])
def test_a_strange_length_is_no_crash(tmp_path, loopback, told):
    loopback.body("/f", b"ok", Content_Length=told, Connection="close")
    with contextlib.suppress(HarvestError):
        assert door(tmp_path, loopback).get(loopback.url("/f")).bytes <= 2


def test_an_error_whose_body_is_wanted_is_an_answer(tmp_path, loopback):
    loopback.body("/e", b"<error/>", status=422)
    fetched = door(tmp_path, loopback).get(loopback.url("/e"), good={200, 422})
    assert (fetched.status, fetched.path.read_bytes()) == (422, b"<error/>")


def test_what_is_known_is_not_asked_with_when_a_fresh_answer_is_wanted(tmp_path, loopback):
    loopback.tagged("/f", b"x")
    url = loopback.url("/f")
    etag = door(tmp_path, loopback).get(url).etag
    known = Fetch(tmp_path, Rules(allow=frozenset({loopback.host})), {url: (etag, None)})
    with pytest.raises(NotModified):
        known.get(url)
    assert known.get(url, fresh=True).bytes == 1


def test_at_most_two_requests_at_once_and_five_a_second(tmp_path, loopback):
    """The pace is the server's to see: never three answers being written, and at least 0.2 s between two beginnings."""
    begun, running, most = [], [], []
    lock = threading.Lock()

    def answer(handler):
        with lock:
            begun.append(time.monotonic())
            running.append(1)
            most.append(len(running))
        handler.send_response(200)
        handler.send_header("Content-Length", "6")
        handler.end_headers()
        for _ in range(6):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
        with lock:
            running.pop()

    loopback.routes["/f"] = answer
    # the rules without an exception: reached through a name that resolves as the door sees fit
    rules = Rules(allow=frozenset(), **QUICK)
    fetch = Fetch(tmp_path, rules)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("harvesters.guarded.is_public", lambda _address: True)
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda _: fetch.get(loopback.url("/f")), range(5)))
    assert max(most) <= 2
    gaps = [later - earlier for earlier, later in itertools.pairwise(sorted(begun))]
    assert min(gaps) > 0.1


def test_a_body_that_is_cut_short_is_not_taken_for_whole(tmp_path, loopback):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    loopback.routes["/cut"] = answer
    with pytest.raises(HarvestError) as cut:
        door(tmp_path, loopback).get(loopback.url("/cut"))
    assert cut.value.code == "fetch-cut"


@pytest.mark.parametrize("header", ["Authorization", "api-key", "X-CKAN-API-Key", "Cookie"])
def test_no_key_follows_a_redirect_to_another_host(tmp_path, loopback, header):
    other = f"localhost:{loopback.server.server_port}"
    loopback.redirect("/a", f"http://{other}/b")
    loopback.redirect("/same", "/b")
    loopback.body("/b", b"ok")
    fetch = Fetch(tmp_path, Rules(allow=frozenset({loopback.host, other}), **QUICK))
    fetch.get(loopback.url("/a"), {header: "secret", "Accept": "text/csv"})
    _, headers = loopback.seen[-1]
    assert (header in headers, headers["Accept"]) == (False, "text/csv")
    fetch.get(loopback.url("/same"), {header: "secret"})
    assert loopback.seen[-1][1][header] == "secret"


def test_who_asks_is_told_with_a_contact(tmp_path, loopback):
    loopback.body("/f", b"x")
    door(tmp_path, loopback, contact="mailto:data@phrae.example").get(loopback.url("/f"))
    assert loopback.seen[0][1]["User-Agent"] == "Khlang/0.1 (open data harvester; mailto:data@phrae.example)"


def test_proxies_of_the_environment_are_not_used(tmp_path, loopback, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    loopback.body("/f", b"x")
    assert door(tmp_path, loopback).get(loopback.url("/f")).bytes == 1


def test_a_cookie_of_one_host_never_reaches_another(tmp_path, loopback):
    loopback.body("/a", b"", status=302, Location=f"http://localhost:{loopback.server.server_port}/b", Set_Cookie="s=1")
    loopback.body("/b", b"ok")
    other = f"localhost:{loopback.server.server_port}"
    fetch = Fetch(tmp_path, Rules(allow=frozenset({loopback.host, other}), **QUICK))
    fetch.get(loopback.url("/a"), {"Authorization": "secret"})
    path, headers = loopback.seen[-1]
    assert path == "/b"
    assert "Authorization" not in headers
    assert "Cookie" not in headers


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("198.18.0.1", False),
    ],
)
def test_what_counts_as_public(address, public):
    assert is_public(address) is public


def test_the_file_name_of_the_header_wins(tmp_path, loopback):
    loopback.body("/x", b"1", Content_Disposition='attachment; filename="../../etc/passwd.csv"')
    assert door(tmp_path, loopback).get(loopback.url("/x")).filename == "passwd.csv"
