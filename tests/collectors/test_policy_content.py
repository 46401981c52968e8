"""Files of SYSVOL become what may be kept: bounded, and without one password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.policy_content import decoded, registry_settings, settings_of, told
from inventory.errors import ParseError
from tests.lab.directory.ad.sysvol import _setting, files
from tests.lab.directory.canaries import MARK

FORMS = ("xml", "registry", "ini", "script")
HEAD = b"PReg\x01\0\0\0"


def wide(text: str) -> bytes:
    return f"{text}\0".encode("utf-16-le")


@pytest.mark.parametrize("form", FORMS)
def test_no_planted_password_leaves_a_file_in_any_form(form: str) -> None:
    for raw in files().values():
        try:
            content = told(form, raw)
        except ParseError:
            continue
        assert MARK not in content.text
        assert not any(MARK in where for where in content.masked)


@pytest.mark.parametrize("form", FORMS)
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(form: str, raw: bytes) -> None:
    for one in (raw, HEAD + raw, b"\xff\xfe" + raw, b"<a>" + raw + b"</a>"):
        try:
            told(form, one).text.encode("utf-8")
        except ParseError:
            continue


@given(st.data())
def test_a_registry_file_that_is_cut_or_changed_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(HEAD + _setting("Software\\X", "Y", 1, wide("value")) * 2)
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        assert len(list(registry_settings(cut))) <= 2
    except ParseError:
        return


def test_settings_are_told_with_their_values() -> None:
    raw = HEAD + b"".join(
        (
            _setting("K", "text", 1, wide("http://a.example")),
            _setting("K", "list", 7, wide("a\0b\0")),
            _setting("K", "number", 4, (7).to_bytes(4, "little")),
            _setting("K", "odd", 4, b"\1"),
            _setting("K", "bytes", 3, b"\1\2"),
            _setting("K", "DefaultPassword", 1, wide("Hund.2019")),
            _setting("K", "AdminPassword", 3, b"\1\2"),
            _setting("K", "PasswordComplexity", 4, b"\1\0\0\0"),
        )
    )
    content = told("registry", raw)
    found = {one.name: one.value for one in settings_of(content.text)}
    assert found == {
        "text": "http://a.example",
        "list": "a b",
        "number": "7",
        "odd": "",
        "bytes": "",
        "DefaultPassword": "***",
        "AdminPassword": "",
        "PasswordComplexity": "1",
    }
    assert content.masked == ("K\\DefaultPassword", "K\\AdminPassword")
    assert "Hund" not in content.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PReg\x02\0\0\0",
        HEAD + b"x",
        HEAD + _setting("K", "V", 1, wide("v"))[:-1],
        HEAD + _setting("K", "V", 1, wide("v")).replace(b"\x04\0\0\0", b"\xff\xff\xff\xff"),
        HEAD + b"[\0" + b"a\0" * 10_000,
        HEAD + _setting("K", "V", 4, b"\0\0\0\0") * 20_001,
    ],
)
def test_a_registry_file_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        list(registry_settings(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<a",
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<?xml version="1.0" encoding="none-such"?><a/>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
    ],
)
def test_xml_that_a_policy_does_not_have_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        told("xml", raw)


def test_a_password_in_xml_is_masked_wherever_it_stands() -> None:
    raw = b"""<D><P cpassword="a
b" xmlns:x="y" x:Password='Hund.2019' arguments="/user:x /password:Hund.2019" other="1">
<Arguments><![CDATA[-p Hund.2019 & net use \\\\a\\b Hund.2019]]></Arguments></P>Hund.2019<E cpassword=""/></D>"""
    content = told("xml", raw)
    assert "Hund" not in content.text
    assert content.masked == ("P", "Arguments")


def test_only_the_sections_that_are_read_are_kept() -> None:
    raw = '[System Access]\nPasswordComplexity = 1\n[Registry Values]\nX\\DefaultPassword=1,"Hund.2019"\n[Logon]\n0CmdLine=a.cmd'
    content = told("ini", raw.encode("utf-16"))
    assert content.text == "[Logon]\n0CmdLine=a.cmd"
    assert content.masked == ("line 4",)


def test_of_a_script_only_its_servers_are_kept() -> None:
    content = told(
        "script", b"rem Anna's notes\r\ncopy \\\\nas\\x \x1b[31m\r\nset pw=Hund.2019\r\n"
    )
    assert content.text == "2 nas"
    assert content.masked == ("line 3",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("ä".encode("utf-16"), "ä"),
        (b"\xfe\xff" + "ä".encode("utf-16-be"), "ä"),
        (b"\xef\xbb\xbf\xc3\xa4", "ä"),
        (b"\xe4\x80", "ä€"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"a\x00\x1b", "a\\x00\\x1b"),
    ],
)
def test_texts_of_windows_are_decoded(raw: bytes, text: str) -> None:
    assert decoded(raw) == text
