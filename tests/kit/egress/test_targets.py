import string
from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit.egress.targets import TargetRefused, read_exceptions, read_target

PRIVATE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0",
    "0.0.0.0", "127.0.0.1.",  # noqa: S104  # refused, not bound
    "①②⑦.⓪.⓪.①", "１２７．０．０．１", "127。0。0。1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "100.64.0.1", "169.254.169.254", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]",
    "[fe80::1%eth0]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[0:0:0:0:0:0:0:1]", "255.255.255.255", "224.0.0.1",
]  # fmt: skip
ODD = [
    "", "http:/x", "https:", "https://", "https:///x", "//x.example/", "ftp://x.example/", "file:///etc/passwd",
    "gopher://x.example/", "javascript:alert(1)", "https://user@x.example/", "https://user:word@x.example/",
    "https://x.example@127.0.0.1/", "https://x.example\\@127.0.0.1/", "https://x.example:0/", "https://x.example:99999/",
    "https://x.example:8443/", "http://x.example/", "https://x..example/", "https://x.example../", "https://-x.example/",
    "https://x_y.example/", "https://x.example /", "https://x.example\t/", "https://x.example\r\nHost: y/",
    "https://[::1/", "https://[::1]x/", "https://[x]/", "https://1.2.3.4.5/", "https://0x8.8.8.8/", "https://8.8.8/",
    "https://134744072/", "https://%31%32%37.0.0.1/", "https://x.example%2f@y/", "https://" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_in_every_spelling(host: str) -> None:
    """Decimal, octal, hexadecimal, short, mapped, translated, with a zone, a final dot, in other scripts' digits."""
    for url in (f"https://{host}/", f"https://{host}:443/x", f"http://{host}/", f"HTTPS://{host}"):
        with pytest.raises(TargetRefused):
            read_target(url)


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    """Other schemes and ports, users, spaces, broken hosts, numbers that a resolver would read as addresses."""
    with pytest.raises(TargetRefused) as refused:
        read_target(url, path=("endpoint",))
    assert refused.value.path == ("endpoint",)


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://Push.Example/send/a:B%2Fc?d=%3A#e", "https://push.example", "/send/a:B%2Fc?d=%3A"),
        ("https://push.example.:443", "https://push.example", "/"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example", "/%C3%BC"),
        ("https://8.8.8.8/", "https://8.8.8.8", "/"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]", "/"),
        ("https://a.example?x", "https://a.example", "/?x"),
    ],
)
def test_a_target_has_one_spelling_and_the_path_as_it_was_written(url: str, origin: str, path: str) -> None:
    """The host in lower-case ASCII without final dot; a stranger's escapes stay."""
    target = read_target(url)
    assert (target.origin, target.path) == (origin, path)


def test_an_exception_is_an_exact_host_and_port() -> None:
    """Over http and at any port; another port of the host, and another name of the address, are none."""
    exceptions = read_exceptions(["127.0.0.1:8080", "Push.Test:9", "[::1]:7"], ("egress", "exceptions"))
    for url in ("http://127.0.0.1:8080/", "https://push.test:9/", "http://PUSH.test.:9/", "http://[0::1]:7/"):
        read_target(url, exceptions)
    for url in ("http://127.0.0.1:8081/", "http://localhost:8080/", "https://push.test:10/", "http://x.push.test:9/"):
        with pytest.raises(TargetRefused):
            read_target(url, exceptions)
    assert read_target("http://push.test:9/", exceptions).origin == "http://push.test:9"


@pytest.mark.parametrize(
    "pair", ["", "x.example", "x.example:", ":443", "x:0", "x:70000", "*:443", "10.0.0.0/8:1", "::1:7"]
)
def test_an_exception_that_is_no_pair_is_refused(pair: str) -> None:
    """No pattern, no network, no host alone."""
    with pytest.raises(TargetRefused, match=r"egress\.exceptions holds"):
        read_exceptions([pair], ("egress", "exceptions"))


@given(st.ip_addresses(v=4), st.data())
def test_no_way_to_write_a_number_passes_for_a_name(address: IPv4Address, data: st.DataObject) -> None:
    """One to four parts, each decimal, octal or hexadecimal: refused, or read as the very address that is checked."""
    count, value = data.draw(st.integers(1, 4)), int(address)
    parts = [value >> (24 - 8 * at) & 255 for at in range(count - 1)] + [value & ((1 << (8 * (5 - count))) - 1)]
    writing = [data.draw(st.sampled_from(["{}", "0{:o}", "0x{:x}", "0X{:X}", "0000{:o}"])) for _ in parts]
    host = ".".join(form.format(part) for form, part in zip(writing, parts, strict=True))
    try:
        target = read_target(f"https://{host}/")
    except TargetRefused:
        return
    assert target.host == str(address)
    assert host == str(address)


@given(st.text(st.characters() | st.sampled_from(string.punctuation + "0123456789.:[]@%/"), max_size=60))
@example("[::1]x")
def test_a_target_is_read_or_refused(authority: str) -> None:
    """Never anything else; and what is read, is read again as the same."""
    try:
        target = read_target(f"https://{authority}/")
    except TargetRefused:
        return
    assert read_target(f"{target.origin}{target.path}") == target
