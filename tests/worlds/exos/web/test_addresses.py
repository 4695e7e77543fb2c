"""What is an address of a public page, and what is refused before anything is reached."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.web.addresses import address, linked
from backrooms_tui.worlds.exos.web.publicness import is_public


@pytest.mark.parametrize(
    ("typed", "opened"),
    [
        ("example.org", "https://example.org/"),
        ("  <https://Example.ORG/A b>".replace(" b", "%20b"), "https://example.org/A%20b"),
        ("http://example.org:80/x?q=1&r=%C3%A9#part", "http://example.org/x?q=1&r=%C3%A9"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("https://example.org.:8443", "https://example.org:8443/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        # A Cyrillic а: what looks like another name is shown as what it is.
        ("https://аpple.com/", "https://xn--pple-43d.com/"),
        ("http://93.184.215.14/", "http://93.184.215.14/"),
        ("http://[2606:2800:21F:CB07:0:0:0:1]/", "http://[2606:2800:21f:cb07::1]/"),
    ],
)
def test_an_address_has_one_spelling(typed: str, opened: str) -> None:
    assert str(address(typed)) == opened


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:example.org",
        "http:/example.org",
        "http://",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://router/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://x.home.arpa/",
        "http://x.onion/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1.:0x50/",
        "http://1.2.3.4.5/",
        "http://user@example.org/",
        "http://example.org@127.0.0.1/",
        "http://user:word@example.org/",
        "http://example.org:22/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://example.org\\@evil.example/",
        "http://exa mple.org/",
        "http://example.org/\x00",
        "http://example.org/\r\nHost: x",
        "http://exam%70le.org/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://[not]/",
        "http://-x.example/",
        "http://" + "a" * 70 + ".example/",
        "http://..example.org/",
        "https://example.org/" + "x" * 3000,
        "http://①②⑦.⓪.⓪.①:9/",
    ],
)
def test_what_is_no_address_of_a_public_page_is_refused(typed: str) -> None:
    with pytest.raises(NotDone):
        address(typed)


def test_numbers_in_other_letters_are_numbers() -> None:
    found = address("http://①②⑦.⓪.⓪.①/").host
    assert not is_public(ipaddress.ip_address(found))


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for typed in (text, f"http://{text}", f"https://{text}.org/", f"http://example.org{text}"):
        try:
            found = address(typed)
        except NotDone:
            continue
        again = address(str(found))
        assert again == found
        assert str(found).isascii()
        assert str(found).isprintable()


@given(st.text(max_size=60))
def test_any_link_leads_somewhere_or_nowhere(reference: str) -> None:
    found = linked("https://example.org/a/b", reference)
    assert found == "" or found.startswith(("http:", "https:"))


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.192", "192.0.2.1",
        "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::1", "2002:808:808::1", "2001::1",
        "2001:db8::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_numbers_of_ones_own_networks_are_not_public(number: str) -> None:
    assert not is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_others_are(number: str) -> None:
    assert is_public(ipaddress.ip_address(number))
