"""Method and body are outside this scheme's MAC: refused unless allowed by name (C14)."""

import json

import pytest

import rawhttp
from signer import sign, unique

CHUNKED = {"Transfer-Encoding": "chunked"}
HELLO = b"5\r\nhello\r\n0\r\n\r\n"


def verdict(answer):
    return answer.status, answer.get("X-Test-Reason")


def chunked(server, path, method="GET", body=HELLO):
    target = unique(path)
    return server.raw(rawhttp.head(method, target, {**sign(target), **CHUNKED}) + body)


@pytest.mark.parametrize("path", ("/echo", "/none"))
@pytest.mark.parametrize("method", ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "LOCK", "FOO"))
def test_another_method_is_uncovered(protected, path, method):
    answer = protected.get(unique(path), method=method)
    assert verdict(answer) == (401, "uncovered")


def test_a_post_with_content_length_0_is_uncovered_by_its_method(protected):
    answer = protected.get(unique("/echo"), method="POST", body=b"")
    assert verdict(answer) == (401, "uncovered")


def test_a_get_signature_is_no_post_signature(protected):
    target = unique("/echo")
    fields = sign(target)
    assert verdict(protected.send(target, fields, "POST", b"x=1")) == (401, "uncovered")
    assert protected.send(target, fields).status == 200  # and the refusal has spent nothing


@pytest.mark.parametrize("path", ("/echo", "/none", "/method"))
@pytest.mark.parametrize("method", ("GET", "HEAD"))
def test_a_body_is_uncovered(protected, path, method):
    assert verdict(protected.get(unique(path), method=method, body=b"hello")) == (401, "uncovered")


@pytest.mark.parametrize("path", ("/echo", "/none", "/method"))
def test_a_chunked_body_is_uncovered(protected, path):
    assert verdict(chunked(protected, path)) == (401, "uncovered")


def test_an_empty_chunked_body_is_uncovered(protected):
    assert verdict(chunked(protected, "/echo", body=b"0\r\n\r\n")) == (401, "uncovered")


def test_content_length_0_is_no_body(protected):
    assert protected.get(unique("/echo"), body=b"").status == 200


def test_allow_method_lets_any_method_without_body_pass(protected):
    for method in ("DELETE", "POST", "PUT"):
        assert protected.get(unique("/method"), method=method).status == 200
        assert protected.get(unique("/method"), method=method, body=b"").status == 200
        answer = protected.get(unique("/method"), method=method, body=b"hello")
        assert verdict(answer) == (401, "uncovered")


def test_allow_body_lets_a_get_with_body_pass_but_no_post(protected):
    echo = protected.get(unique("/body"), body=b"hello")
    assert echo.status == 200
    assert json.loads(echo.body)["body"] == "aGVsbG8="
    assert chunked(protected, "/body").status == 200
    assert verdict(protected.get(unique("/body"), method="POST")) == (401, "uncovered")
    answer = protected.get(unique("/body"), method="POST", body=b"hello")
    assert verdict(answer) == (401, "uncovered")


def test_allow_both_lets_a_post_pass(protected):
    echo = protected.get(unique("/both"), method="POST", body=b"hello")
    assert echo.status == 200
    assert json.loads(echo.body)["body"] == "aGVsbG8="
    assert json.loads(echo.body)["method"] == "POST"
    assert chunked(protected, "/both", "POST").status == 200


def test_allow_both_still_refuses_a_wrong_mac_and_a_replay(protected):
    target = unique("/both")
    fields = sign(target)
    assert protected.send(target + "0", fields, "POST", b"hello").status == 401
    assert protected.send(target, fields, "POST", b"hello").status == 200
    # The MAC covers neither, so another body or method is the same message.
    assert verdict(protected.send(target, fields, "POST", b"other")) == (401, "replay")
    assert verdict(protected.send(target, fields, "DELETE")) == (401, "replay")
    assert verdict(protected.send(target, fields)) == (401, "replay")


def test_a_large_body_passes_whole(protected):
    body = bytes(range(256)) * 4000
    echo = protected.get(unique("/both"), method="POST", body=body[:900000])
    assert echo.status == 200
    assert len(json.loads(echo.body)["body"]) == 1200000


def test_a_refused_upload_is_never_asked_for(protected):
    """Expect: 100-continue: the refusal comes instead of the invitation."""
    target = unique("/echo")
    fields = {**sign(target), "Expect": "100-continue", "Content-Length": "1000000"}
    with protected.connect() as connection:
        connection.send(rawhttp.head("POST", target, fields))
        assert connection.file.readline().startswith(b"HTTP/1.1 401")


def test_a_method_in_a_header_changes_nothing(protected):
    target = unique("/echo")
    fields = {**sign(target), "X-HTTP-Method-Override": "DELETE"}
    echo = protected.send(target, fields)
    assert json.loads(echo.body)["method"] == "GET"
