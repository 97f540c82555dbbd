"""The live resolver against a real DNS server, and against servers that lie, garble or keep silent."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from sabaki.model.lookup import Answer, Lookup
from sabaki.protocols import resolver
from sabaki.sources import dns as live
from tests.sources import nsd
from tests.sources.oddserver import Behaviour, answering

LONG = "v=DKIM1; k=rsa; p=" + "A" * 240 + "B" * 240
ZONE = (
    """\
$ORIGIN example.jp.
$TTL 300
@ SOA ns.example.jp. root.example.jp. 1 3600 600 86400 60
@ NS ns.example.jp.
ns A 192.0.2.53
@ A 192.0.2.7
@ A 192.0.2.10
@ AAAA 2001:db8::7
@ MX 20 mx2.example.jp.
@ MX 5 MX1.example.jp.
@ TXT "v=spf1 ip4:192.0.2.0/24 -all"
@ TXT "another"
mx1 A 192.0.2.25
mx2 A 192.0.2.26
sel._domainkey TXT "{long0}" "{long1}" "{long2}"
latin TXT "caf\\233"
one CNAME two
two CNAME three
three A 192.0.2.33
bare CNAME empty
empty TXT "no address here"
lost CNAME nowhere
loop1 CNAME loop2
loop2 CNAME loop1
away CNAME www.other.example.
deep.below.here A 192.0.2.44
null MX 0 .
7 PTR Host.example.jp.
xn--r8jz45g A 192.0.2.55
back\\\\slash A 192.0.2.56
delegated NS ns.delegated
ns.delegated A 127.0.0.1
big TXT {big}
""".format(
        long0=LONG[:200],
        long1=LONG[200:400],
        long2=LONG[400:],
        big=" ".join(f'"{"x" * 250}"' for _ in range(20)),
    )
    + "".join(f"many TXT {number} {'y' * 240}\n" for number in range(250))
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Server]:
    if nsd.program() is None:
        pytest.skip("nsd is not there (apt install nsd, or `make live`, which fetches it)")
    with nsd.serving({"example.jp": ZONE}, tmp_path_factory.mktemp("nsd")) as port:
        yield live.Server("127.0.0.1", port)


def ask(server: live.Server, name: str, type: str) -> Lookup:
    return live.Live([server]).lookup(name, type)


def odd(port: int, *, timeout: float = 0.4) -> live.Live:
    return live.Live([live.Server("127.0.0.1", port)], timeout=timeout)


@pytest.mark.parametrize(
    ("name", "type", "records"),
    [
        ("example.jp", "A", ("192.0.2.10", "192.0.2.7")),
        ("EXAMPLE.jp.", "aaaa", ("2001:db8::7",)),
        ("example.jp", "MX", ("5 mx1.example.jp", "20 mx2.example.jp")),
        ("example.jp", "TXT", ("another", "v=spf1 ip4:192.0.2.0/24 -all")),
        ("example.jp", "NS", ("ns.example.jp",)),
        ("sel._domainkey.example.jp", "TXT", (LONG,)),
        ("latin.example.jp", "TXT", ("caf\xe9",)),
        ("7.example.jp", "PTR", ("host.example.jp",)),
        ("null.example.jp", "MX", ("0 .",)),
        ("例え.example.jp", "A", ("192.0.2.55",)),
        ("back\\slash.example.jp", "A", ("192.0.2.56",)),
        ("big.example.jp", "TXT", ("x" * 5_000,)),
    ],
)
def test_what_the_zone_holds(server: live.Server, name: str, type: str, records: tuple[str, ...]) -> None:
    found = ask(server, name, type)
    assert (found.status, found.records, found.detail) == (Answer.ANSWER, records, "")
    assert found.ttl == 300
    assert found.server == str(server)
    assert found.asked_at is not None
    assert found.asked_at.endswith("+00:00")
    assert (found.name, found.type) == resolver.key(name, type)
    assert found.canonical_name == ""


def test_aliases_are_followed_and_told(server: live.Server) -> None:
    found = ask(server, "one.example.jp", "A")
    assert (found.records, found.canonical_name) == (("192.0.2.33",), "three.example.jp")
    found = ask(server, "bare.example.jp", "A")
    assert (found.status, found.canonical_name) == (Answer.NODATA, "empty.example.jp")
    found = ask(server, "lost.example.jp", "A")
    assert (found.status, found.canonical_name) == (Answer.NXDOMAIN, "nowhere.example.jp")


def test_an_alias_in_a_circle_and_one_that_is_not_followed_are_no_answer(server: live.Server) -> None:
    for name in ("loop1.example.jp", "away.example.jp", "www.delegated.example.jp"):
        found = ask(server, name, "A")
        assert (found.status, bool(found.detail)) == (Answer.TEMPERROR, True), name


def test_no_such_name_is_told_from_no_such_record(server: live.Server) -> None:
    missing = ask(server, "none.example.jp", "A")
    assert (missing.status, missing.ttl, missing.records) == (Answer.NXDOMAIN, 60, ())
    assert ask(server, "example.jp", "PTR").status is Answer.NODATA
    # An empty non-terminal exists (RFC 8020).
    assert ask(server, "below.here.example.jp", "A").status is Answer.NODATA


def test_a_zone_of_others_is_refused(server: live.Server) -> None:
    found = ask(server, "other.example", "A")
    assert (found.status, found.detail) == (Answer.TEMPERROR, resolver.REFUSED)


def test_too_many_records_are_no_answer(server: live.Server) -> None:
    found = ask(server, "many.example.jp", "TXT")
    assert (found.status, found.detail) == (Answer.TEMPERROR, resolver.TOO_LARGE)


def test_one_question_serves_many_mails(server: live.Server) -> None:
    asked = live.Live([server])
    for name in ("example.jp", "none.example.jp"):
        answers = {asked.for_mail().lookup(name, "TXT") for _ in range(1_000)}
        assert len(answers) == 1
    assert asked.sent == 2


def test_ipv6_too(server: live.Server) -> None:
    assert ask(live.Server("::1", server.port), "example.jp", "A").server == f"[::1]:{server.port}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..example.jp",
        ".example.jp",
        "x" * 64 + ".example.jp",
        "x." * 127 + "jp",
        "printer.local",
        "a.onion",
        "x" * 100_000,
    ],
)
def test_what_cannot_be_a_name_is_sent_nowhere(name: str) -> None:
    with answering(lambda question, before: []) as server:
        found = odd(server.port).lookup(name, "A")
        assert (found.status, bool(found.detail), found.asked_at) == (Answer.NXDOMAIN, True, None)
        assert server.asked == []
    assert len(found.name) <= 1_000


def test_a_type_that_is_not_ours_is_not_asked_for() -> None:
    with answering(lambda question, before: []) as server:
        assert odd(server.port).lookup("example.jp", "ANY").status is Answer.NOT_ASKED
        assert server.asked == []


def reply(
    question: dns.message.Message, *records: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR
) -> dns.message.Message:
    answer = dns.message.make_response(question, recursion_available=True)
    answer.set_rcode(rcode)
    if records:
        asked = question.question[0]
        answer.answer.append(dns.rrset.from_text(asked.name, 60, asked.rdclass, asked.rdtype, *records))
    return answer


def wrong_id(question: dns.message.Message, before: int) -> list[bytes]:
    answer = reply(question, "192.0.2.66")
    answer.id = (question.id + 1) % 65_536
    return [answer.to_wire()]


def wrong_question(question: dns.message.Message, before: int) -> list[bytes]:
    other = dns.message.make_query("other.example", "A")
    other.id = question.id
    return [reply(other, "192.0.2.66").to_wire()]


def no_response(question: dns.message.Message, before: int) -> list[bytes]:
    answer = reply(question, "192.0.2.66")
    answer.flags &= ~dns.flags.QR
    return [answer.to_wire()]


LIES: dict[str, Behaviour] = {
    "silence": lambda question, before: [],
    "garbage": lambda question, before: [b"\xff" * 40, b"", b"x"],
    "cut short": lambda question, before: [reply(question, "192.0.2.66").to_wire()[:-3]],
    "wrong id": wrong_id,
    "wrong question": wrong_question,
    "no response": no_response,
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_answer_to_the_question_is_not_taken_for_one(lie: str) -> None:
    with answering(LIES[lie]) as server:
        found = odd(server.port).lookup("example.jp", "A")
    assert (found.status, found.records, found.detail) == (Answer.TEMPERROR, (), resolver.NO_ANSWER)


def test_the_answer_is_found_among_lies() -> None:
    def first_lies(question: dns.message.Message, before: int) -> list[bytes]:
        lies = [lie(question, before) for lie in LIES.values()]
        return [*(datagram for datagrams in lies for datagram in datagrams), reply(question, "192.0.2.1").to_wire()]

    with answering(first_lies) as server:
        assert odd(server.port, timeout=5).lookup("example.jp", "A").records == ("192.0.2.1",)


@pytest.mark.parametrize(
    ("rcode", "detail"),
    [
        (dns.rcode.SERVFAIL, resolver.SERVFAIL),
        (dns.rcode.REFUSED, resolver.REFUSED),
        (dns.rcode.YXDOMAIN, resolver.BROKEN),
    ],
)
def test_a_server_that_fails_gives_no_answer(rcode: dns.rcode.Rcode, detail: str) -> None:
    with answering(lambda question, before: [reply(question, rcode=rcode).to_wire()]) as server:
        found = odd(server.port).lookup("example.jp", "A")
    assert (found.status, found.detail) == (Answer.TEMPERROR, detail)


def test_an_answer_for_a_name_that_does_not_exist_contradicts_itself() -> None:
    with answering(lambda q, before: [reply(q, "192.0.2.1", rcode=dns.rcode.NXDOMAIN).to_wire()]) as server:
        assert odd(server.port).lookup("example.jp", "A").detail == resolver.BROKEN


def test_a_server_without_edns_is_asked_plainly() -> None:
    def old(question: dns.message.Message, before: int) -> list[bytes]:
        if question.edns >= 0:
            return [reply(question, rcode=dns.rcode.FORMERR).to_wire()]
        return [reply(question, "192.0.2.1").to_wire()]

    with answering(old) as server:
        assert odd(server.port, timeout=5).lookup("example.jp", "A").records == ("192.0.2.1",)
        assert len(server.asked) == 2


def test_a_lost_question_is_repeated_and_a_second_server_asked() -> None:
    with answering(lambda q, before: [] if before == 0 else [reply(q, "192.0.2.1").to_wire()]) as server:
        assert odd(server.port, timeout=2).lookup("example.jp", "A").records == ("192.0.2.1",)
    with (
        answering(lambda question, before: []) as silent,
        answering(lambda question, before: [reply(question, "192.0.2.2").to_wire()]) as good,
    ):
        both = live.Live([live.Server("127.0.0.1", each.port) for each in (silent, good)], timeout=1)
        assert [both.lookup(f"{name}.example.jp", "A").records for name in "abc"] == [("192.0.2.2",)] * 3
        assert len(silent.asked) == 1, "it is not waited for again and again"


def test_the_order_of_the_records_does_not_depend_on_the_server() -> None:
    def turning(question: dns.message.Message, before: int) -> list[bytes]:
        records = ["192.0.2.9", "192.0.2.1", "192.0.2.5"]
        return [reply(question, *(records[before % 3 :] + records[: before % 3])).to_wire()]

    with answering(turning) as server:
        found = {odd(server.port, timeout=5).lookup("example.jp", "A").records for _ in range(3)}
    assert found == {("192.0.2.1", "192.0.2.5", "192.0.2.9")}


def test_a_mail_has_so_many_questions_and_seconds_and_no_more() -> None:
    with answering(lambda question, before: [reply(question, "192.0.2.1").to_wire()]) as server:
        asked = odd(server.port, timeout=5)
        mail = asked.for_mail(questions=3)
        found = [mail.lookup(f"{number}.example.jp", "A") for number in range(5)]
        assert [each.status for each in found] == [Answer.ANSWER] * 3 + [Answer.NOT_ASKED] * 2
        assert found[4].detail == resolver.OVER_BUDGET
        assert mail.lookup("1.example.jp", "A").status is Answer.ANSWER, "what is known costs nothing"
        late = asked.for_mail(seconds=0).lookup("late.example.jp", "A")
        assert (late.status, late.detail) == (Answer.NOT_ASKED, resolver.OUT_OF_TIME)
        assert len(server.asked) == 3


def test_a_server_that_has_gone_is_left_alone_for_a_while() -> None:
    with answering(lambda question, before: []) as server:
        asked = odd(server.port, timeout=0.2)
        found = [asked.lookup(f"{number}.example.jp", "A").detail for number in range(5)]
        assert found == [resolver.NO_ANSWER] * 3 + [resolver.RESTING] * 2
        assert asked.sent == 3


def test_names_that_nobody_answers_do_not_make_the_server_rest() -> None:
    def picky(question: dns.message.Message, before: int) -> list[bytes]:
        return [] if "slow" in str(question.question[0]) else [reply(question, rcode=dns.rcode.REFUSED).to_wire()]

    with answering(picky) as server:
        asked = odd(server.port, timeout=0.2)
        for number in range(4):
            assert asked.lookup(f"slow{number}.example.jp", "A").detail == resolver.NO_ANSWER
        assert asked.lookup("example.jp", "A").detail == resolver.REFUSED


def test_what_was_cut_short_is_asked_again_for_the_next_mail() -> None:
    with answering(lambda q, before: [] if before < 2 else [reply(q, "192.0.2.1").to_wire()]) as server:
        asked = odd(server.port, timeout=5)
        assert asked.for_mail(seconds=0.2).lookup("example.jp", "A").status is Answer.TEMPERROR
        assert asked.for_mail().lookup("example.jp", "A").records == ("192.0.2.1",)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_CACHED", 2)
    with answering(lambda question, before: [reply(question, "192.0.2.1").to_wire()]) as server:
        asked = odd(server.port, timeout=5)
        for name in ("a", "b", "c", "a", "c"):
            asked.lookup(f"{name}.example.jp", "A")
        assert asked.sent == 4


def test_answers_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    with answering(lambda question, before: [reply(question, "192.0.2.1").to_wire()]) as server:
        asked = odd(server.port, timeout=5)
        asked.lookup("example.jp", "A")
        monkeypatch.setattr(live.time, "monotonic", lambda: now + 10_000)
        asked.lookup("example.jp", "A")
        assert asked.sent == 2


def test_whether_anyone_answers_is_known_before_the_first_mail(server: live.Server) -> None:
    live.Live([server]).check()
    with answering(lambda question, before: []) as silent, pytest.raises(live.NoServer, match="--dns"):
        odd(silent.port).check()


@pytest.mark.parametrize(
    ("text", "server", "shown"),
    [
        ("192.0.2.53", ("192.0.2.53", 53), "192.0.2.53"),
        (" 192.0.2.53:5353", ("192.0.2.53", 5353), "192.0.2.53:5353"),
        ("2001:DB8::53", ("2001:db8::53", 53), "2001:db8::53"),
        ("[2001:db8::53]", ("2001:db8::53", 53), "2001:db8::53"),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353), "[2001:db8::53]:5353"),
    ],
)
def test_servers_are_read(text: str, server: tuple[str, int], shown: str) -> None:
    found = live.server(text)
    assert ((found.address, found.port), str(found)) == (server, shown)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dns.example.jp",
        "192.0.2.53:0",
        "192.0.2.53:70000",
        "192.0.2.53:x",
        "192.0.2.53:53:53",
        "224.0.0.251",
        "0.0.0.0",
        "[::1]x",
        "1.2.3",
    ],
)
def test_what_is_no_server_is_said(text: str) -> None:
    with pytest.raises(live.NoServer, match="by its IP address"):
        live.server(text)


def test_the_servers_of_the_system(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# a comment\nsearch example.jp\nnameserver 192.0.2.53\nnameserver nonsense\nnameserver 2001:db8::53\n"
    )
    assert live.of_the_system(file) == (live.Server("192.0.2.53"), live.Server("2001:db8::53"))
    for text in ("search example.jp\n", None):
        file.write_text(text) if text else file.unlink()
        with pytest.raises(live.NoServer, match="--dns"):
            live.of_the_system(file)


def test_nothing_else_in_the_package_can_ask() -> None:
    package = Path(live.__file__).parents[1]
    importers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        if name.split(".")[0] in ("dns", "socket")
    }
    assert importers == {"sources/dns.py", "sources/doh.py"}
