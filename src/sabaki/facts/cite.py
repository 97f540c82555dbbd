"""Evidence out of facts: the thing and its place, always together."""

from __future__ import annotations

from sabaki.model.case import AuthResult, BrandMention, Case, Hop, Phrase, Stamp
from sabaki.model.evidence import Evidence, Grade, Location, Provenance
from sabaki.model.knowledge import Knowledge
from sabaki.model.message import Field, Part
from sabaki.model.observable import Url, UrlTrait


def field(field: Field, grade: Grade = Grade.SELF_DECLARED) -> Evidence:
    """A header field as it stands in the mail."""
    return Evidence("field", f"{field.name}: {field.value}", grade, Provenance("mail.fields", location=field.location))


def hop(hop: Hop) -> Evidence:
    """A Received field, with the grade that the trust line gives it."""
    return Evidence("hop", hop.text, hop.grade, Provenance("mail.received", hop.dialect, hop.location))


def url(url: Url, trait: UrlTrait | None = None) -> Evidence:
    """A link in the mail: our own observation of the bytes."""
    method = f"{trait.id}: {trait.detail}" if trait else url.source
    return Evidence("url", url.value or url.raw, url.grade, Provenance("mail.urls", method, url.location))


def phrase(phrase: Phrase) -> Evidence:
    """A phrase that a rule of the lexicon recognised."""
    return Evidence("text", phrase.text, Grade.INFERRED, Provenance("facts.lure", f"{phrase.id} in {phrase.where}"))


def brand(mention: BrandMention) -> Evidence:
    """A brand that the mail names."""
    return Evidence(
        "brand", mention.text, Grade.INFERRED, Provenance("facts.brands", f"{mention.id} in {mention.where}")
    )


def stamp(stamp: Stamp) -> Evidence:
    """A filter's mark."""
    value = f"{stamp.field_name}: {stamp.text}"
    return Evidence("stamp", value, stamp.grade, Provenance("facts.stamps", stamp.kind, stamp.location))


def auth(result: AuthResult) -> Evidence:
    """An authentication result as some server wrote it."""
    value = f"{result.method}={result.result}"
    return Evidence(
        "authentication", value, result.grade, Provenance("protocols.authres", result.authserv_id, result.location)
    )


def part(part: Part) -> Evidence:
    """A MIME part: an attachment or a body."""
    name = part.filename or part.content_type
    return Evidence("part", name, Grade.VERIFIED, Provenance("mail.mime", part.content_type, part.body))


def answer(by: Knowledge, said: str, method: str = "") -> Evidence:
    """What a source says of something in the mail: whose word it is, and of when."""
    value = f"{by.subject.value[:200]}: {said[:300]}"
    return Evidence(
        "answer", value, by.grade, Provenance(f"sources.{by.source[:40]}", method[:200], obtained_at=by.obtained_at)
    )


def text(
    value: str, *, producer: str, method: str = "", grade: Grade = Grade.INFERRED, location: Location | None = None
) -> Evidence:
    """A piece of text, for what has no type of its own."""
    return Evidence("text", value, grade, Provenance(producer, method, location))


def traits(case: Case, id: str, *, clickable: bool = True) -> list[tuple[Url, UrlTrait]]:
    """The links that have a trait, with it, in the order of the mail; only those that a click follows, by default."""
    return [
        (url, trait) for url in case.urls if (url.clickable or not clickable) and (trait := url.trait(id)) is not None
    ]


def traited(found: list[tuple[Url, UrlTrait]]) -> tuple[Evidence, ...]:
    """Evidence for links with a trait: the first five."""
    return tuple(url(link, trait) for link, trait in found[:5])
