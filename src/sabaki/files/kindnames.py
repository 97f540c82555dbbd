"""Names of kinds: what file endings and media types claim, and which family a kind belongs to."""

from __future__ import annotations

import re

_FAMILIES = {
    "program": "exe dll com msi elf macho class dex wasm jar apk pyc swf chm hlp appx msix xpi crx deb rpm msp nsis vsix a3x",
    "script": "js jse vbs vbe ps1 bat sh py reg wsf sct inf php pl rb lua applescript msc wsh xsl",
    "shortcut": "lnk url webloc desktop rdp library-ms search-ms searchconnector-ms scf settingcontent-ms appref-ms iqy "
    "theme contact jnlp application appinstaller diagcab ica osdx mobileconfig",
    "disk": "iso udf img vhd vhdx wim dmg vmdk vdi qcow squashfs",
    "archive": "zip rar 7z tar gzip bzip2 xz lzma zstd compress lz4 lzip cab lzh arj ace ar cpio xar zoo szdd onepkg alz egg zpaq",
    "document": "pdf doc docx docm dotx dotm xls xlsx xlsm xlsb xltx xltm xlam ppt pptx pptm ppsx ppsm potx potm rtf odt "
    "ods odp odg ott ots otp fodt fods fodp slk ole one onetoc ps xps vsd vsdx vsdm pub hwp hwpx jtd mdb accdb epub mobi "
    "djvu activemime wordml pages numbers keynote",
    "page": "html xhtml svg mht hta xml chtml",
    "picture": "png jpeg gif webp bmp tiff ico cur pbm psd jp2 jxl heic avif emf wmf pcx xcf dds exr",
    "mail": "mail emlx mbox msg tnef pst dbx",
    "calendar": "ics vcf",
    "media": "mp3 mp4 mov m4a wav avi ogg flac midi mkv flv asf amr au mpeg aiff aac m3u ape",
    "text": "text csv json markdown log css diff srt tex",
    "signature": "pkcs7 pgp certificate pkcs12 pem asice",
}
_FAMILY = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds.split()}

_ENDINGS = {
    "exe": "exe scr pif sfx mui",
    "dll": "dll ocx cpl sys drv xll wll ax efi",
    "com": "com",
    "msi": "msi msp mst",
    "msp": "msu",
    "deb": "deb",
    "macho": "dylib",
    "elf": "elf so ko out run appimage",
    "class": "class",
    "jar": "jar war ear",
    "apk": "apk aab xapk",
    "js": "js mjs",
    "vbs": "vbs vb vba bas",
    "ps1": "ps1 psm1 psd1 ps2 psc1 ps1xml",
    "bat": "bat cmd btm",
    "sh": "sh bash zsh ksh csh command",
    "py": "py pyw",
    "pyc": "pyc pyo",
    "wsf": "wsf ws",
    "sct": "sct wsc",
    "wsh": "wsh",
    "xsl": "xsl xslt",
    "html": "html htm shtml shtm htmls php3 phtml",
    "xhtml": "xhtml xht",
    "mht": "mht mhtml",
    "hta": "hta",
    "xml": "xml xsd rss atom kml gpx xdp config plist",
    "msc": "msc",
    "mail": "eml email mim mime",
    "emlx": "emlx",
    "mbox": "mbox mbx",
    "msg": "msg oft",
    "tnef": "tnef",
    "pst": "pst ost",
    "ics": "ics ical ifb vcs icalendar",
    "vcf": "vcf vcard",
    "zip": "zip zipx z01 kmz sip whl nupkg ipa pbix",
    "rar": "rar r00 r01 rev cbr",
    "gzip": "gz tgz svgz emz taz",
    "bzip2": "bz2 tbz tbz2 bz",
    "xz": "xz txz",
    "zstd": "zst tzst",
    "compress": "z",
    "lzh": "lzh lha",
    "cab": "cab",
    "onepkg": "onepkg",
    "iso": "iso",
    "img": "img ima dsk nrg mds bin_ toast",
    "wim": "wim esd swm",
    "doc": "doc dot wbk wiz",
    "docx": "docx",
    "xls": "xls xlt xla xlw xlm",
    "xlam": "xlam",
    "ppt": "ppt pps pot ppa",
    "pptm": "pptm ppam",
    "mdb": "mdb mde ade adp",
    "accdb": "accdb accde accdr laccdb",
    "pdf": "pdf ai fdf",
    "ps": "ps eps epsf prn",
    "one": "one",
    "onetoc": "onetoc2",
    "xps": "xps oxps",
    "hwp": "hwp",
    "jtd": "jtd jtt jtdc",
    "jpeg": "jpg jpeg jpe jfif pjpeg pjp",
    "tiff": "tif tiff",
    "jp2": "jp2 jpx j2k jpf",
    "heic": "heic heif hif",
    "bmp": "bmp dib",
    "pbm": "pbm pgm ppm pnm",
    "midi": "mid midi",
    "mp3": "mp3 mp2",
    "mp4": "mp4 m4v 3gp 3g2",
    "mov": "mov qt",
    "asf": "wmv wma asf",
    "mpeg": "mpg mpeg vob ts m2ts",
    "mkv": "mkv webm mka",
    "ogg": "ogg oga ogv opus",
    "aiff": "aiff aif",
    "url": "url website",
    "webloc": "webloc",
    "text": "txt text ini cfg conf me nfo",
    "markdown": "md markdown",
    "csv": "csv tsv",
    "log": "log",
    "diff": "diff patch",
    "srt": "srt vtt",
    "pkcs7": "p7s p7m p7c p7b spc",
    "pgp": "asc pgp gpg sig",
    "certificate": "cer crt der",
    "pkcs12": "p12 pfx",
    "pem": "pem key csr",
    "ttf": "ttf ttc",
    "woff": "woff woff2",
    "sqlite": "sqlite sqlite3 db3",
    "applescript": "scpt applescript scptd",
}
_SELF = (
    "jse vbe reg inf php pl rb lua lnk desktop rdp library-ms search-ms searchconnector-ms scf settingcontent-ms appref-ms "
    "iqy theme contact mobileconfig jnlp application appinstaller diagcab ica osdx udf vhd vhdx dmg vmdk vdi 7z tar lzma lz4 arj ace ar "
    "cpio xar zoo alz egg docm dotx dotm xlsx xlsm xlsb xltx xltm pptx ppsx ppsm potx potm rtf odt ods odp odg ott ots otp "
    "fodt fods fodp slk vsd vsdx vsdm pub hwpx epub mobi djvu pages numbers svg png gif webp ico cur psd jxl avif emf wmf "
    "pcx xcf dds exr m4a wav avi flac flv amr au aac m3u ape chm hlp msix appx xpi crx rpm swf wasm json css tex dbx vsix "
    "otf eot"
).split()
_KINDS = {**{end: kind for kind, ends in _ENDINGS.items() for end in ends.split()}, **{end: end for end in _SELF}}

_MEDIA = {
    "pdf": "application/pdf application/x-pdf",
    "zip": "application/zip application/x-zip-compressed application/x-zip",
    "rar": "application/x-rar-compressed application/vnd.rar application/rar application/x-rar",
    "7z": "application/x-7z-compressed",
    "tar": "application/x-tar",
    "gzip": "application/gzip application/x-gzip application/x-compressed-tar",
    "bzip2": "application/x-bzip2 application/x-bzip",
    "cab": "application/vnd.ms-cab-compressed",
    "iso": "application/x-iso9660-image application/x-cd-image",
    "exe": "application/x-msdownload application/x-msdos-program application/x-dosexec application/vnd.microsoft.portable-executable",
    "msi": "application/x-msi",
    "jar": "application/java-archive application/x-java-archive",
    "apk": "application/vnd.android.package-archive",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docm": "application/vnd.ms-word.document.macroenabled.12",
    "xls": "application/vnd.ms-excel application/msexcel application/x-msexcel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pptm": "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    "rtf": "application/rtf text/rtf text/richtext",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "one": "application/onenote application/msonenote",
    "tnef": "application/ms-tnef application/vnd.ms-tnef",
    "msg": "application/vnd.ms-outlook",
    "mail": "message/rfc822 message/global",
    "ics": "text/calendar application/ics",
    "vcf": "text/vcard text/x-vcard text/directory",
    "html": "text/html",
    "xhtml": "application/xhtml+xml",
    "hta": "application/hta",
    "xml": "text/xml application/xml",
    "svg": "image/svg+xml",
    "mht": "application/x-mimearchive multipart/related",
    "text": "text/plain",
    "csv": "text/csv",
    "json": "application/json",
    "css": "text/css",
    "js": "text/javascript application/javascript application/x-javascript",
    "sh": "application/x-sh text/x-sh",
    "py": "text/x-python",
    "jpeg": "image/jpeg image/jpg image/pjpeg",
    "png": "image/png image/x-png",
    "gif": "image/gif",
    "bmp": "image/bmp image/x-ms-bmp",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "heic": "image/heic image/heif",
    "ico": "image/x-icon image/vnd.microsoft.icon",
    "pkcs7": "application/pkcs7-signature application/x-pkcs7-signature application/pkcs7-mime application/x-pkcs7-mime",
    "pgp": "application/pgp-signature application/pgp-encrypted application/pgp-keys application/pgp",
    "ps": "application/postscript",
    "mp3": "audio/mpeg audio/mp3",
    "wav": "audio/wav audio/x-wav audio/wave",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "url": "application/internet-shortcut application/x-url",
    "epub": "application/epub+zip",
    "swf": "application/x-shockwave-flash",
}
_OF_MEDIA = {media: kind for kind, all_of in _MEDIA.items() for media in all_of.split()}

_UNSEEN = re.compile("[\u0000-\u001f\u007f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_GENERIC = frozenset({"", "text", "unknown", "empty"})
_SAME = tuple(
    frozenset(group.split())
    for group in (
        # What one program opens without a word, whatever the name says of its own formats.
        "doc docx docm dotx dotm rtf odt ott fodt html xhtml mht xml wordml ole zip text",
        "xls xlsx xlsm xlsb xltx xltm xlam ods ots fods csv html xhtml mht xml slk ole zip",
        "ppt pptx pptm ppsx ppsm potx potm odp otp fodp ole zip",
        "msi msp msg vsd pub hwp jtd ole",
        "exe dll com",
        "vsd vsdx vsdm",
        "html xhtml hta xml chtml php",
        "xml svg xhtml library-ms search-ms searchconnector-ms settingcontent-ms contact msc webloc jnlp appinstaller xsl",
        "xml application osdx fodt fods fodp",
        "zip jar apk epub xpi msix appx onepkg vsix xps odg hwpx crx pages numbers keynote",
        "mail mht emlx mbox msg",
        "pdf ps",
        "hwp hwpx",
        "mdb accdb",
        "one onetoc onepkg cab",
        "mp3 mp4 mov m4a aac",
        "ttf otf woff eot",
        "url webloc desktop text",
        "wsf sct xml",
    )
)
_ALIKE = frozenset({"picture", "media", "archive", "disk", "script", "signature", "text", "calendar"})
"""Families whose members open in one program by content: a JPEG named .png is no trick."""
_READABLE = frozenset({"text", "page", "script", "calendar"})
_WRITTEN = _READABLE | {"shortcut", "mail", "signature"}


def family_of(id: str) -> str:
    """What a kind is good for ("program", "archive", "document" ...); "other" for what has no family."""
    return _FAMILY.get(id, "other")


def ending(name: str) -> str:
    """The ending of a file's name in lower case, as Windows takes it: what follows the last dot in logical order.

    Trailing dots and spaces do not count, nor does a stream's name (":$DATA"). Characters that turn the direction of
    writing change what a person sees, not what the file is; they are left out.
    """
    name = _UNSEEN.sub("", name[-4_096:]).replace("\\", "/").rpartition("/")[2]
    head, colon, _ = name.partition(":")
    name = (head if colon and "." in head else name).rstrip(". \u3000\u00a0")
    stem, dot, end = name.rpartition(".")
    if dot and end.isdigit() and len(end) == 3 and "." in stem[1:]:
        end = stem.rpartition(".")[2]
    return end.strip().lower() if dot else ""


def claimed(name: str) -> str:
    """The kind that a name claims by its ending; "" where it claims none that is known."""
    end = ending(name)
    if end == "dat" and "winmail" in name.lower():
        return "tnef"
    return _KINDS.get(end, "")


def of_media_type(declared: str) -> str:
    """The kind that a media type stands for; "" for one that says nothing (application/octet-stream) or is unknown."""
    return _OF_MEDIA.get(declared[:200].partition(";")[0].strip().lower(), "")


def agrees(kind_id: str, claimed_id: str) -> bool:
    """Whether a file of one kind under the name of another is harmless.

    A DOCX named .doc is: one program opens both. A program named .pdf is not. Kinds that say nothing ("text",
    "unknown", "empty") contradict no name, and no text contradicts the name of a text.
    """
    if kind_id == claimed_id or kind_id in _GENERIC or not claimed_id:
        return True
    kind, claim = family_of(kind_id), family_of(claimed_id)
    if kind == claim and kind in _ALIKE:
        return True
    if claim == "text" and kind in _WRITTEN:
        return True
    if kind == "text" and claim in _READABLE:
        return True
    return any(kind_id in group and claimed_id in group for group in _SAME)
