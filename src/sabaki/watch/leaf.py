"""The certificate that a host shows, read. It is evidence of who gave it out and when, and not verified here."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509
from cryptography.x509.oid import NameOID

from sabaki.model.watch import Leaf

_MOST_NAMES = 50
_LONGEST = 200
_CALLED = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


def read(der: bytes) -> Leaf:
    """Issuer, serial number, dates and names of a certificate (RFC 5280). What cannot be read is left out; the fingerprint is always there."""
    fingerprint = sha256(der).hexdigest()
    try:
        certificate = x509.load_der_x509_certificate(der)
        return Leaf(
            fingerprint=fingerprint,
            issuer=_name(certificate.issuer),
            serial=f"{certificate.serial_number:x}"[:_LONGEST],
            not_before=_date(certificate.not_valid_before_utc),
            not_after=_date(certificate.not_valid_after_utc),
            names=_names(certificate),
        )
    except (ValueError, TypeError, OverflowError, x509.InvalidVersion):
        return Leaf(fingerprint=fingerprint)


def _name(name: x509.Name) -> str:
    """The organisation and the common name, as far as they are there."""
    found = [str(each.value) for id in reversed(_CALLED) for each in name.get_attributes_for_oid(id)[:1]]
    return " ".join(dict.fromkeys(found))[:_LONGEST]


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ()
    return tuple(name[:_LONGEST] for name in extension.value.get_values_for_type(x509.DNSName)[:_MOST_NAMES])


def _date(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
