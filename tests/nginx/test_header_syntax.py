"""One spelling is accepted: all else is 400, all headers missing 401, nothing is 500."""

import pytest

import rawhttp
import signer
from signer import REQUEST_KID, REQUEST_MAC, REQUEST_TIME, now, sign, unique

MALFORMED_MACS = {
    "empty": lambda mac: "",
    "spaces": lambda mac: "   ",
    "upper-case": lambda mac: mac.upper(),
    "one upper-case digit": lambda mac: upper_one(mac),
    "not hex": lambda mac: "g" + mac[1:],
    "one short": lambda mac: mac[:-1],
    "one long": lambda mac: mac + "0",
    "0x prefix": lambda mac: "0x" + mac[2:],
    "quoted": lambda mac: f'"{mac}"',
    "scheme in front": lambda mac: f"HMAC {mac}",
    "two in a list": lambda mac: f"{mac}, {mac}",
    "two in a list without space": lambda mac: f"{mac},{mac}",
    "space inside": lambda mac: mac[:32] + " " + mac[32:],
    "tab inside": lambda mac: mac[:32] + "\t" + mac[32:],
    "base64": lambda mac: signer.base64.b64encode(bytes.fromhex(mac)).decode(),
    "latin-1": lambda mac: mac[:-1] + "\xe9",
    "513 bytes": lambda mac: mac + "0" * (513 - 64),
    "4096 bytes": lambda mac: "0" * 4096,
    "one byte": lambda mac: "0",
}

MALFORMED_TIMES = {
    "empty": lambda ts: "",
    "nine digits": lambda ts: ts[:9],
    "eleven digits": lambda ts: ts + "0",
    "milliseconds": lambda ts: ts + "000",
    "plus": lambda ts: "+" + ts[1:],
    "plus in front": lambda ts: "+" + ts,
    "minus": lambda ts: "-" + ts[1:],
    "leading zero": lambda ts: "0" + ts[1:],
    "zeros": lambda ts: "0000000000",
    "fraction": lambda ts: ts[:8] + ".5",
    "fraction behind": lambda ts: ts + ".0",
    "exponent": lambda ts: "1e00000009",
    "hex": lambda ts: "0x" + ts[2:],
    "letters": lambda ts: "abc",
    "date": lambda ts: "Thu, 28 Mar 2024 21:56:20 GMT",
    "twenty digits": lambda ts: "9" * 20,
    "five hundred digits": lambda ts: "1" * 500,
    "six hundred digits": lambda ts: "1" * 600,
    "space inside": lambda ts: ts[:5] + " " + ts[5:],
    "arabic digits": lambda ts: "١٧١١٦٦٢٩٨٠".encode().decode("latin-1"),
    "list": lambda ts: f"{ts}, {ts}",
}

MALFORMED_KIDS = {
    "empty": "",
    "space": "al ice",
    "slash": "../alice",
    "colon": "alice:",
    "65 bytes": "a" * 65,
    "4096 bytes": "a" * 4096,
    "latin-1": "alic\xe9",
    "list": "alice, alice",
    "quoted": '"alice"',
    "at": "alice@keys.json",
    "format": "%n%n%s",
    "escape": "\x1b[31malice",
}


def upper_one(mac):
    i = next(i for i, c in enumerate(mac) if c.isalpha())
    return mac[:i] + mac[i].upper() + mac[i + 1:]


def refused_as(server, fields, status, reason, target="/gif"):
    answer = server.send(target, fields)
    assert (answer.status, answer.get("X-Test-Reason")) == (status, reason), fields
    assert answer.get("X-Test-Key-Id") is None
    assert answer.get("X-Test-Result") == "refused"


@pytest.mark.parametrize("case", MALFORMED_MACS)
def test_malformed_mac(protected, case):
    target = unique("/gif")
    fields = sign(target)
    fields[REQUEST_MAC] = MALFORMED_MACS[case](fields[REQUEST_MAC])
    refused_as(protected, fields, 400, "malformed", target)


@pytest.mark.parametrize("digits", (2, 16, 32, 62, 66, 96, 128))
def test_a_mac_of_another_length_is_of_another_algorithm(protected, digits):
    target = unique("/gif")
    fields = sign(target)
    fields[REQUEST_MAC] = (fields[REQUEST_MAC] * 2)[:digits]
    refused_as(protected, fields, 401, "algorithm", target)


@pytest.mark.parametrize("case", MALFORMED_TIMES)
def test_malformed_timestamp(protected, case):
    """Also where the MAC is over the very bytes of the malformed timestamp."""
    target = unique("/gif")
    ts = MALFORMED_TIMES[case](str(now()))
    mac = signer.mac_hex(signer.ALICE, target.encode() + ts.encode("latin-1"))
    refused_as(protected, {REQUEST_MAC: mac, REQUEST_TIME: ts}, 400, "malformed", target)


@pytest.mark.parametrize("case", MALFORMED_KIDS)
def test_malformed_key_id(protected, case):
    target = unique("/gif")
    fields = {**sign(target), REQUEST_KID: MALFORMED_KIDS[case]}
    refused_as(protected, fields, 400, "malformed", target)


def test_no_credentials_at_all_is_401_and_says_how(protected):
    refused_as(protected, {}, 401, "missing")
    assert protected.send("/gif").get("WWW-Authenticate")


def test_one_of_the_two_headers_is_malformed(protected):
    target = unique("/gif")
    fields = sign(target)
    for name in (REQUEST_MAC, REQUEST_TIME):
        rest = {n: v for n, v in fields.items() if n != name}
        refused_as(protected, rest, 400, "malformed", target)


def test_a_key_id_alone_is_no_credential(protected):
    answer = protected.send("/gif", {REQUEST_KID: "alice"})
    assert answer.status in (400, 401)
    assert answer.get("X-Test-Result") == "refused"


@pytest.mark.parametrize("name", (REQUEST_MAC, REQUEST_TIME, REQUEST_KID))
@pytest.mark.parametrize("how", ("equal", "other first", "other last", "other case", "hundred"))
def test_a_doubled_header_is_malformed(protected, name, how):
    target = unique("/gif")
    fields = sign(target, kid=True)
    other = {REQUEST_MAC: "0" * 64, REQUEST_TIME: str(now() - 7), REQUEST_KID: "bob"}[name]
    pairs = list(fields.items())
    if how == "equal":
        pairs.append((name, fields[name]))
    elif how == "other first":
        pairs.insert(0, (name, other))
    elif how == "other last":
        pairs.append((name, other))
    elif how == "other case":
        pairs.append((name.swapcase(), fields[name]))
    else:
        pairs += [(name, fields[name])] * 99
    refused_as(protected, pairs, 400, "malformed", target)


def test_header_names_have_no_case(protected):
    for change in (str.lower, str.upper, str.swapcase):
        target = unique("/gif")
        fields = {change(n): v for n, v in sign(target, kid=True).items()}
        assert protected.send(target, fields).status == 200


def test_space_around_a_value_is_not_part_of_it(protected):
    target = unique("/gif")
    fields = {n: f"   {v}  " for n, v in sign(target, kid=True).items()}
    assert protected.send(target, fields).status == 200


def test_credentials_behind_a_hundred_other_headers(protected):
    target = unique("/gif")
    pairs = [(f"X-Other-{i}", "v" * 50) for i in range(100)] + list(sign(target).items())
    assert protected.send(target, pairs).status == 200


def test_names_that_only_resemble_are_no_credentials(protected):
    target = unique("/gif")
    for change in (lambda n: n.replace("-", "_"), lambda n: n + "2", lambda n: n[:-1],
                   lambda n: "X-" + n, lambda n: n.replace("X-", "")):
        fields = {change(n): v for n, v in sign(target).items()}
        refused_as(protected, fields, 401, "missing", target)


def test_underscores_are_no_hyphens_even_where_nginx_lets_them_in(gateway):
    server = gateway("location / { empty_gif; }",
                     server="underscores_in_headers on; "
                            "add_header X-Test-Reason $macaw_reason always;")
    target = unique()
    signed = sign(target)
    spoof = {n.replace("-", "_"): v for n, v in signed.items()}
    answer = server.send(target, spoof)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "missing")
    assert server.send(target, {**signed, **spoof}).status == 200


def lines(target, *extra):
    """A signed request whose header lines can be bent: [(name, value)] and raw lines."""
    return [f"GET {target} HTTP/1.1".encode(), b"Host: gateway.test", *extra]


def raw_status(server, parts, end=b"\r\n"):
    answer = server.raw(end.join(parts) + end + end)
    return None if answer is None else answer.status


def test_a_folded_header_never_passes(protected):
    target = unique("/gif")
    fields = sign(target)
    mac, ts = fields[REQUEST_MAC].encode(), fields[REQUEST_TIME].encode()
    name, time = REQUEST_MAC.encode(), REQUEST_TIME.encode()
    for folded in ((name + b": " + mac[:32], b" " + mac[32:], time + b": " + ts),
                   (name + b":", b" " + mac, time + b": " + ts),
                   (name + b": " + mac, time + b":", b"\t" + ts),
                   (b"X-Other: a", b" " + name + b": " + mac, time + b": " + ts)):
        assert raw_status(protected, lines(target, *folded)) in (400, 401), folded


def test_control_bytes_in_a_header_never_pass(protected):
    target = unique("/gif")
    fields = sign(target)
    mac, ts = fields[REQUEST_MAC].encode(), fields[REQUEST_TIME].encode()
    for byte in (b"\0", b"\x01", b"\x0b", b"\x7f", b"\r"):
        for bent in (byte + mac, mac[:32] + byte + mac[32:], mac + byte + b"x", mac + byte):
            if bent.endswith(b"\r"):
                continue  # nginx ends a line at any number of these
            answer = raw_status(protected, lines(target, REQUEST_MAC.encode() + b": " + bent,
                                                 REQUEST_TIME.encode() + b": " + ts))
            assert answer in (400, 401), (byte, bent)


def test_a_bent_header_name_never_passes(protected):
    target = unique("/gif")
    fields = sign(target)
    mac = fields[REQUEST_MAC].encode()
    time = REQUEST_TIME.encode() + b": " + fields[REQUEST_TIME].encode()
    for name in (REQUEST_MAC.encode() + b" ", b" " + REQUEST_MAC.encode(),
                 REQUEST_MAC.encode() + b"\t", REQUEST_MAC.encode() + b"\0",
                 b"\xef\xbb\xbf" + REQUEST_MAC.encode(), b":" + REQUEST_MAC.encode()):
        status = raw_status(protected, lines(target, name + b": " + mac, time))
        assert status in (400, 401, None), name


def test_a_line_break_smuggled_into_a_value_makes_a_second_header(protected):
    """Injected bytes become headers of their own and are then doubled."""
    target = unique("/gif")
    fields = sign(target)
    for injected in (b"\r\n", b"\n"):
        bent = lines(target, b"X-Name: a" + injected + REQUEST_MAC.encode() + b": " + b"0" * 64,
                     *(f"{n}: {v}".encode() for n, v in fields.items()))
        assert raw_status(protected, bent) == 400


def test_bare_line_feeds_end_lines_as_nginx_says(protected):
    target = unique("/gif")
    parts = lines(target, *(f"{n}: {v}".encode() for n, v in sign(target).items()))
    assert raw_status(protected, parts, b"\n") == 200


def test_a_huge_header_is_a_client_error(protected):
    for size in (20000, 100000):
        answer = protected.send("/gif", {"X-Other": "a" * size})
        assert answer.status in (400, 414, 431)
        answer = protected.send("/gif", {REQUEST_MAC: "a" * size})
        assert answer.status in (400, 414, 431)


def test_headers_named_hop_by_hop_still_count(protected):
    target = unique("/gif")
    fields = {**sign(target), "Connection": f"{REQUEST_MAC}, {REQUEST_TIME}, keep-alive"}
    assert protected.send(target, fields).status == 200


def test_credentials_in_trailers_are_none(protected):
    target = unique("/both")
    trailer = "".join(f"{n}: {v}\r\n" for n, v in sign(target).items())
    data = rawhttp.head("GET", target, {"Transfer-Encoding": "chunked"})
    answer = protected.raw(data + b"1\r\nx\r\n0\r\n" + trailer.encode() + b"\r\n")
    assert answer.status == 401


def test_credentials_in_the_query_or_cookies_are_none(protected):
    target = unique("/gif")
    fields = sign(target)
    signer.macs_made.discard(fields[REQUEST_MAC])  # the access log has it from the query
    query = "&".join(f"{n}={v}" for n, v in fields.items())
    assert protected.send(f"{target}&{query}").status == 401
    assert protected.send(target, {"Cookie": query.replace("&", "; ")}).status == 401


def test_no_client_bytes_reach_the_log_unescaped(protected):
    before = len(protected.log())
    protected.send("/gif", {REQUEST_MAC: "\x1b]0;owned\x07", REQUEST_TIME: "%s%n"})
    assert "\x1b" not in protected.log()[before:]
    assert "\x07" not in protected.log()[before:]
