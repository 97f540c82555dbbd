"""A Postfix instance of its own: configuration, queue, data and log in one directory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.live.places import WORK

_SERVICES = """\
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""
_COMMON = {
    "compatibility_level": "3.6",
    "maillog_file_prefixes": WORK,
    "mydestination": "",
    "alias_maps": "",
    "local_recipient_maps": "",
    "mynetworks": "127.0.0.0/8",
    "inet_protocols": "ipv4",
    "smtputf8_enable": "yes",
    "smtpd_tls_security_level": "may",
    "smtpd_tls_cert_file": f"{WORK}/tls/cert.pem",
    "smtpd_tls_key_file": f"{WORK}/tls/key.pem",
    "smtpd_tls_received_header": "yes",
    "smtp_tls_security_level": "may",
    "milter_default_action": "tempfail",
    "virtual_mailbox_base": f"{WORK}/boxes",
    "virtual_uid_maps": "static:60006",
    "virtual_gid_maps": "static:60006",
    "smtpd_peername_lookup": "yes",
    "biff": "no",
}


def write(name: str, settings: Mapping[str, str], services: str) -> Path:
    """Write an instance below WORK; returns its configuration directory.

    `settings` are those of main.cf that are its own; `services` lines of master.cf, before those that every instance has.
    """
    home = Path(WORK) / name
    etc, queue, data = home / "etc", home / "queue", home / "data"
    for directory in (etc, queue, data):
        directory.mkdir(parents=True)
    shutil.chown(data, "postfix")
    own = {
        **_COMMON,
        "myhostname": name,
        "queue_directory": str(queue),
        "data_directory": str(data),
        "maillog_file": f"{WORK}/logs/{name}.log",
        **settings,
    }
    (etc / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in own.items()))
    (etc / "master.cf").write_text(services + _SERVICES)
    return etc


def boxes(*names: str) -> None:
    """The Maildirs below which the virtual delivery agent writes."""
    base = Path(WORK) / "boxes"
    base.mkdir()
    for directory in (base, *(base / name for name in names)):
        directory.mkdir(exist_ok=True)
        shutil.chown(directory, "yuubin", "yuubin")


def delivered(name: str) -> dict[str, bytes]:
    """The mails in a Maildir, by file name."""
    found: dict[str, bytes] = {}
    for part in ("new", "cur"):
        folder = Path(WORK) / "boxes" / name / part
        if folder.is_dir():
            with os.scandir(folder) as entries:
                found |= {entry.name: Path(entry.path).read_bytes() for entry in entries}
    return found
