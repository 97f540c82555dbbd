"""The servers of the test's network: one for DNS, four Postfix, a signer, a verifier."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import NameOID

from tests.live import places, postfix
from tests.live.namespace import CannotRun, run, start
from tests.live.places import KEYS, WORK

SIGNER, VERIFIER = 8891, 8892
LOGS = Path(WORK) / "logs"
PEM = serialization.Encoding.PEM

_NSD = """\
server:
  ip-address: 127.0.0.1
  do-ip6: no
  username: nsd
  zonesdir: "{work}/dns"
  database: ""
  zonelistfile: "{work}/dns/zone.list"
  xfrdfile: "{work}/dns/xfrd.state"
  pidfile: "{work}/dns/nsd.pid"
  xfrdir: "{work}/dns"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
"""
_OPENDKIM = """\
Syslog no
Background no
Canonicalization relaxed/simple
SignatureAlgorithm rsa-sha256
OversignHeaders From
Nameservers 127.0.0.1
RequireSafeKeys no
"""
_SIGNING = """\
Mode s
Socket inet:{port}@127.0.0.1
KeyTable {keys}/table
SigningTable refile:{keys}/signing
InternalHosts {keys}/inside
"""
_VERIFYING = """\
Mode v
Socket inet:{port}@127.0.0.1
AuthservID {mx}
AlwaysAddARHeader yes
"""
_POLICY = """\
debugLevel = 1
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
skip_addresses = 127.0.0.0/8
Header_Type = {header}
Authserv_Id = {mx}
"""


def start_all() -> list[subprocess.Popen[bytes]]:
    """Write every configuration, start every server, and wait until each answers. Raises CannotRun."""
    LOGS.mkdir(mode=0o755)
    _certificate()
    keys = _keys()
    running = [_dns(keys), *_dkim()]
    instances = [_university(), _forwarder(), _mx(), _second_mx()]
    postfix.boxes("user", "sensei", "sealed")
    starting = [start(("postfix", "-c", str(etc), "start"), LOGS / "start.log") for etc in instances]
    for each in starting:
        if each.wait(timeout=30):
            raise CannotRun(f"postfix does not start: {(LOGS / 'start.log').read_text()[-2000:]}")
    for host, port in (
        ("127.0.0.1", 53),
        ("127.0.0.1", SIGNER),
        ("127.0.0.1", VERIFIER),
        (places.GAKUIN_IP, 25),
        (places.GAKUIN_IP, 587),
        (places.TSUUKA_IP, 25),
        (places.MEIBO_IP, 25),
        (places.SEALER_IP, 25),
        (places.MX_IP, 25),
        (places.MX_IP6, 25),
        (places.MX2_IP, 25),
    ):
        _await(host, port)
    return running


def _await(host: str, port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError as error:
            if time.monotonic() > deadline:
                raise CannotRun(f"nothing answers at {host} port {port}: {error}") from error
            time.sleep(0.05)
        else:
            return


def _certificate() -> None:
    """One self-signed certificate for every server."""
    folder = Path(WORK) / "tls"
    folder.mkdir()
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(PEM))
    _private(folder / "key.pem", key)


def _private(path: Path, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def _keys() -> dict[str, str]:
    """DKIM keys: RSA for the university, the shop and the forwarder, Ed25519 for the shop besides (RFC 8463)."""
    KEYS.mkdir()
    published = {}
    for domain in ("gakuin.example", "kouri.example", "tsuuka.example"):
        key = rsa.generate_private_key(65537, 2048)
        _private(KEYS / f"{places.SELECTOR}.{domain}.pem", key)
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
        published[f"{places.SELECTOR}._domainkey.{domain}"] = record
    curve = ed25519.Ed25519PrivateKey.generate()
    _private(KEYS / "e1.kouri.example.pem", curve)
    public = curve.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    published["e1._domainkey.kouri.example"] = f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    return published


def _dns(keys: dict[str, str]) -> subprocess.Popen[bytes]:
    folder = Path(WORK) / "dns"
    folder.mkdir()
    shutil.chown(folder, "nsd")
    (folder / "nsd.conf").write_text(_NSD.format(work=WORK))
    (folder / "root.zone").write_text(places.zone(keys))
    run("nsd-checkzone", ".", str(folder / "root.zone"))
    return start(("nsd", "-d", "-c", str(folder / "nsd.conf")), LOGS / "nsd.log")


def _dkim() -> list[subprocess.Popen[bytes]]:
    name = f"{places.SELECTOR}.gakuin.example"
    (KEYS / "table").write_text(f"{name} gakuin.example:{places.SELECTOR}:{KEYS}/{name}.pem\n")
    (KEYS / "signing").write_text(f"*@gakuin.example {name}\n")
    (KEYS / "inside").write_text("127.0.0.1\n192.0.2.77\n")
    (KEYS / "signer.conf").write_text(_OPENDKIM + _SIGNING.format(port=SIGNER, keys=KEYS))
    (KEYS / "verifier.conf").write_text(_OPENDKIM + _VERIFYING.format(port=VERIFIER, mx=places.MX))
    return [
        start(("opendkim", "-f", "-x", str(KEYS / f"{name}.conf")), LOGS / f"{name}.log")
        for name in ("signer", "verifier")
    ]


def _university() -> Path:
    """Takes mail from its people, with an account or from inside, signs it, and has mailboxes of its own."""
    settings = {
        "inet_interfaces": places.GAKUIN_IP,
        "smtp_bind_address": places.GAKUIN_IP,
        "mynetworks": f"127.0.0.0/8 {places.DESK_IP}/32",
        "virtual_mailbox_domains": "gakuin.example",
        "virtual_mailbox_maps": "inline:{ sensei@gakuin.example=sensei/ }",
        "smtpd_sasl_local_domain": "gakuin.example",
        "smtpd_sasl_authenticated_header": "yes",
        "smtpd_relay_restrictions": "permit_mynetworks permit_sasl_authenticated reject_unauth_destination",
        "smtpd_milters": f"inet:127.0.0.1:{SIGNER}",
    }
    services = (
        "smtp inet n - n - - smtpd\n"
        "587 inet n - n - - smtpd\n -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes -o mynetworks=127.0.0.0/8\n"
    )
    etc = postfix.write(places.GAKUIN, settings, services)
    _accounts(etc / "sasl")
    return etc


def _accounts(folder: Path) -> None:
    """The accounts, where Debian's Postfix has Cyrus SASL look for them: `sasl` in the configuration directory."""
    folder.mkdir()
    base = folder / "sasldb2"
    for account, password in places.ACCOUNTS.items():
        run("saslpasswd2", "-p", "-c", "-f", str(base), "-u", "gakuin.example", account, given=password)
    shutil.chown(base, "postfix")
    (folder / "smtpd.conf").write_text(
        f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {base}\nmech_list: PLAIN LOGIN\n"
    )


def _forwarder() -> Path:
    """Old addresses that lead on; and beside them a list's address, where a line of the text is changed."""
    footer = Path(WORK) / "footer"
    footer.write_text("/^-- ?$/ REPLACE _______________________ meibo@tsuuka.example\n")
    settings = {
        "inet_interfaces": f"{places.TSUUKA_IP} {places.MEIBO_IP} {places.SEALER_IP}",
        "smtp_bind_address": places.TSUUKA_IP,
        "virtual_alias_domains": "tsuuka.example meibo.tsuuka.example",
        "virtual_alias_maps": (
            "inline:{ kyuu@tsuuka.example=user@jimusho.example minna@meibo.tsuuka.example=user@jimusho.example }"
        ),
        "virtual_mailbox_domains": places.SEALER,
        "virtual_mailbox_maps": f"inline:{{ user@{places.SEALER}=sealed/ }}",
    }
    services = (
        f"{places.TSUUKA_IP}:25 inet n - n - - smtpd\n"
        f"{places.MEIBO_IP}:25 inet n - n - - smtpd\n"
        f" -o myhostname={places.MEIBO} -o cleanup_service_name=footer\n"
        f"{places.SEALER_IP}:25 inet n - n - - smtpd\n -o myhostname={places.SEALER}\n"
        f"footer unix n - n - 0 cleanup\n -o body_checks=regexp:{footer}\n"
    )
    return postfix.write(places.TSUUKA, settings, services)


def _policy(header: str) -> str:
    path = Path(WORK) / f"policy-{header}.conf"
    path.write_text(_POLICY.format(header=header, mx=places.MX))
    return f"policy unix - n n - 0 spawn\n user=policyd-spf argv=/usr/bin/policyd-spf {path}\n"


def _mx() -> Path:
    """The reader's MX: SPF by policyd-spf, DKIM by opendkim, both noted as Authentication-Results."""
    settings = {
        "inet_interfaces": f"{places.MX_IP} [{places.MX_IP6}]",
        "inet_protocols": "all",
        "virtual_mailbox_domains": "jimusho.example",
        "virtual_mailbox_maps": "inline:{ user@jimusho.example=user/ }",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": "check_policy_service unix:private/policy",
        "smtpd_milters": f"inet:127.0.0.1:{VERIFIER}",
    }
    return postfix.write(places.MX, settings, "smtp inet n - n - - smtpd\n" + _policy("AR"))


def _second_mx() -> Path:
    """The second MX: notes SPF in the older field (RFC 7208 section 9.1) and hands on to the first."""
    settings = {
        "inet_interfaces": places.MX2_IP,
        "smtp_bind_address": places.MX2_IP,
        "relay_domains": "jimusho.example",
        "relayhost": f"[{places.MX}]",
        "smtpd_relay_restrictions": "reject_unauth_destination",
        "smtpd_recipient_restrictions": "check_policy_service unix:private/policy",
    }
    return postfix.write(places.MX2, settings, "smtp inet n - n - - smtpd\n" + _policy("SPF"))
