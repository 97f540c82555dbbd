"""The forms of JPRS (.jp) and of JPNIC (addresses and AS numbers in Japan), in Japanese and in English.

Every line is "[label] value", in the older forms with a letter before it ("f. [組織名]"). The letters differ between the kinds of
domain, so that only the labels count. The Japanese form has the name in both scripts, the English one (asked for by "/e") only in
Latin letters.
"""

from __future__ import annotations

import re

import msgspec

from sabaki.model.knowledge import Contact, Registration
from sabaki.sources import whoisdates, whoisparty
from sabaki.sources.whoistext import lines

_FIELD = re.compile(r"(?:[a-z]\. ?)?\[([^\[\]]{1,40})\][ \t]*(.*)")
_SECTION = re.compile(r"([A-Z][A-Za-z ]{1,30}) Information:")
_KINDS = ("Domain Information:", "Network Information:", "AS Information:")
_UNTIL = re.compile(r"([^(]{1,60}?)\s*\(([0-9]{4}/[0-9]{2}/[0-9]{2})\)")
"""The state of an organisational domain ends with the day until which it is registered: "Connected (2027/03/31)"."""
_PREFECTURE = re.compile(r"(?:東京都|北海道|京都府|大阪府|[^\s都道府県0-9]{2,3}県)")
_NOBODY = ("suspended domain name",)
_LABELS = {
    label: field
    for field, labels in {
        "domain": "ドメイン名|Domain Name",
        "name_ja": "登録者名|組織名",
        "name": "Registrant|Organization",
        "service_ja": "ネットワークサービス名",
        "service": "Network Service Name",
        "kind": "組織種別|Organization Type",
        "created": "登録年月日|Created on|Registered Date|割当年月日|割振年月日|Assigned Date|Allocated Date",
        "expires": "有効期限|Expires on",
        "updated": "最終更新|Last Updated|Last Update",
        "status": "状態|Status|State",
        "lock": "ロック状態|Lock Status",
        "server": "ネームサーバ|ネームサーバー|Name Server",
        "network": "IPネットワークアドレス|Network Number|AS番号|AS Number",
        "network_name": "ネットワーク名|Network Name|AS名|AS Name",
        "abuse": "Abuse",
        "contact": "名前|Name",
        "email": "Email|電子メール",
        "phone": "電話番号|Phone",
        "url": "Web Page",
        "address_ja": "住所",
    }.items()
    for label in labels.split("|")
}


class Form(msgspec.Struct):
    """What the lines have: the registered object's values, those of the public contact, and the kind of object ("Domain" ...)."""

    kind: str = ""
    values: dict[str, list[str]] = {}
    contact: dict[str, list[str]] = {}

    def first(self, *fields: str) -> str:
        """The first value under one of the fields."""
        return next((value for field in fields for value in self.values.get(field, ())), "")


def is_form(text: str) -> bool:
    """Whether an answer is one of these forms."""
    return text.lstrip()[:200].startswith(("[ JPRS database", "[ JPNIC database", *_KINDS))


def read(text: str) -> Form:
    """The first object in an answer, and the contact that belongs to it."""
    form = Form()
    into: dict[str, list[str]] | None = form.values
    for line in lines(text):
        if section := _SECTION.match(line):
            kind = section[1]
            first = kind in ("Domain", "Network", "AS") and not form.kind
            form.kind = kind if first else form.kind
            into = form.values if first else form.contact if kind == "Contact" and not form.contact else None
        elif into is not None and (match := _FIELD.match(line)):
            field, value = _LABELS.get(match[1].strip(), ""), match[2].strip()
            if field and value:
                into.setdefault(field, []).append(value)
    return form


def registration(form: Form) -> Registration:
    """The registration of a domain, a network or an AS number."""
    native = _name(form.first("name_ja", "service_ja"))
    latin = _name(form.first("name", "service"))
    status, until = _status(form)
    contacts = _contacts(form)
    public = contacts[0] if contacts and contacts[0].role != "abuse" else Contact(role="")
    shown = latin or native
    network = form.first("network")
    return Registration(
        holder=shown,
        holder_ja="" if native.isascii() else native,
        # The public contact's prefecture is the holder's only where both are the same.
        region=public.region if public.name and public.name in (native, latin) else "",
        country="JP" if network else "",
        created=whoisdates.parse(form.first("created")),
        updated=whoisdates.parse(form.first("updated")),
        expires=whoisdates.parse(form.first("expires")) or until,
        status=status,
        name_servers=tuple(dict.fromkeys(each.lower().rstrip(".") for each in form.values.get("server", ())))[:30],
        contacts=contacts,
        network=network,
        network_name=form.first("network_name"),
        withheld=whoisparty.Party(name=native, organization=latin).service,
        protocol="whois",
    )


def _name(written: str) -> str:
    return "" if written.lower() in _NOBODY else whoisparty.clean(written)


def _status(form: Form) -> tuple[tuple[str, ...], str | None]:
    """The registry's words, and the day behind them where they say that the domain lives until then."""
    words, until = [], None
    for written in (*form.values.get("status", ()), *form.values.get("lock", ())):
        match = _UNTIL.match(written)
        words.append(match[1] if match else written)
        if match and match[1].lower() in ("connected", "registered"):
            until = until or whoisdates.parse(match[2])
    return tuple(words[:30]), until


def _contacts(form: Form) -> tuple[Contact, ...]:
    """The public contact ("公開連絡窓口"), which is often the registrar's own desk, and the mailboxes for abuse."""

    def value(field: str) -> str:
        return whoisparty.clean(next(iter(form.contact.get(field, ())), ""))

    region = _PREFECTURE.match(value("address_ja"))
    public = Contact(
        role="administrative",
        name=value("contact"),
        email=value("email"),
        phone=value("phone"),
        url=value("url"),
        region=region.group() if region else "",
    )
    abuse = tuple(Contact(role="abuse", email=each) for each in form.values.get("abuse", ())[:5] if "@" in each)
    return ((public,) if public != Contact(role="administrative") else ()) + abuse
