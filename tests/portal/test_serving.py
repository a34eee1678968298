"""Serving: what stops it is said in a sentence, before anything is started."""

import socket

import pytest
from flask import Flask, request

from portal.errors import PortalError
from portal.serving import refuse_taken, settle_in


@pytest.mark.enable_socket
def test_a_port_in_use_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortalError) as refused:
            refuse_taken("127.0.0.1", port)
    assert refused.value.code == "port-taken"
    assert str(port) in refused.value.sentence.th
    refuse_taken("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_named():
    with pytest.raises(PortalError):
        refuse_taken("192.0.2.1", 8000)


def test_a_worker_has_asked_a_search_before_the_first_reader(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    asked: list[tuple[str, int]] = []
    app.after_request(lambda answer: asked.append((request.path, answer.status_code)) or answer)
    settle_in(app)
    assert asked == [("/", 200), ("/search", 200)]
    assert caplog.records == []
