"""The trust line: which hops our servers wrote, and which the sender could have written.

A mail has no trust line of its own. Two things make one:

- *named*: the reader says which servers and domains are theirs. Where the topmost Received field says that it is by one of
  them, it is taken as theirs: that the file comes out of their own mailbox is the reader's word, and the reason says so. Where
  other fields stand above (the mail was passed on or fetched later), those must lead down to a server of ours: the topmost
  server's own hops, the last of which had the mail from us. Anyone can write our name below that.
- *inferred*: nothing was named, or nothing named can be reached. The topmost field's server, and what shares its
  organizational domain, is taken for the reader's. All of it is graded I, never A.

From there the line goes down only as long as the hand-over holds: a hop of ours whose peer is ours too vouches for the field
right below it, if that field says that it is by that peer, by one of ours or by a machine without a full name. How we know the
peer decides the grade. These keep it: an address of ours, a name of ours that our server looked up and back again, loopback
with a local greeting, a named server's greeting from a private address, Exchange Online's own network. These lower it to I for
all that is below: a greeting of ours from next door, a program on the machine that put the mail in, and, where the line is
inferred anyway, a private address alone. A name looked up one way only lowers it too: whoever owns an address can give it any
name. A greeting (HELO) from outside proves nothing. At the first peer that is not ours the line ends. A field below it may call
itself ours as often as it likes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from enum import Enum

import msgspec
from msgspec.structs import replace

from sabaki.facts.networks import are_near, is_exchange_online, is_inside, is_line_name
from sabaki.mail.domains import organizational_domain
from sabaki.mail.peers import address
from sabaki.model.case import Hop, Trust, TrustLine, Vantage
from sabaki.model.evidence import Grade

VERIFYING = frozenset({"postfix", "sendmail", "exim"})
"""Dialects whose `reverse_name` was looked up and back again (RFC 1912 section 2.1); others do it one way or not at all."""
_FETCHED = ("pop", "imap")


class Link(Enum):
    """How firmly a hop shows that its peer is ours."""

    NONE = 0
    LIKELY = 1
    FIRM = 2


class Ours(msgspec.Struct, frozen=True):
    """What counts as the reader's: names, addresses, domains; `guessed` where a rule of ours says so, not the reader."""

    hosts: frozenset[str]
    addresses: frozenset[str]
    domains: tuple[str, ...]
    guessed: bool = False

    def host(self, name: str) -> bool:
        """Whether a host is ours: the very name, or under a domain of ours, label by label."""
        name = name.lower().rstrip(".")
        if not name:
            return False
        return name in self.hosts or any(name == mine or name.endswith(f".{mine}") for mine in self.domains)

    def with_organization(self, hop: Hop) -> Ours:
        """The same, and the organization of a hop that was taken in."""
        organization = organizational_domain(hop.by)
        known = not organization or self.host(hop.by)
        return self if known else replace(self, domains=(*self.domains, organization or ""))

    def wrote(self, hop: Hop) -> bool:
        """Whether a hop says that it is by us."""
        return self.host(hop.by) or (bool(hop.by_ip) and hop.by_ip in self.addresses)

    def looked_up(self, hop: Hop) -> bool:
        """Whether the peer's looked-up name is ours; a customer's line under a provider's domain is not.

        Nor is a name of which sendmail says that it "may be forged": it does not lead back to the address.
        """
        name = hop.reverse_name.lower()
        refuted = "(may be forged)" in hop.text
        return self.host(name) and not refuted and (name in self.hosts or not is_line_name(name, hop.ip))

    def link(self, hop: Hop) -> Link:
        """How firmly a hop of ours shows that its peer is ours too."""
        kind = hop.protocol.lower()
        if kind.startswith("http") and hop.dialect != "exchange":  # a person at a browser; Exchange's stores use it too
            return Link.NONE
        if _fetched(hop) or _by_local_program(hop):
            return Link.LIKELY
        if not hop.ip or (_is_lmtp(hop) and is_inside(hop.ip)):
            return Link.FIRM if hop.internal else Link.NONE
        if hop.ip in self.addresses:
            return Link.FIRM
        if is_inside(hop.ip):
            return self._link_inside(hop)
        if self.looked_up(hop):
            return Link.FIRM if hop.dialect in VERIFYING else Link.LIKELY
        if not self.host(hop.helo):
            return Link.NONE
        if hop.dialect == "exchange" and is_exchange_online(hop.ip):
            return Link.FIRM
        return Link.LIKELY if hop.by_ip and are_near(hop.ip, hop.by_ip) else Link.NONE

    def _link_inside(self, hop: Hop) -> Link:
        """A peer at loopback or at a private address.

        Behind a gateway, a tunnel or a transparent filter an outsider has such an address too: his greeting tells.
        """
        greeting = hop.helo.lower()
        if self.looked_up(hop):  # outsiders have no say in names for these addresses
            return Link.FIRM
        if ipaddress.ip_address(hop.ip).is_loopback:
            local = "." not in greeting or greeting == "localhost.localdomain" or bool(address(greeting))
            return Link.FIRM if local or self.host(greeting) else Link.NONE
        if greeting == hop.by:
            return Link.NONE
        if greeting in self.hosts and not self.guessed:
            return Link.FIRM
        return Link.LIKELY if self.guessed or self.host(greeting) else Link.NONE


def _is_lmtp(hop: Hop) -> bool:
    """Whether a mail store took the mail from its own MTA (RFC 2033): outsiders are not let in there."""
    return hop.protocol.lower().startswith("lmtp")


def _fetched(hop: Hop) -> bool:
    """Whether the mail was fetched out of a mailbox."""
    return hop.protocol.lower().startswith(_FETCHED)


def _by_local_program(hop: Hop) -> bool:
    """Whether a program on the machine put the mail in: it may have written the fields below."""
    kind = hop.protocol.lower()
    if hop.via.startswith(("uid ", "userid ")) or (
        kind.startswith(("local", "mapi", "microsoft smtpsvc")) and hop.internal
    ):
        return True
    return hop.internal and hop.dialect == "sendmail" and not hop.ip


def _named(vantage: Vantage) -> Ours:
    hosts = [host.strip().lower().rstrip(".") for host in vantage.own_hosts]
    addresses = frozenset(found for host in hosts if (found := address(host)))
    names = frozenset(host for host in hosts if host and not address(host))
    domains = tuple(domain.strip().lower().strip(".") for domain in vantage.own_domains)
    return Ours(names, addresses, tuple(domain for domain in domains if domain))


def _inferred(hops: tuple[Hop, ...]) -> Ours:
    """The topmost server and its organization; past a hand-over inside, the first that has a full name."""
    for hop in hops:
        organization = organizational_domain(hop.by)
        if organization:
            return Ours(frozenset({hop.by}), frozenset(), (organization,), guessed=True)
        if not (hop.internal or _fetched(hop) or (hop.ip and is_inside(hop.ip))):
            break
    return Ours(frozenset({hops[0].by} - {""}), frozenset({hops[0].by_ip} - {""}), (), guessed=True)


def draw(hops: tuple[Hop, ...], vantage: Vantage) -> tuple[tuple[Hop, ...], TrustLine]:
    """Put every hop on its side of the line, with the reason, and describe the line."""
    if not hops:
        return hops, _no_line()
    ours = _named(vantage)
    if ours.wrote(hops[0]):
        placed = _walk(hops, 0, ours, Grade.ATTESTED)
        return placed, _line("named", placed, ours, *_advice_to_extend(placed, ours))
    inferred = _inferred(hops)
    guess = _walk(hops, 0, inferred, Grade.INFERRED)
    start, grade = _start(hops, ours, len(attested(guess)))
    if start is not None:
        placed = _walk(hops, start, ours, grade)
        return placed, _line("named", placed, ours, *_advice_to_extend(placed, ours))
    return guess, _line("inferred", guess, inferred, *_advice_to_name(guess, vantage, inferred, ours))


def _start(hops: tuple[Hop, ...], ours: Ours, reached: int) -> tuple[int | None, Grade]:
    """Where the named line starts below the top, and how it is graded: at the first hop that the ones above lead to.

    `reached` counts the hops from the top that are by the topmost server's own side: what they say of the peer holds.
    A hop whose peer is proved to be a named server leads to the field below, whatever name that one bears.
    """
    for place in range(1, min(reached + 1, len(hops))):
        above, hop = hops[place - 1], hops[place]
        if not _is_by_peer(hop, above, ours):
            continue
        link = ours.link(above)
        if link is Link.FIRM and (not above.internal or (_is_lmtp(above) and ours.host(above.helo))):
            return place, Grade.ATTESTED
        if ours.wrote(hop) and (link is not Link.NONE or place < reached):
            return place, Grade.INFERRED
    return None, Grade.INFERRED


def _walk(hops: tuple[Hop, ...], start: int, ours: Ours, grade: Grade) -> tuple[Hop, ...]:
    placed = [_after(hop) for hop in hops[:start]]
    first = Trust.OURS if not start or ours.wrote(hops[start]) else Trust.VOUCHED
    placed.append(_trusted(hops[start], first, grade, _first_reason(hops, start, grade, ours)))
    open_above = True
    for hop in hops[start + 1 :]:
        above = placed[-1]
        link = ours.link(above) if open_above else Link.NONE
        if link is Link.NONE or not _is_by_peer(hop, above, ours):
            placed.append(_claimed(hop, above, ours, link))
            open_above = False
            continue
        if link is Link.LIKELY:
            grade = Grade.INFERRED
        trust = Trust.OURS if ours.wrote(hop) else Trust.VOUCHED
        ours = ours.with_organization(hop) if ours.guessed else ours
        placed.append(_trusted(hop, trust, grade, _link_reason(hop, above, link, trust)))
    return tuple(placed)


def _is_by_peer(below: Hop, above: Hop, ours: Ours) -> bool:
    """Whether the field below can be the one that the peer of the hop above wrote."""
    # qmail-smtpd always writes the line below this note of qmail's; and what was fetched is as the mailbox had it.
    noted = above.dialect == "qmail" and above.via == "network"
    if noted or _fetched(above) or ours.wrote(below) or (below.by_ip and below.by_ip == above.ip):
        return True
    by = below.by
    if "." not in by:
        return bool(by or below.by_ip or below.internal)
    same_machine = above.internal or (bool(above.ip) and is_inside(above.ip))
    names = (above.helo.lower(), above.reverse_name, above.by if same_machine else "")
    peers = {organizational_domain(name) for name in names} - {None}
    return by == "localhost.localdomain" or by in names or organizational_domain(by) in peers


def _trusted(hop: Hop, trust: Trust, grade: Grade, reason: tuple[str, str]) -> Hop:
    return replace(hop, trust=trust, grade=grade, reason=reason[0], reason_ja=reason[1])


def _after(hop: Hop) -> Hop:
    return replace(
        hop,
        reason="added after your servers had it, on the way to here",
        reason_ja="あなたのサーバーを出たあと、ここに来るまでに加わった行です",
    )


def _first_reason(hops: tuple[Hop, ...], start: int, grade: Grade, ours: Ours) -> tuple[str, str]:
    host = hops[start].by or hops[start].by_ip or "?"
    if ours.guessed:
        return (
            f"topmost: {host} is taken for your server, by inference",
            f"最上段の行なので、{host} を受信側のサーバーと推定しました",
        )
    if grade is Grade.INFERRED:
        return (
            f"by {host}, a server that you named, but how the mail came from there to here is not proved: inferred only",
            f"指定された {host} が書いた行ですが、そこからここまでの受け渡しに裏付けがないため、推定にとどめます",
        )
    if not ours.wrote(hops[start]):
        peer = hops[start - 1].reverse_name or hops[start - 1].ip or hops[start - 1].helo
        return (
            f"the hop above had the mail from {peer}, a server that you named; that the file comes from there is your word",
            f"すぐ上の行が、指定された {peer} から受け取ったと記しています。ファイルの出所は利用者の申告を前提にしています",
        )
    return (
        f"by {host}, a server that you named; that the file comes from there is your word",
        f"指定された {host} が書いた行です。ファイルがそこから来たことは、利用者の申告を前提にしています",
    )


def _link_reason(hop: Hop, above: Hop, link: Link, trust: Trust) -> tuple[str, str]:
    peer = above.reverse_name or above.ip or above.helo or "the same machine"
    peer_ja = above.reverse_name or above.ip or above.helo or "同じサーバーの中"
    if link is Link.LIKELY and _fetched(above):
        return (
            f"fetched from the mailbox on {above.helo or peer}, whose server put this line on top: inferred only",
            f"{above.helo or peer_ja} のメールボックスから取り込んだメールで、この行が最上段にありました。推定にとどめます",
        )
    if link is Link.LIKELY:
        if _by_local_program(above):
            return (
                f"put in by a program on {above.by or 'the same machine'}, which could have written this line: inferred only",
                "サーバー内のプログラムが投入したメールです。この行もそのプログラムが書けるため、推定にとどめます",
            )
        return (
            f"handed over by {peer}, which looks like one of yours but is not proved to be: inferred only",
            f"{peer_ja} から受け渡されています。自分のサーバーらしいものの裏付けがないため、推定にとどめます",
        )
    if trust is Trust.OURS:
        return (
            f"by {hop.by or hop.by_ip}, and the hop above got it from your own side ({peer})",
            f"{hop.by or hop.by_ip} が書いた行で、すぐ上の行も自分側（{peer_ja}）から受け取ったと記しています",
        )
    return (
        f"the hop above got it from your own side ({peer}), so this line was already there",
        f"すぐ上の行が自分側（{peer_ja}）からの受け渡しを記しているので、その時点で既にあった行です",
    )


def _claimed(hop: Hop, above: Hop, ours: Ours, link: Link) -> Hop:
    if ours.wrote(hop):
        reason = "below the line: it calls itself yours, which anyone can write"
        reason_ja = "信頼線より下です。あなたのサーバーを名乗っていますが、それは誰にでも書けます"
    elif link is not Link.NONE:
        reason = f"below the line: your side handed the mail over, yet this line is by {hop.by or hop.by_ip or 'nobody'}, not by it"
        reason_ja = "信頼線より下です。自分側からの受け渡しですが、この行を書いたのはそのサーバーではありません"
    else:
        reason = "below the line: the sender could have written it"
        reason_ja = "信頼線より下です。送信者が書いたものかもしれません"
    return replace(hop, reason=reason, reason_ja=reason_ja)


def _no_line() -> TrustLine:
    return TrustLine(
        "none",
        advice="There is no Received field: nothing shows where the mail came from. Save it with its whole header.",
        advice_ja="Receivedがないため、どこから来たかを示すものがありません。ヘッダー全体を含めて保存し直してください。",
    )


def _line(basis: str, hops: tuple[Hop, ...], ours: Ours, advice: str, advice_ja: str) -> TrustLine:
    above = len(attested(hops))
    return TrustLine(basis, above, (*sorted(ours.hosts | ours.addresses), *ours.domains), advice, advice_ja)


def _advice_to_name(hops: tuple[Hop, ...], vantage: Vantage, ours: Ours, named: Ours) -> tuple[str, str]:
    """Which flags to give: the names seen on our side of the inferred line, the topmost first."""
    above = attested(hops)
    peers = [*(hop.reverse_name for hop in above[:-1]), ""]
    names = [name for hop, peer in zip(above, peers, strict=True) for name in (hop.by, peer)]
    seen = [name for name in dict.fromkeys(names) if name and organizational_domain(name) and ours.host(name)][:4]
    last = above[-1]
    if last.ip and not is_inside(last.ip) and named.host(last.helo):
        seen.append(last.ip)  # it greets as a host that was named: whether it is that, only its address can tell
    flags = " ".join(f"--own-host {host}" for host in seen) or "--own-host YOUR.MAIL.SERVER"
    flags = flags if vantage.own_domains else f"{flags} --own-domain YOUR.DOMAIN"
    said = bool(vantage.own_hosts or vantage.own_domains)
    en = "No hop of this mail can be shown to be by the servers that you named. " if said else ""
    ja = "指定されたサーバーが書いたと言える行は、このメールの経路にありません。" if said else ""
    return (
        f"{en}The trust line is inferred from the topmost hop. Name the servers that are yours to have it attested: {flags}",
        f"{ja}信頼線は最上段の行からの推定です。自分のサーバーを指定すると、根拠のある線を引けます: {flags}",
    )


def _advice_to_extend(hops: tuple[Hop, ...], ours: Ours) -> tuple[str, str]:
    """Where the named line ends at a server of the same organization, or falls to I: what to name as well."""
    above = attested(hops)
    last = above[-1]
    doubtful = next((hop for hop in above if hop.grade is Grade.INFERRED), None)
    organizations = {organizational_domain(host) for host in ours.hosts} | set(ours.domains)
    if doubtful and doubtful.by and not ours.wrote(doubtful) and "." in doubtful.by:
        name = doubtful.by
    elif not ours.host(last.reverse_name) and organizational_domain(last.reverse_name) in organizations - {None}:
        name = last.reverse_name
    elif last.ip and not is_inside(last.ip) and ours.host(last.helo) and ours.link(last) is Link.NONE:
        name = last.ip
    else:
        return "", ""
    return (
        f"If {name} is yours too, name it, and the line goes further down: --own-host {name}",
        f"{name} も自分のサーバーなら、指定すると信頼線を更に下へ延ばせます: --own-host {name}",
    )


def attested(hops: Iterable[Hop]) -> list[Hop]:
    """The hops above the line, the topmost first."""
    return [hop for hop in hops if hop.trust is not Trust.CLAIMED]


def writer(hops: tuple[Hop, ...], field: int) -> Hop | None:
    """The lowest attested hop that can have added the header field at that index, or None where none can.

    A server adds on top of what it got: a field above an attested Received field is by that server or one further up.
    What stands above a hop that came after our servers is by whoever had the mail then.
    """
    for hop in hops:
        at = hop.location.field
        if at is not None and at > field:
            return hop if hop.trust is not Trust.CLAIMED else None
    return None
