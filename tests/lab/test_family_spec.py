"""macaw lab family: what is refused, where, and files."""

import json
import subprocess

import pytest
from test_family import BUILD, lab, measured


def refused(spec, *words):
    done = subprocess.run([str(BUILD / "macaw-lab"), "family", spec], capture_output=True,
                          text=True, timeout=600, check=False)
    assert done.returncode == 2 and done.stdout == "", done
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("macaw: SPEC: "), done
    for word in words:
        assert word in lines[0], (word, lines[0])


@pytest.mark.parametrize("spec, byte, words", [
    ("", 0, ["expected affine:"]),
    ("affin:p=5", 0, ["expected affine:"]),
    ("affine", 6, ["colon"]),
    ("affine:", 7, ["empty"]),
    ("affine:p=", 9, ["p: expected a number from 2 to 65536"]),
    ("affine:p=1", 9, ["p: expected"]),
    ("affine:p=05", 9, ["p: expected"]),
    ("affine:p=+5", 9, ["p: expected"]),
    ("affine:p=5 ", 9, ["p: expected"]),
    ("affine:p=65537", 9, ["p: expected"]),
    ("affine:p=99999999999999999999", 9, ["p: expected"]),
    ("affine:p=5,", 11, ["empty"]),
    ("affine:p=5,p=5", 11, ["given twice"]),
    ("affine:p=5,a!=1", 11, ["unknown"]),
    ("affine:p=5,a!=0,a!=0", 16, ["given twice"]),
    ("affine:p=5,q=3", 11, ["q=3: unknown for affine"]),
    ("affine:p=5,x=9..0", 13, ["x: expected"]),
    ("affine:p=5,x=9..8", 13, ["HIGH not below LOW"]),
    ("affine:p=5,,mod=2", 11, ["empty"]),
    ("affine:p=5,x=0..", 13, ["x: expected"]),
    ("affine:p=5,x=0...9", 13, ["x: expected"]),
    ("affine:x=0..9", 13, ["affine: needs p="]),
    ("affine:p=5,mod=0", 15, ["mod: expected"]),
    ("affine:p=5,mod=6", 0, ["mod: there are only 5 tags"]),
    ("affine:p=5,weights=", 19, ["weights: empty"]),
    ("affine:p=5,weights=a0", 21, ["colon and a weight"]),
    ("affine:p=5,weights=a0:0", 22, ["weight from 1"]),
    ("affine:p=5,weights=a5:2", 19, ["a5: expected a coordinate"]),
    ("affine:p=5,weights=a=0:2", 19, ["expected a coordinate"]),
    ("affine:p=5,weights=c0:2", 19, ["expected a coordinate"]),
    ("affine:p=5,weights=a0:2+", 24, ["after +"]),
    ("affine:p=5,weights=a0:2+b1:x", 27, ["weight from 1"]),
    ("affine:p=5,weights=a0:1000+a0:1001", 27, ["at most 1000000"]),
    ("affine:p=5,xweights=5:2", 20, ["number of a message, 0 to 4"]),
    ("affine:p=5,xweights=0:2+0:3", 24, ["given twice"]),
    ("dot:p=3,d=2", 11, ["dot: needs domain="]),
    ("dot:p=3,d=2,domain=half", 19, ["domain: expected all"]),
    ("dot:p=3,d=2,domain=all,weights=k10:2", 31, ["expected a coordinate"]),
    ("dot:p=3,d=40,domain=01", 0, ["d: at most"]),
    ("poly:q=5,len=0", 13, ["len: expected"]),
    ("functions:n=30,m=2", 0, ["m^n functions"]),
    ("functions:n=20,m=5", 0, ["keys: at least 1, at most 16777216"]),
    ("hmac:keys=300,keybytes=1,messages=8,bits=2", 0, ["more than keybytes=1 can count"]),
    ("hmac:keys=3,keybytes=1,messages=8,bits=17", 39, ["bits: expected"]),
    ("affine:p=509", 0, ["too large: at most"]),
    ("shift:p=300,x=0..6000", 0, ["n*n*l is at most 10^10"]),
    ("csv:", 4, ["name of a file"]),
    ("csv:/nonexistent/file,mud=2", 22, ["unknown"]),
])
def test_wrong_specs(spec, byte, words):
    refused(spec, *words, *([f"byte {byte}:"] if byte else []))


def test_a_range_may_be_of_one():
    assert measured("affine:p=5,x=3..3")["n"] == 1
    one, same = measured("poly:q=3,len=2..2"), measured("poly:q=3,len=2")
    assert {**one, "spec": ""} == {**same, "spec": ""}


def test_a_missing_file_is_the_machines_failure():
    assert "/nonexistent" in lab("csv:/nonexistent/file", status=3)


# ---- tables ----

def table(tmp_path, text, more=""):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return f"csv:{path}{more}"


def test_a_table_with_everything(tmp_path):
    text = "# a family\nkey,weight,x0,x1\r\n\nweight,,1,2\nk0,3,0,1\n# more\nk1,1,1,0\n"
    got = measured(table(tmp_path, text))
    assert (got["n"], got["m"], got["l"]) == (2, 2, 2)
    assert (got["key_weight"], got["message_weight"]) == (4, 3)
    assert got["alpha"] == "3/4"


def test_tags_are_numbers_or_names(tmp_path):
    names = measured(table(tmp_path, "key,x,y\na,red,blue\nb,green,red\n"))
    assert names["m"] == 3 and names["delta_universal"] is None
    assert names["impersonation"] == {"probability": "1/2", "message": "x", "tag": "green"}
    gaps = measured(table(tmp_path, "key,x,y\na,0,7\nb,7,9\n"))
    assert gaps["m"] == 3 and gaps["delta_universal"] is None
    assert gaps["impersonation"]["tag"] == "0"
    more = measured(table(tmp_path, "key,x,y\na,0,7\nb,7,9\n", ",tags=20"))
    assert more["m"] == 20 and more["delta_universal"] is not None
    rest = measured(table(tmp_path, "key,x,y\na,0,7\nb,7,9\n", ",mod=2"))
    assert rest["m"] == 2 and rest["alpha"] == "1/1"


def test_one_message_has_no_substitution(tmp_path):
    got = measured(table(tmp_path, "key,x\na,0\nb,1\n"))
    assert got["alpha"] == "1/2"
    assert got["beta"] is got["two_universal"] is got["substitution"] is None
    assert "needs a second message" in lab(table(tmp_path, "key,x\na,0\nb,1\n"))


def test_large_weights_stay_exact(tmp_path):
    text = "key,weight,x,y\n" + "".join(f"k{i},{999999 - i},{i % 7},{i * i % 7}\n"
                                         for i in range(300))
    got = measured(table(tmp_path, text))
    assert got["identities"]["H(K|X,Y) = H(K)+H(X)-H(X,Y)"]
    assert got["identities"]["H(K)-H(K|X,Y) = H(Y|X)"]


@pytest.mark.parametrize("text, words", [
    ("", ["no keys"]),
    ("key,x\n", ["no keys"]),
    ("x,y\n", ["line 1", "cell \"key\""]),
    ("key\na\n", ["line 1", "messages"]),
    ("key,weight\na,1\n", ["line 1", "messages"]),
    ("key,x,x\na,0,1\n", ["line 1", "two messages"]),
    ("key,x,\na,0,1\n", ["line 1", "message's name"]),
    ("key,x,y\na,0\n", ["line 2", "number of cells"]),
    ("key,x,y\na,0,1,2\n", ["line 2", "number of cells"]),
    ("key,x,y\na,0, 1\n", ["line 2", "spaces"]),
    ("key,x,y\na,0,\n", ["line 2", "tag"]),
    ("key,x,y\na,0,\"1\"\n", ["line 2", "quoted"]),
    ("key,weight,x\na,0,1\n", ["line 2", "weight"]),
    ("key,weight,x\na,1000001,1\n", ["line 2", "weight"]),
    ("key,x\na,0\nweight,2\n", ["line 3", "before the keys"]),
    ("key,x\nweight,2\nweight,2\na,0\n", ["line 3", "once"]),
    ("key,weight,x\nweight,1,2\na,1,0\n", ["line 2", "empty"]),
    ("key,x\n,0\n", ["line 2", "without a name"]),
    (b"key,x\na,\0\n", ["NUL"]),
])
def test_wrong_tables(tmp_path, text, words):
    refused(table(tmp_path, text), *words)


def test_tags_outside_what_was_said(tmp_path):
    refused(table(tmp_path, "key,x\na,3\n", ",tags=3"), "not one of 0 to 2")
    refused(table(tmp_path, "key,x\na,b\n", ",mod=1"), "mod: the tags of this table")


def test_many_message_weights_are_refused(tmp_path):
    head = "key," + ",".join(f"x{i}" for i in range(20))
    text = head + "\nweight," + ",".join(str(i + 1) for i in range(20)) + "\n" + "".join(
        f"k{k}," + ",".join(str(k * i % 3) for i in range(20)) + "\n" for k in range(3))
    refused(table(tmp_path, text), "at most 16 different message weights")


# ---- options ----

@pytest.mark.parametrize("arguments", [
    ["affine:p=5", "--json", "--table"], ["--json"], ["affine:p=5", "shift:p=5"],
    ["affine:p=5", "--sweep", "up"], ["affine:p=5", "--rule", "a0"], ["affine:p=5", "-j", "0"],
    ["affine:p=5", "--sweep", "length"], ["affine:p=5,mod=2", "--sweep", "truncate"],
    ["affine:p=5", "--counter-cases"], ["affine:p=5,weights=a0:2", "--sweep", "skew"],
])
def test_wrong_use(arguments):
    done = subprocess.run([str(BUILD / "macaw-lab"), "family", *arguments], capture_output=True,
                          text=True, timeout=600, check=False)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done


def test_json_is_one_document():
    assert json.loads(lab("affine:p=2", "--json"))["spec"] == "affine:p=2"
