"""Where to ask: the bundled bootstrap, the longest match, and a refresh that takes nothing worse than what is there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sabaki.model.finding import State
from sabaki.model.knowledge import Subject
from sabaki.sources import bootstrap
from sabaki.sources.bootstrap import KINDS, read, registry, service
from sabaki.sources.source import Failed

from .rdapworld import Reply, World, ask_with


def domain(name: str, data: Path | None = None) -> str:
    return service(Subject("domain", name), data)


def document(kind: str, *services: list[Any], publication: str = "2099-01-01T00:00:00Z") -> bytes:
    return json.dumps({"version": "1.0", "publication": publication, "services": services}).encode()


def put(data: Path, kind: str, raw: bytes) -> Path:
    (data / "rdap").mkdir(exist_ok=True)
    (data / "rdap" / f"{kind}.json").write_bytes(raw)
    return data


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("example.com", "https://rdap.verisign.com/com/v1/"),
        ("EXAMPLE.NET.", "https://rdap.verisign.com/net/v1/"),
        ("example.org", "https://rdap.publicinterestregistry.org/rdap/"),
        ("x.info", "https://rdap.identitydigital.services/rdap/"),
        ("x.biz", "https://rdap.nic.biz/"),
        ("x.xyz", "https://rdap.centralnic.com/xyz/"),
        ("x.top", "https://rdap.zdnsgtld.com/top/"),
        ("x.shop", "https://rdap.gmoregistry.net/rdap/"),
        ("x.tokyo", "https://rdap.gmoregistry.net/rdap/"),
        ("x.nagoya", "https://rdap.gmoregistry.net/rdap/"),
        ("x.app", "https://pubapi.registry.google/rdap/"),
        ("x.dev", "https://pubapi.registry.google/rdap/"),
        ("x.co.uk", "https://rdap.nominet.uk/uk/"),
        ("x.fr", "https://rdap.nic.fr/"),
        ("x.nl", "https://rdap.sidn.nl/"),
        ("x.com.br", "https://rdap.registro.br/"),
        ("x.cc", "https://tld-rdap.verisign.com/cc/v1/"),
        ("x.tv", "https://rdap.nic.tv/"),
        ("x.kg", "http://rdap.cctld.kg/"),  # one of the two that have no HTTPS
        ("x.de", "https://rdap.denic.de/"),  # not listed with IANA, like the next ones
        ("x.ch", "https://rdap.nic.ch/"),
        ("x.li", "https://rdap.nic.li/"),
        ("x.io", "https://rdap.identitydigital.services/rdap/"),
        ("x.me", "https://rdap.identitydigital.services/rdap/"),
        ("example.jp", ""),
        ("example.ac.jp", ""),
        ("x.cn", ""),
        ("x.ru", ""),
        ("x.example", ""),
        ("com.example", ""),
        ("xcom", ""),
        ("", ""),
        ("." * 5000, ""),
    ],
)
def test_the_server_of_a_name(name: str, server: str) -> None:
    assert domain(name) == server


@pytest.mark.parametrize(
    ("kind", "value", "server"),
    [
        ("ip", "20.63.138.218", "https://rdap.arin.net/registry/"),
        ("ip", "99.198.113.170", "https://rdap.arin.net/registry/"),
        ("ip", "133.0.0.1", "https://rdap.apnic.net/"),
        ("ip", "193.0.0.1", "https://rdap.db.ripe.net/"),
        ("ip", "200.0.0.1", "https://rdap.lacnic.net/rdap/"),
        ("ip", "41.0.0.1", "https://rdap.afrinic.net/rdap/"),
        ("ip", "2001:200::1", "https://rdap.apnic.net/"),
        ("ip", "2a00::1", "https://rdap.db.ripe.net/"),
        ("ip", "2600::1", "https://rdap.arin.net/registry/"),
        ("ip", "2800::1", "https://rdap.lacnic.net/rdap/"),
        ("ip", "2c00::1", "https://rdap.afrinic.net/rdap/"),
        ("ip", "10.0.0.1", ""),
        ("ip", "127.0.0.1", ""),
        ("ip", "224.0.0.1", ""),
        ("ip", "::1", ""),
        ("ip", "no address", ""),
        ("asn", "4713", "https://rdap.apnic.net/"),
        ("asn", "8075", "https://rdap.arin.net/registry/"),
        ("asn", "2043", "https://rdap.db.ripe.net/"),
        ("asn", "64512", ""),
        ("asn", "x", ""),
        ("url", "https://example.com/", ""),
    ],
)
def test_the_server_of_a_number(kind: str, value: str, server: str) -> None:
    assert service(Subject(kind, value)) == server


def test_the_bundled_registries_are_whole() -> None:
    sizes = {kind: len(registry(kind)) for kind in KINDS}
    assert sizes["dns"] > 1_100
    assert sizes["ipv4"] > 200
    assert sizes["ipv6"] > 30
    assert sizes["asn"] > 150
    urls = {url for kind in KINDS for found in registry(kind).names.values() for url in found}
    assert all(url.endswith("/") for url in urls)
    assert {url for url in urls if not url.startswith("https:")} == {"http://rdap.cctld.kg/", "http://rdap.nic.mg/"}


def test_the_longest_match_wins_by_whole_labels(tmp_path: Path) -> None:
    services = [[["jp"], ["https://a.example"]], [["ac.jp", "b.c.jp"], ["http://x.example/", "https://b.example/r"]]]
    data = put(tmp_path, "dns", document("dns", *services))
    assert domain("x.jp", data) == "https://a.example/"
    assert domain("gakuin.ac.jp", data) == "https://b.example/r/"
    assert domain("xac.jp", data) == "https://a.example/"
    assert domain("ac.jp", data) == "https://b.example/r/"
    assert domain("x.io", data) != ""  # the table of those that IANA does not list still serves
    data = put(
        tmp_path,
        "ipv4",
        document("ipv4", [["0.0.0.0/0"], ["https://a.example"]], [["192.0.2.0/25"], ["https://b.example"]]),
    )
    assert service(Subject("ip", "192.0.2.1"), data) == "https://b.example/"
    assert service(Subject("ip", "192.0.2.200"), data) == "https://a.example/"
    data = put(
        tmp_path, "asn", document("asn", [["1-70000"], ["https://a.example"]], [["64500"], ["https://b.example"]])
    )
    assert service(Subject("asn", "64500"), data) == "https://b.example/"
    assert service(Subject("asn", "64501"), data) == "https://a.example/"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"services": []}',
        document("dns", [["com"]]),
        document("dns", "com"),  # type: ignore[arg-type]
        document("dns", [["com"], ["https://evil.example/"]], publication="2001-01-01T00:00:00Z"),
        b'{"publication": "2099", "services": ' + b"[" * 100_000,
    ],
)
def test_a_file_that_is_broken_or_older_than_the_bundled_one_is_not_used(tmp_path: Path, raw: bytes) -> None:
    data = put(tmp_path, "dns", raw)
    assert domain("example.com", data) == "https://rdap.verisign.com/com/v1/"


def test_a_file_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    data = put(tmp_path, "dns", document("dns", [["com"], ["https://a.example/"]]))
    assert domain("example.com", data) == "https://a.example/"
    put(tmp_path, "dns", document("dns", [["com"], ["https://b.example/"]]))
    os.utime(tmp_path / "rdap" / "dns.json", (1, 1))
    assert domain("example.com", data) == "https://b.example/"
    assert domain("example.com", tmp_path / "nowhere") == "https://rdap.verisign.com/com/v1/"


def test_addresses_that_are_none_are_not_taken() -> None:
    found = read("dns", document("dns", [["a", "b"], ["file:///etc/passwd", "ftp://x.example/", "javascript:1"]]))
    assert len(found) == 0
    with pytest.raises(ValueError):
        read("ipv4", document("ipv4", [["300.0.0.0/8"], ["https://a.example/"]]))
    with pytest.raises(ValueError):
        read("asn", document("asn", [["a-b"], ["https://a.example/"]]))


def bundled(kind: str) -> bytes:
    return (Path(bootstrap.__file__).parent.parent / "data" / "rdap" / f"{kind}.json").read_bytes()


def refreshed(bodies: dict[str, Reply]) -> tuple[dict[str, bytes], list[str]]:
    def answer(host: str, path: str, port: int) -> Reply:
        kind = path.rpartition("/")[2].removesuffix(".json")
        return bodies.get(kind, (200, {}, bundled(kind)))

    async def work(world: World) -> dict[str, bytes]:
        base = service(Subject("domain", "x.com"), world.data)
        return await bootstrap.refresh(world, base)

    return ask_with(answer, work)


def test_a_refresh_gives_files_for_the_data_directory(tmp_path: Path) -> None:
    files, asked = refreshed({})
    assert asked == [f"registry.example/rdap/{kind}.json" for kind in KINDS]
    assert sorted(files) == sorted(f"rdap/{kind}.json" for kind in KINDS)
    assert files["rdap/dns.json"] == bundled("dns")
    put(tmp_path, "dns", files["rdap/dns.json"])
    assert domain("example.com", tmp_path) == "https://rdap.verisign.com/com/v1/"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((503, {}, b""), "HTTP 503"),
        ((200, {}, b"<html>"), "RFC 9224"),
        ((200, {}, document("dns", [["com"], ["https://evil.example/"]])), "only 1 entries"),
        ((200, {}, bundled("dns").replace(b"2026-", b"2019-", 1)), "before the bundled one"),
        ((200, {}, b'{"publication": "2099", "services": ' + b"[" * 100_000), "RFC 9224"),
    ],
)
def test_a_refresh_takes_nothing_that_is_worse(reply: Reply, why: str) -> None:
    with pytest.raises(Failed) as caught:
        refreshed({"dns": reply})
    assert caught.value.state is State.PERMERROR
    assert why in caught.value.reason
    assert "dns.json" in caught.value.reason_ja
