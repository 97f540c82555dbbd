"""The batch against slow servers: small here, and that nothing but this machine is ever connected to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import dns.message
import pytest

from bench import online, slowservers
from sabaki.model.knowledge import Registration, Subject
from sabaki.sources.source import registered


@pytest.fixture
def no_corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SABAKI_CORPORA", str(tmp_path / "none"))


def test_a_small_batch(no_corpora: None, capsys: pytest.CaptureFixture[str]) -> None:
    online.main(["--mails", "6", "--latency", "0"])
    said = capsys.readouterr().out
    assert "6 mails, 0 ms for every answer" in said
    for word in ("nothing known: ", "again, answers kept: ", "bound:", "rdap", "safe_browsing", "distinct subjects"):
        assert word in said
    assert "the source failed" not in said


def test_samples_stand_in_for_the_corpora_under_other_names(no_corpora: None) -> None:
    given = online.mails(60)
    assert len({mail.name for mail in given}) == len({mail.raw for mail in given}) == 60


def test_the_corpora_are_taken_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SABAKI_CORPORA", str(tmp_path))
    for name in ("ham/1", "ham/2", "ham/3", "spam/4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "README").write_text("no folder")
    assert [mail.name for mail in online.mails(9)] == ["1", "4", "2", "3"]


def test_wherever_a_name_leads_it_is_this_machine(tmp_path: Path) -> None:
    async def asked() -> list[tuple[str, str]]:
        world = online._World(online.settings(tmp_path / "data", ports), ports)
        rdap, whois = registered()["rdap"], registered()["whois"]
        for source, value in ((rdap, "a.com"), (whois, "a.co.jp")):
            (known,) = await source.ask(Subject("domain", value), world)
            assert isinstance(known, Registration)
            assert known.created
        with pytest.raises(Exception, match=r"."):
            await world.egress.fetch("http://elsewhere.com:1/", seconds=5)
        assert await world.egress.guard.address("elsewhere.com", 443) == "127.0.0.1"
        await world.close()
        return [(each.host, each.address) for each in world.egress.guard.connections]

    with slowservers.serving(0) as ports:
        hosts = [host for host, _ in asyncio.run(asked())]
    assert hosts == ["rdap.bench.example", "whois.jprs.jp", "elsewhere.com", "elsewhere.com"]


@pytest.mark.parametrize(
    ("name", "type", "expected"),
    [
        ("sb.bench.example", "A", "127.0.0.1"),
        ("a.example", "A", slowservers.SOMEWHERE),
        ("a.example", "TXT", '"v=spf1 include:_spf.a.example ~all"'),
        ("_dmarc.a.example", "TXT", '"v=DMARC1; p=none"'),
        ("x._domainkey.a.example", "TXT", ""),
        ("a.example", "AAAA", ""),
    ],
)
def test_what_the_dns_knows(name: str, type: str, expected: str) -> None:
    assert slowservers.record(name, type) == expected
    answer = dns.message.from_wire(slowservers.dns_answer(dns.message.make_query(name, type).to_wire()))
    assert [str(rdata) for rrset in answer.answer for rdata in rrset] == ([expected] if expected else [])


def test_missing_answers_are_counted() -> None:
    run = online.Run(2.0, 1.0, {"rdap": 3, "names": 5}, {"rdap": 4, "names": 9}, 10, 2, {"rdap: no": 1})
    said = "\n".join(online._told(run, online.Run(1.0, 1.0), 0.1))
    assert "over the largest bound: 2.00 times" in said
    assert "1 answers missing" in said
