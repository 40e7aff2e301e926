"""What must pass: a correct request from every client (B1, C2, C4, C7)."""

import http.client
import json

import requests

import rawhttp
import signer
from clients import SAMPLE, USERS, curl, curl_fields
from signer import ALICE, Key, sign, unique


def test_the_flask_application_answers_a_signed_request(protected):
    target = unique(USERS)
    response = protected.get(target)
    assert response.status == 200
    assert response.body == SAMPLE
    assert response.get("X-Test-Result") == "ok"
    assert response.get("X-Test-Reason") == "ok"
    assert response.get("X-Test-Key-Id") == "alice"
    assert response.get("X-Test-Scheme") == "x-authorization"


def test_python_http_client(protected):
    target = unique(USERS)
    connection = http.client.HTTPConnection("127.0.0.1", protected.port, timeout=30)
    connection.request("GET", target, headers=sign(target))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, SAMPLE)
    connection.close()


def test_requests(protected):
    target = unique(USERS)
    response = requests.get(f"http://127.0.0.1:{protected.port}{target}", headers=sign(target),
                            timeout=30)
    assert (response.status_code, response.content) == (200, SAMPLE)


def test_curl(protected):
    target = unique(USERS)
    out = curl(*curl_fields(target), f"http://127.0.0.1:{protected.port}{target}")
    assert out == SAMPLE.decode() + "\n200"


def test_a_session_of_many_requests_on_one_connection(protected):
    targets = [unique("/gif") for _ in range(200)]
    answers = protected.pipeline([rawhttp.head("GET", target, sign(target)) for target in targets])
    assert [answer.status for answer in answers] == [200] * 200


def test_head_is_as_good_as_get(protected):
    target = unique("/echo")
    response = protected.get(target, method="HEAD")
    assert (response.status, response.body) == (200, b"")


def test_http_1_0_without_a_host(protected):
    target = unique("/gif")
    data = rawhttp.head("GET", target, sign(target), version="HTTP/1.0", host=None)
    assert protected.raw(data).status == 200


def test_a_named_key(protected):
    assert protected.get(kid=True).status == 200


def test_sha512_by_the_algorithm_of_the_key(gateway):
    strong = Key("strong", alg="hmac-sha512")
    server = gateway("location / { empty_gif; }", keys=(strong,))
    target = unique()
    assert len(sign(target, key=strong)[signer.REQUEST_MAC]) == 128
    assert server.get(target, key=strong).status == 200


def test_the_application_sees_the_verdict_and_the_request_as_sent(protected):
    target = unique("/echo/%7Euser//x/../y?b=2&a=%201+1")
    echo = json.loads(protected.get(target).body)
    headers = {name.lower(): value for name, value in echo["headers"]}
    assert echo["target"] == target
    assert headers["x-macaw-key-id"] == "alice"
    assert headers["x-macaw-result"] == "ok"


def test_the_key_of_the_default_keyring_is_named_in_no_answer_to_strangers(protected):
    response = protected.send(unique())
    assert response.status == 401
    assert response.get("X-Test-Key-Id") is None
    assert ALICE.kid not in response.body.decode()
