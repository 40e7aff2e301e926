"""macaw audit: each construction is named, and none is named in vain.
Checklist: C3, C6, C9, C15, E30."""

import base64
import hashlib
import hmac
import json
import random
from pathlib import Path

import pytest
from command import error, macaw, ok

# Request and response with the values a published example prints, other lines around.
SAMPLE = Path(__file__).resolve().parent / "data/suffix-sample.txt"
MESSAGE = b"pay 100 to alice"
KEY = b"correct horse battery"
HASHES = {"MD5": hashlib.md5, "SHA-1": hashlib.sha1, "SHA-224": hashlib.sha224,
          "SHA-256": hashlib.sha256, "SHA-384": hashlib.sha384, "SHA-512": hashlib.sha512,
          "SHA-512/256": lambda data: hashlib.new("sha512_256", data)}


@pytest.fixture(name="world")
def a_world(tmp_path):
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "keys").write_bytes(b"wrong\n" + KEY + b"\nother\n")
    return tmp_path


def findings(done):
    return json.loads(done.stdout)["findings"]


def audit(world, tag, *more):
    done = macaw("audit", "--message", world / "message", "--tag", tag, "--keys", world / "keys",
                 "--json", *more)
    (finding,) = findings(done)
    assert done.returncode == (0 if finding["found"] else 1), done
    return finding


def http(text, *more):
    done = macaw("audit", "--http", "-", "--json", *more, stdin=text)
    return done, findings(done)


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("shape, data", [
    ("key || message", KEY + MESSAGE), ("message || key", MESSAGE + KEY),
    ("key || message || key", KEY + MESSAGE + KEY),
    ('message || "|" || key', MESSAGE + b"|" + KEY), ('key || ":" || message', KEY + b":" + MESSAGE),
    ('message || "\\n" || key', MESSAGE + b"\n" + KEY),
    ('key || "." || message || "." || key', KEY + b"." + MESSAGE + b"." + KEY)])
def test_a_hash_with_a_key_is_no_hmac(world, name, shape, data):
    finding = audit(world, HASHES[name](data).hexdigest())
    assert finding["construction"] == f"{name}({shape}): not an HMAC"
    assert "RFC 2104" in finding["advice"] and finding["key"].startswith("line 2 of ")
    assert KEY.decode() not in json.dumps(finding)


@pytest.mark.parametrize("name", HASHES)
def test_a_hash_without_a_key_is_no_mac(world, name):
    finding = audit(world, HASHES[name](MESSAGE).hexdigest())
    assert finding["construction"] == f"{name}(message): not a MAC" and "key" not in finding


def macs_of_the_registry():
    """Reusable MACs without a nonce, with a key of the length each wants."""
    rows = json.loads(ok("algorithms", "--json"))["algorithms"]
    return [(row["name"], min(max(row["key_min"], 16), row["key_max"])) for row in rows if not row["nonce"]]


@pytest.mark.parametrize("name, size", macs_of_the_registry())
def test_each_mac_of_the_registry(world, name, size):
    key = bytes(range(33, 33 + size))
    tag = ok("tag", "-a", name, "-k", f"hex:{key.hex()}", world / "message").split()[0]
    (world / "keys").write_bytes(b"x\n" + key + b"\n")
    # One block: a MAC that only enciphers it is first named by the simplest that does.
    same = ("prf-aes",) if name.startswith(("cbc-mac-aes", "prf-aes")) else ()
    assert audit(world, tag)["construction"].startswith((f"{name}(key, message): ", *same))
    other = "0" if tag[0] != "0" else "1"
    assert not audit(world, other + tag[1:])["found"]


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_hmac_and_hmac_with_its_arguments_exchanged(world, name):
    finding = audit(world, hmac.new(KEY, MESSAGE, name).hexdigest())
    assert finding["construction"] == f"hmac-{name}(key, message): RFC 2104, FIPS 198-1"
    finding = audit(world, hmac.new(MESSAGE, KEY, name).hexdigest())
    assert finding["construction"] == f"hmac-{name}(message, key): not hmac-{name}"


TAG = hmac.digest(KEY, MESSAGE, "sha256")


@pytest.mark.parametrize("text, spelling", [
    (TAG.hex(), "32 bytes, hexadecimal, lower case"),
    (TAG.hex().upper(), "32 bytes, hexadecimal, upper case"),
    (base64.b64encode(TAG).decode(), "32 bytes, base64"),
    (base64.b64encode(TAG).decode().rstrip("="), "32 bytes, base64 without padding"),
    (base64.urlsafe_b64encode(TAG).decode(), "32 bytes, base64url"),
    (base64.urlsafe_b64encode(TAG).decode().rstrip("="), "32 bytes, base64url without padding"),
    (base64.b64encode(TAG.hex().encode()).decode(), "32 bytes, base64 of the hexadecimal digits"),
    (TAG[:12].hex(), "the first 12 of 32 bytes, hexadecimal, lower case"),
    (TAG.hex()[:25], "the first 12 of 32 bytes, hexadecimal, lower case"),
    (base64.b64encode(TAG[:16]).decode(), "the first 16 of 32 bytes, base64"),
    (base64.b64encode(TAG).decode()[:22], "the first 16 of 32 bytes, base64"),
    (TAG[:4].hex(), "the first 4 of 32 bytes, hexadecimal, lower case; so short")])
def test_spellings(world, text, spelling):
    assert audit(world, text)["tag"].startswith(spelling)


@pytest.mark.parametrize("change", [
    lambda tag: tag[:-1] + ("0" if tag[-1] != "0" else "1"), lambda tag: "0" * 64,
    lambda tag: tag[2:] + tag[:2], lambda tag: tag[:63] + tag[63].upper() + "ab",
    lambda tag: tag.swapcase()[:20] + tag[20:]])
def test_what_is_no_tag_is_not_explained(world, change):
    tag = "a" + TAG.hex()[1:]
    assert not audit(world, change(tag))["found"]


def test_the_key_must_be_in_the_list(world):
    (world / "keys").write_bytes(b"wrong\nother\n")
    assert not audit(world, TAG.hex())["found"]
    (world / "keys").write_bytes(b"")
    assert not audit(world, TAG.hex())["found"]


@pytest.mark.parametrize("key, word, how", [
    (KEY + b"\n", KEY, "with a newline"), (KEY + b"\r\n", KEY, "with CR LF"),
    (KEY, KEY.hex().encode(), "from hexadecimal"), (KEY, base64.b64encode(KEY), "from base64"),
    (b"\xfb\xff" * 9, base64.urlsafe_b64encode(b"\xfb\xff" * 9), "from base64url")])
def test_variants_of_a_key(world, key, word, how):
    (world / "keys").write_bytes(b"first\n" + word + b"\n")
    tag = hmac.new(key, MESSAGE, "sha256").hexdigest()
    assert not audit(world, tag)["found"]
    assert how in audit(world, tag, "--variants")["key"]


def test_a_key_of_a_file_is_shown_when_asked(world):
    assert f'"{KEY.decode()}"' in audit(world, TAG.hex(), "--show-key")["key"]
    (world / "keys").write_bytes(b"a\x1b[31m\xffb\n")
    tag = hmac.new(b"a\x1b[31m\xffb", MESSAGE, "sha256").hexdigest()
    assert '"a\\x1b[31m\\xffb"' in audit(world, tag, "--show-key")["key"]


def test_a_short_and_a_published_key_are_told(world):
    (world / "keys").write_bytes(b"secret\n")
    finding = audit(world, hmac.new(b"secret", MESSAGE, "sha256").hexdigest())
    assert "6 bytes" in finding["advice"] and "published default" in finding["key"]


def test_wrong_use(world):
    message = ["--message", world / "message"]
    error(macaw("audit"), 2, "--message")
    error(macaw("audit", *message), 2, "--tag", "missing")
    error(macaw("audit", "--http", "x", "--tag", "00"), 2, "--tag")
    error(macaw("audit", "--http", "x", *message), 2, "--message")
    for tag in ("", "00112", "zz!!zz!!zz", "ab" * 65, "A" * 500):
        error(macaw("audit", *message, "--tag", tag), 2, "--tag", "4 to 64 bytes")
    error(macaw("audit", *message, "--tag", "00" * 16, "--keys", world / "no"), 3, "--keys")
    error(macaw("audit", *message, "--tag", "00" * 16, "--keys", world), 3, "--keys")
    error(macaw("audit", "--message", world / "no", "--tag", "00" * 16), 3, "--message")
    (world / "keys").write_bytes(b"x\n" + b"k" * 5000 + b"\n")
    error(macaw("audit", *message, "--tag", "00" * 16, "--keys", world / "keys"), 2, "line 2")
    error(macaw("audit", "--http", "-", stdin=b"nothing here\n"), 2, "--http")


# ---- texts ----

def test_the_published_example_is_no_hmac():
    """From the text alone, with the bundled list."""
    done = macaw("audit", "--http", SAMPLE)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "SHA-256(target || timestamp || key): not an HMAC" in text
    assert 'SHA-256(timestamp || "|" || body || key): not an HMAC' in text
    assert text.count('"your_secret_key", a published default') == 2
    assert text.count("RFC 2104") == 2
    assert "uncovered     method, host" in text and "uncovered     status, the request" in text
    assert "8 h 53 min 42 s behind the Date" in text


def test_each_byte_of_the_example_counts():
    text = SAMPLE.read_bytes()
    for old, new in ((b"1711662980", b"1711662981"), (b"institutionID=999", b"institutionID=998"),
                     (b"2840345654", b"2840345655"), (b"1711663027", b"1711663028")):
        assert old in text
        done, found = http(text.replace(old, new))
        assert done.returncode == 1
        assert [finding["found"] for finding in found if "clock" not in finding].count(False) == 1


def test_the_sound_twin_is_an_hmac(world):
    target, stamp = b"/pay?to=alice", b"1711662980"
    tag = hmac.new(KEY, target + stamp, "sha256").hexdigest()
    text = (b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nX-Signature: " + tag.encode()
            + b"\r\nX-Time: " + stamp + b"\r\n\r\n")
    done, (finding,) = http(text, "--keys", world / "keys")
    assert done.returncode == 0
    assert finding["construction"].startswith("hmac-sha256(key, target || timestamp): ")
    assert finding["uncovered"] == "method, host"


@pytest.mark.parametrize("field", [b"Authorization: HMAC %s", b"X-Hub-Signature-256: sha256=%s"])
def test_a_body_under_a_webhook_signature(world, field):
    body = b'{"a": 1}\r\nmore'
    tag = base64.b64encode(hmac.digest(KEY, b"POST\n/hook\n1711662980\n" + body, "sha256"))
    text = (b"POST /hook HTTP/1.1\r\nX-Stamp: 1711662980\r\n" + field % tag
            + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body + b"\nafter\n")
    done, (finding,) = http(text, "--keys", world / "keys")
    assert done.returncode == 0
    assert 'method || "\\n" || target || "\\n" || timestamp || "\\n" || body' in finding["construction"]
    assert finding["uncovered"] == ""


def test_a_cut_tag_of_a_text_needs_variants(world):
    tag = hmac.new(KEY, b"/x" + b"1711662980", "sha256").hexdigest()[:32]
    text = b"GET /x\nX-MAC: " + tag.encode() + b"\nX-Time: 1711662980\n"
    assert http(text, "--keys", world / "keys")[0].returncode == 1
    assert http(text, "--keys", world / "keys", "--variants")[0].returncode == 0


@pytest.mark.parametrize("date, words", [
    ("Thu, 28 Mar 2024 21:57:07 GMT", None), ("Thu, 28 Mar 2024 21:57:57 GMT", None),
    ("Fri, 29 Mar 2024 06:57:07 GMT", "9 h 0 min 0 s behind"),
    ("Thu, 28 Mar 2024 21:00:00 GMT", "0 h 57 min 7 s ahead of"),
    ("Thu, 28 Mar 2024 22:30:00 GMT", "0 h 32 min 53 s behind")])
def test_clocks(date, words):
    text = SAMPLE.read_bytes().replace(b"Fri, 29 Mar 2024 06:50:49 GMT", date.encode())
    clocks = [finding["clock"] for finding in http(text)[1] if "clock" in finding]
    assert len(clocks) == (words is not None)
    assert words is None or words in clocks[0]


def test_damaged_texts_end_well():
    """Cuts, repeats and odd bytes of the example, from a fixed seed: 0, 1 or 2, one line."""
    rng, sample = random.Random(5), SAMPLE.read_bytes()
    pieces = [b"\n", b": ", b"Content-Length: 999999999\n", b"HTTP/1.1 200\n", b"GET / \n", b"\0",
              b"X-Sig: " + b"A" * 300 + b"=\n"]
    for _ in range(120):
        text = bytearray(sample)
        for _ in range(rng.randrange(1, 12)):
            at = rng.randrange(len(text) + 1)
            change = rng.randrange(4)
            if change == 0:
                text[at:at + rng.randrange(60)] = bytes([rng.randrange(256)])
            elif change == 1:
                text[at:at] = rng.choice(pieces)
            elif change == 2:
                del text[at:at + rng.randrange(60)]
            else:
                text += text[at:at + 200]
        done = macaw("audit", "--http", "-", "--keys", "/dev/null", stdin=bytes(text))
        assert done.returncode in (0, 1, 2) and len(done.stderr.splitlines()) <= 1, done
