"""What to do: advice that fits what the mail holds and wants, for those who received it and for administrators."""

from __future__ import annotations

from sabaki.model.evidence import Grade
from sabaki.model.finding import Severity
from sabaki.model.report import Label
from sabaki.render import aim, defang, enclosed, words
from sabaki.render.blocks import Block, Bullets, Section, Statement
from sabaki.render.voice import Voice, cut

_LOOK_INTO = frozenset(
    "own_domain_subdomain own_domain_in_path recipient_in_url brand_in_host lookalike_host mixed_script text_mismatch "
    "ip_host odd_ip userinfo random_host free_hosting shortener risky_tld cms_path download".split()
)


def section(voice: Voice) -> Section:
    """What readers and administrators should do."""
    say = voice.say
    blocks: list[Block] = [
        Bullets(
            tuple(Statement(text) for text in for_readers(voice)),
            say("If you have received such a mail", "このようなメールを受け取った方へ"),
        ),
        Bullets(
            tuple(Statement(text) for text in _for_administrators(voice)), say("For administrators", "管理者の方へ")
        ),
    ]
    return Section("advice", say("What to do", "対処"), tuple(blocks))


def for_readers(voice: Voice) -> list[str]:
    """Advice for those who received the mail; the first sentence is the one that matters most."""
    say, label = voice.say, voice.report.verdict.label
    other_way = say(
        "To make sure, use your own bookmark, the official app, or a number that you already know; not what the mail offers.",
        "確かめたいときは、メールに書かれたリンクや連絡先ではなく、ご自分のブックマークや公式アプリ、以前から知っている連絡先をお使いください。",
    )
    if label is Label.BENIGN:
        return [
            say("Nothing needs to be done.", "特別な対処は必要ありません。"),
            say(
                "If a request in it surprises you all the same, ask the sender by a way that you already know.",
                "それでも依頼の内容に心当たりがない場合は、以前から知っている連絡先で差出人に確かめてください。",
            ),
        ]
    if label is Label.UNDETERMINED:
        return [
            _while_unsure(voice),
            other_way,
        ]
    advice = [
        _hands_off(voice),
        other_way,
    ]
    if voice.found("lure/office_fraud"):
        advice.append(voice.word(aim.OFFICE))
    for kind in aim.kinds(voice.report)[:3]:
        advice += [voice.word(pair) for pair in aim.READERS.get(kind, ())]
    advice.append(
        say(
            "If harm was done, tell the police; in any case report the mail to your provider or your country's reporting desk.",
            "被害に遭ったときは警察相談専用電話（#9110）へ。情報提供は、フィッシング対策協議会や迷惑メール相談センターで受け付けています。",
        )
    )
    return advice


def _held(voice: Voice) -> tuple[bool, bool]:
    """Whether there is a link to click, and a file to open."""
    report = voice.report
    return any(url.clickable for url in report.urls), bool(enclosed.shown(report))


def _hands_off(voice: Voice) -> str:
    pairs: dict[tuple[bool, bool], words.Pair] = {
        (True, True): (
            "Do not follow its links, do not open what is attached, do not answer.",
            "リンクや添付ファイルを開かず、返信もしないでください。",
        ),
        (True, False): ("Do not follow its links, and do not answer.", "リンクを開かず、返信もしないでください。"),
        (False, True): (
            "Do not open what is attached, and do not answer.",
            "添付ファイルを開かず、返信もしないでください。",
        ),
        (False, False): ("Do not answer, and do not do what it asks.", "返信せず、求めに応じないでください。"),
    }
    return voice.word(pairs[_held(voice)])


def _while_unsure(voice: Voice) -> str:
    pairs: dict[tuple[bool, bool], words.Pair] = {
        (True, True): (
            "If you do not expect this mail, leave its links and attachments alone until you have made sure.",
            "心当たりがなければ、確認が取れるまでリンクや添付ファイルを開かないでください。",
        ),
        (True, False): (
            "If you do not expect this mail, leave its links alone until you have made sure.",
            "心当たりがなければ、確認が取れるまでリンクを開かないでください。",
        ),
        (False, True): (
            "If you do not expect this mail, leave what is attached alone until you have made sure.",
            "心当たりがなければ、確認が取れるまで添付ファイルを開かないでください。",
        ),
        (False, False): (
            "If you do not expect this mail, make sure who sent it before you answer.",
            "心当たりがなければ、返信する前に差出人を確かめてください。",
        ),
    }
    return voice.word(pairs[_held(voice)])


def _for_administrators(voice: Voice) -> list[str]:
    report, say = voice.report, voice.say
    advice = []
    if voice.accused:
        advice += _against(voice)
    else:
        advice.append(
            say(
                "If users ask about it: what is listed under “could not be checked” is where to look next.",
                "問い合わせを受けた場合は、「確認できていないこと」に挙げた項目から調べてください。",
            )
        )
    if report.trust.basis != "named":
        advice.append(
            say(
                "Name your own mail servers and domains and dissect it again: then the way of the mail can be attested.",
                "自分のメールサーバーとドメインを指定して、もう一度調べてください。経路に裏付けが付きます。",
            )
        )
    return advice


def _against(voice: Voice) -> list[str]:
    report, say = voice.report, voice.say
    advice = []
    taken = voice.found("route/taken_over_account")
    if taken is not None and taken.severity is not Severity.HIGH:
        advice.append(
            say(
                f"Ask whoever runs {cut(report.origin.auth_account)} whether they sent this mail.",
                f"{cut(report.origin.auth_account)} の管理者に、このメールを送った覚えがあるか確かめてください。",
            )
        )
    elif taken is not None:
        advice.append(
            say(
                f"Tell the owner of {cut(report.origin.auth_account)}, or their provider, that the account is being misused.",
                f"{cut(report.origin.auth_account)} の持ち主か、その契約先の事業者に、アカウントが悪用されていることを知らせてください。",
            )
        )
    hosts = indicators(voice)
    if hosts:
        listed = ", ".join(defang.host(host) for host in hosts)
        advice.append(
            say(
                f"Look for these hosts in proxy and DNS logs to see who followed a link, and consider blocking them: {listed}",
                f"次のホストをプロキシやDNSの記録で探して、開いた利用者がいないか確かめ、遮断も検討してください: {listed}",
            )
        )
    if report.origin.ip and report.origin.grade is not Grade.SELF_DECLARED:
        advice.append(
            say(
                f"Look for other mails from {report.origin.ip} in the mail log; the address alone may be shared with innocents.",
                f"メールのログで、{report.origin.ip} から届いたほかのメールを探してください。ただし、IPアドレスは無関係な人と共有されていることがあります。",
            )
        )
    advice.append(
        say(
            "Keep the raw mail: its header is the evidence. Warn those who may have received the same.",
            "ヘッダーを含む元のメールを証拠として保存し、同じメールが届いていそうな利用者へ注意を促してください。",
        )
    )
    return advice


def indicators(voice: Voice) -> list[str]:
    """Hosts of links that something speaks against; never the recipient's own."""
    own = voice.report.own_domains
    hosts = [
        url.host
        for url in voice.report.urls
        if url.clickable
        and url.host
        and (url.registrable_domain or url.host) not in own
        and _LOOK_INTO.intersection(trait.id for trait in url.traits)
    ]
    return list(dict.fromkeys(hosts))[:6]
