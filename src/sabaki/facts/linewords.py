"""The sentences of the trust line: why a hop stands above or below it, and what to name to have a better one."""

from __future__ import annotations

from sabaki.facts.networks import is_inside
from sabaki.facts.ours import Link, Ours, is_by_local_program, is_cloud_exchange, is_fetched
from sabaki.mail.domains import organizational_domain
from sabaki.model.case import Hop, Trust, Vantage
from sabaki.model.evidence import Grade

Pair = tuple[str, str]
"""English and Japanese."""

LATER: Pair = (
    "added after your servers had it, on the way to here",
    "あなたのサーバーを出たあと、ここに来るまでに加わった行です",
)
NO_LINE: Pair = (
    "There is no Received field: nothing shows where the mail came from. Save it with its whole header.",
    "Receivedがないため、どこから来たかを示すものがありません。ヘッダー全体を含めて保存し直してください。",
)


def first(hops: tuple[Hop, ...], start: int, grade: Grade, ours: Ours, by_dns: bool) -> Pair:
    """Why the line starts at this hop. `by_dns`: the DNS names its server as one that receives the recipient's mail."""
    host = hops[start].by or hops[start].by_ip or "?"
    if by_dns:
        return (
            f"by {host}, on the side that the DNS names for the recipient's mail (MX); taken for your server, by inference",
            f"DNSのMXレコードが受信者のメールの届け先として示す側の {host} が書いた行なので、受信側のサーバーと推定しました",
        )
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


def link(hop: Hop, above: Hop, firmness: Link, trust: Trust, ours: Ours) -> Pair:
    """Why a hop below another is above the line still."""
    peer = above.reverse_name or above.ip or above.helo or "the same machine"
    peer_ja = above.reverse_name or above.ip or above.helo or "同じサーバーの中"
    if firmness is Link.LIKELY:
        return _likely(above, peer, peer_ja)
    if ours.sealed(hop.by) and not ours.named(hop.by):
        return (
            f"by {hop.by}, a forwarder whose seals you trust: it handed the mail over ({peer}), and its seal holds (ARC)",
            f"シールを信頼すると指定された転送元の {hop.by} が書いた行です。そこ（{peer_ja}）から受け渡され、ARCシールの検証にも通りました",
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


def _likely(above: Hop, peer: str, peer_ja: str) -> Pair:
    if is_fetched(above):
        return (
            f"fetched from the mailbox on {above.helo or peer}, whose server put this line on top: inferred only",
            f"{above.helo or peer_ja} のメールボックスから取り込んだメールで、この行が最上段にありました。推定にとどめます",
        )
    if is_by_local_program(above):
        return (
            f"put in by a program on {above.by or 'the same machine'}, which could have written this line: inferred only",
            "サーバー内のプログラムが投入したメールです。この行もそのプログラムが書けるため、推定にとどめます",
        )
    return (
        f"handed over by {peer}, which looks like one of yours but is not proved to be: inferred only",
        f"{peer_ja} から受け渡されています。自分のサーバーらしいものの裏付けがないため、推定にとどめます",
    )


def claimed(hop: Hop, ours: Ours, firmness: Link) -> Pair:
    """Why a hop is below the line."""
    if ours.named(hop.by) or (hop.by_ip and hop.by_ip in ours.addresses):
        return (
            "below the line: it calls itself yours, which anyone can write",
            "信頼線より下です。あなたのサーバーを名乗っていますが、それは誰にでも書けます",
        )
    if firmness is not Link.NONE:
        return (
            f"below the line: your side handed the mail over, yet this line is by {hop.by or hop.by_ip or 'nobody'}, not by it",
            "信頼線より下です。自分側からの受け渡しですが、この行を書いたのはそのサーバーではありません",
        )
    return (
        "below the line: the sender could have written it",
        "信頼線より下です。送信者が書いたものかもしれません",
    )


def to_name(above: list[Hop], vantage: Vantage, ours: Ours, named: Ours) -> Pair:
    """Which flags to give: the names seen on our side of the inferred line, the topmost first."""
    peers = [*(hop.reverse_name for hop in above[:-1]), ""]
    names = [name for hop, peer in zip(above, peers, strict=True) for name in (hop.by, peer)]
    seen = [_flag(name) for name in names if name and organizational_domain(name) and ours.host(name)]
    seen = list(dict.fromkeys(seen))[:4]
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


def _flag(host: str) -> str:
    """What to name for a host: of Exchange Online, whose hosts are another with every mail, all of them."""
    return f"'*.{organizational_domain(host)}'" if is_cloud_exchange(host) else host


def to_extend(above: list[Hop], ours: Ours) -> Pair:
    """Where the named line ends at a server of the same organization, or falls to I: what to name as well."""
    last = above[-1]
    doubtful = next((hop for hop in above if hop.grade is Grade.INFERRED), None)
    organizations = {organizational_domain(host) for host in ours.hosts | ours.by_dns} | set(ours.domains)
    if doubtful and doubtful.by and not (ours.named(doubtful.by) or ours.sealed(doubtful.by)) and "." in doubtful.by:
        name = doubtful.by
    elif not ours.named(last.reverse_name) and organizational_domain(last.reverse_name) in organizations - {None}:
        name = last.reverse_name
    elif last.ip and not is_inside(last.ip) and ours.host(last.helo) and ours.link(last) is Link.NONE:
        name = last.ip
    else:
        return "", ""
    return (
        f"If {name} is yours too, name it, and the line goes further down: --own-host {name}",
        f"{name} も自分のサーバーなら、指定すると信頼線を更に下へ延ばせます: --own-host {name}",
    )
