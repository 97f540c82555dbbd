"""Recipes for what mails are kept in and passed on in."""

from __future__ import annotations

import mailbox
import platform
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from pathlib import Path

from bench import real_programs as programs
from bench.real_recipes import LURE, Made, kept, letter, mails_in, recipe, sent

_PYTHON = f"python {platform.python_version()}"
_SUBJECT = "Your mailbox is full"
_HOST = "lure.example"


@recipe("mbox", holders="mbox", mails=3, subject=_SUBJECT, hosts=_HOST)
def _mbox(folder: Path) -> Made:
    kept(mailbox.mbox(folder / "inbox.mbox"), folder, 3)
    return Made(folder / "inbox.mbox", f"{_PYTHON} mailbox")


@recipe("Maildir", holders="", mails=2, subject=_SUBJECT, hosts=_HOST)
def _maildir(folder: Path) -> Made:
    kept(mailbox.Maildir(folder / "Maildir"), folder, 2)
    return Made(folder / "Maildir", f"{_PYTHON} mailbox")


def _passed_on(inside: Message, text: str = "Is this one genuine?\n") -> EmailMessage:
    outside = letter("Fwd: Your mailbox is full", text, author="Tanaka <tanaka@jimusho.example>")
    outside.add_attachment(inside)
    return outside


def _written(folder: Path, message: Message, by: str = f"{_PYTHON} email") -> Made:
    path = folder / "mail.eml"
    path.write_bytes(message.as_bytes())
    return Made(path, by)


@recipe("mail forwarded as attachment", holders="mail", subject=_SUBJECT, hosts=_HOST)
def _attached(folder: Path) -> Made:
    return _written(folder, _passed_on(LURE))


@recipe(".eml in .eml in .eml", holders="mail mail", subject=_SUBJECT, hosts=_HOST)
def _twice(folder: Path) -> Made:
    return _written(folder, _passed_on(_passed_on(LURE)))


@recipe(".eml attached as a file of no type", holders="mail", subject=_SUBJECT, hosts=_HOST)
def _as_file(folder: Path) -> Made:
    message = letter("FW: strange mail", "Please look.\n", ("strange.eml", LURE.as_bytes()))
    return _written(folder, message)


_GMAIL = """Please check this.

---------- Forwarded message ---------
From: Mail support <support@lure.example>
Date: Tue, Nov 10, 2026 at 9:00 AM
Subject: Your mailbox is full
To: Suzuki <suzuki@jimusho.example>


Your mailbox is almost full. Sign in to keep your messages: https://lure.example/login
"""
_OUTLOOK = """これは本物でしょうか。

-----Original Message-----
差出人: Mail support <support@lure.example>
送信日時: 2026年11月10日 9:00
宛先: 鈴木 <suzuki@jimusho.example>
件名: Your mailbox is full

Your mailbox is almost full. Sign in to keep your messages: https://lure.example/login
"""


@recipe("forwarded inline, as Gmail does", holders="quoted", subject=_SUBJECT, hosts=_HOST)
def _gmail(folder: Path) -> Made:
    return _written(folder, letter("Fwd: Your mailbox is full", _GMAIL, author="Tanaka <tanaka@jimusho.example>"))


@recipe("forwarded inline, as Outlook in Japanese does", holders="quoted", subject=_SUBJECT, hosts=_HOST)
def _outlook(folder: Path) -> Made:
    return _written(folder, letter("FW: Your mailbox is full", _OUTLOOK, author="田中 <tanaka@jimusho.example>"))


@recipe("pasted headers", subject=_SUBJECT, holders="")
def _headers(folder: Path) -> Made:
    path = folder / "headers.txt"
    head = LURE.as_bytes().partition(b"\r\n\r\n")[0]
    path.write_bytes(b"\n\n" + head.replace(b"\r\n", b"\n").rstrip())
    return Made(path, "by hand")


@recipe("gzip of a mail", holders="gzip", subject=_SUBJECT, hosts=_HOST)
def _gzip(folder: Path) -> Made:
    programs.run("gzip", str(mails_in(folder, 1)[0]), folder=folder)
    return Made(folder / "lure1.eml.gz", programs.version("gzip"))


@recipe("zip of mails", holders="zip", mails=3, subject=_SUBJECT, hosts=_HOST)
def _zip(folder: Path) -> Made:
    programs.run("zip", "-q", "mails.zip", *(path.name for path in mails_in(folder, 3)), folder=folder)
    return Made(folder / "mails.zip", programs.version("zip"))


@recipe("7z of mails, password infected", holders="7z", mails=3, subject=_SUBJECT, hosts=_HOST)
def _7z(folder: Path) -> Made:
    names = [path.name for path in mails_in(folder, 3)]
    programs.run("7z", "a", "-pinfected", "-mhe=on", "mails.7z", *names, folder=folder)
    return Made(folder / "mails.7z", programs.version("7z"))


@recipe("zip of mails, password infected", holders="zip", mails=2, subject=_SUBJECT, hosts=_HOST)
def _locked_zip(folder: Path) -> Made:
    names = [path.name for path in mails_in(folder, 2)]
    programs.run("zip", "-q", "-P", "infected", "mails.zip", *names, folder=folder)
    return Made(folder / "mails.zip", programs.version("zip"))


@recipe("tar.gz of mails", holders="gzip tar", mails=3, subject=_SUBJECT, hosts=_HOST)
def _tar(folder: Path) -> Made:
    programs.run("tar", "czf", "mails.tar.gz", *(path.name for path in mails_in(folder, 3)), folder=folder)
    return Made(folder / "mails.tar.gz", programs.version("tar"))


@recipe("zip of mails, stored", holders="zip", mails=2, subject=_SUBJECT, hosts=_HOST)
def _stored(folder: Path) -> Made:
    return _unpacked(folder, "mails.zip", "zip", "-q", "-0", "mails.zip")


@recipe("tar of mails", holders="tar", mails=2, subject=_SUBJECT, hosts=_HOST)
def _plain_tar(folder: Path) -> Made:
    return _unpacked(folder, "mails.tar", "tar", "cf", "mails.tar")


@recipe("7z of mails, stored", holders="7z", mails=2, subject=_SUBJECT, hosts=_HOST)
def _stored_7z(folder: Path) -> Made:
    return _unpacked(folder, "mails.7z", "7z", "a", "-mx=0", "mails.7z")


@recipe("disk image (iso) of mails", holders="iso", mails=2, subject=_SUBJECT, hosts=_HOST)
def _iso(folder: Path) -> Made:
    return _unpacked(folder, "mails.iso", "genisoimage", "-quiet", "-J", "-o", "mails.iso")


def _unpacked(folder: Path, name: str, *command: str) -> Made:
    """Mails in a container that leaves them as they are."""
    programs.run(*command, *(path.name for path in mails_in(folder, 2)), folder=folder)
    return Made(folder / name, programs.version(command[0]))


@recipe("zip of an mbox", holders="zip mbox", mails=2, subject=_SUBJECT, hosts=_HOST)
def _zipped_mbox(folder: Path) -> Made:
    kept(mailbox.mbox(folder / "inbox.mbox"), folder, 2)
    programs.run("zip", "-q", "box.zip", "inbox.mbox", folder=folder)
    return Made(folder / "box.zip", programs.version("zip"))


_ASPOSE = """
import sys
from email import policy
from email.parser import BytesParser
from aspose.email_foss import msg
mail = BytesParser(policy=policy.default).parse(open(sys.argv[1], "rb"))
msg.MapiMessage.from_email_message(mail).save("lure.msg")
"""
_MSGFORGE = """
from msgforge import Message
mail = Message(
    subject="Your mailbox is full",
    html_body="<p>Your mailbox is almost full. <a href='https://lure.example/login'>Sign in</a></p>",
    to=[("suzuki@jimusho.example", "Suzuki")],
)
mail.attach_bytes("notes.txt", b"some notes")
mail.save("lure.msg")
"""


@recipe(".msg of a whole mail", holders="msg", subject=_SUBJECT, hosts=_HOST)
def _msg(folder: Path) -> Made:
    (path,) = mails_in(folder, 1)
    by = programs.python("aspose-email-foss", _ASPOSE, path.name, folder=folder)
    return Made(folder / "lure.msg", by)


@recipe(".msg with HTML as RTF", holders="msg", subject=_SUBJECT, hosts=_HOST, kinds="text")
def _msg_rtf(folder: Path) -> Made:
    return Made(folder / "lure.msg", programs.python("msgforge", _MSGFORGE, folder=folder))


def _sample(folder: Path, project: str, ending: str, name: str) -> Made:
    content, by = programs.sample(project, ending, folder.parent)
    (folder / name).write_bytes(content)
    return Made(folder / name, by)


@recipe(".msg saved by Outlook", holders="msg", subject="Test Multiple attachments complete email!!")
def _msg_outlook(folder: Path) -> Made:
    return _sample(folder, "msg-parser", "/complete.msg", "complete.msg")


@recipe(".msg in .msg, saved by Outlook", holders="msg", subject="outer subject")
def _msg_in_msg(folder: Path) -> Made:
    return _sample(folder, "msg-parser", "/outer.msg", "outer.msg")


@recipe(".msg with a stranger's mail in it, saved by Outlook", holders="msg", kinds="pdf")
def _msg_pdf(folder: Path) -> Made:
    return _sample(folder, "msg-parser", "/other.msg", "other.msg")


@recipe("winmail.dat by itself", holders="tnef")
def _tnef(folder: Path) -> Made:
    return _sample(folder, "tnefparse", "/body.tnef", "winmail.dat")


@recipe("winmail.dat attached", kinds="tnef")
def _winmail(folder: Path) -> Made:
    content, by = programs.sample("tnefparse", "/two-files.tnef", folder.parent)
    return sent(folder, by, ("winmail.dat", content))


@recipe("program beside a harmless mail", holders="", kinds="exe", findings="executable")
def _beside(folder: Path) -> Made:
    # What looks like a mail passed on, to draw the eye from the program.
    honest = letter("News of the month", "All is well.\n", author="News <news@honest.example>")
    honest["Received"] = "from a.example ([192.0.2.7]) by mx.honest.example; Tue, 10 Nov 2026 09:00:01 +0900"
    outside = letter("The papers", "See the papers.\n", ("papers.exe", programs.windows_program()))
    outside.add_attachment(honest)
    return _written(folder, outside)


@recipe("abuse report (ARF)", holders="mail", subject=_SUBJECT, hosts=_HOST)
def _arf(folder: Path) -> Made:
    report = MIMEMultipart("report", policy=SMTP)
    report.set_param("report-type", "feedback-report")
    report["From"], report["To"] = "abuse@provider.example", "suzuki@jimusho.example"
    report["Subject"] = "FW: Your mailbox is full"
    report.attach(MIMEText("This is an email abuse report for a message received from 192.0.2.1.\n"))
    feedback = MIMENonMultipart("message", "feedback-report")
    feedback.set_payload("Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n")
    report.attach(feedback)
    report.attach(MIMEMessage(LURE))
    return _written(folder, report)


@recipe("signed mail, opaque (smime.p7m)", kinds="pkcs7 mail", hosts=_HOST, text="Sign in to keep")
def _p7m(folder: Path) -> Made:
    return _signed(folder, "-nodetach")


@recipe("signed mail (smime.p7s)", kinds="pkcs7", harmless=True, text="Sign in to keep")
def _p7s(folder: Path) -> Made:
    return _signed(folder)


@recipe("encrypted mail (smime.p7m)", kinds="pkcs7", findings="not_read", unread=True)
def _encrypted(folder: Path) -> Made:
    _signed(folder)
    to = ["-from", "support@lure.example", "-to", "suzuki@jimusho.example", "-subject", _SUBJECT]
    programs.run(
        "openssl", "smime", "-encrypt", "-aes256", *to, "-in", "text.txt", "-out", "mail.eml", "cert.pem", folder=folder
    )
    return Made(folder / "mail.eml", programs.version("openssl"))


def _signed(folder: Path, *options: str) -> Made:
    certificate = ["-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30"]
    programs.run("openssl", "req", *certificate, "-subj", "/CN=support@lure.example", folder=folder)
    (folder / "text.txt").write_bytes(
        b"Content-Type: text/plain\r\n\r\nSign in to keep your messages: https://lure.example/login\r\n"
    )
    to = ["-from", "support@lure.example", "-to", "suzuki@jimusho.example", "-subject", _SUBJECT]
    key = ["-signer", "cert.pem", "-inkey", "key.pem", "-in", "text.txt", "-out", "mail.eml"]
    programs.run("openssl", "smime", "-sign", *options, *key, *to, folder=folder)
    return Made(folder / "mail.eml", programs.version("openssl"))
