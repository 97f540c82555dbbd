"""Names that matter in the source of a macro: those that Office calls by itself, and those that reach outside."""

from __future__ import annotations

import re

_STARTS = frozenset(
    """
    autoexec autoopen auto_open autoclose auto_close autonew autoexit autoactivate auto_activate autodeactivate
    auto_deactivate auto_add auto_remove auto_ope auto_range
    document_open document_beforeclose document_close document_new document_contentcontrolonenter
    document_contentcontrolonexit documentopen documentclose documentbeforeclose documentchange documentnew
    newdocument fileopen fileclose
    workbook_open workbook_activate workbook_deactivate workbook_close workbook_beforeclose workbook_beforesave
    workbook_beforeprint workbook_sheetactivate workbook_windowactivate workbook_newsheet workbook_sheetcalculate
    workbook_sheetchange workbook_sheetselectionchange workbook_addininstall workbookopen
    worksheet_activate worksheet_calculate worksheet_change worksheet_selectionchange worksheet_beforedoubleclick
    worksheet_followhyperlink app_documentopen app_workbookopen application_startup application_newmail
    application_newmailex application_itemsend application_reminder userform_initialize userform_activate
    slideshowbegin app_slideshowbegin onslideshowpagechange onslideshowterminate presentationopen presentation_open
    app_presentationopen documentcomplete
    """.split()
)
"""Procedures that run when the document, or a part of it, is opened, closed, printed or touched."""

_EVENTS = frozenset(
    """
    painted painting gotfocus lostfocus mousehover mousemove mouseenter mouseleave layout click dblclick change resize
    enter exit initialize activate beforenavigate2 beforescriptexecute documentcomplete downloadbegin downloadcomplete
    filedownload navigatecomplete2 navigateerror progresschange propertychange setsecurelockicon statustextchange
    titlechange onconnecting followhyperlink contentcontrolonenter timer
    """.split()
)
"""Events of controls that stand in a document: what follows the control's name and "_"."""

_WORDS = """
    Shell|ShellExecute|WScript.Shell|Shell.Application|WshShell|WScript.Network|Wscript.Run|ShellBrowserWindow|
    CreateObject|GetObject|CreateThread|CreateRemoteThread|VirtualAlloc|VirtualAllocEx|VirtualProtect|
    WriteProcessMemory|RtlMoveMemory|NtAllocateVirtualMemory|EnumSystemLanguageGroupsW|EnumDateFormatsA|HeapCreate|
    CallWindowProc|SetTimer|QueueUserAPC|WinExec|CreateProcessA|CreateProcessW|CreateProcess|
    URLDownloadToFile|URLDownloadToFileA|URLDownloadToFileW|MSXML2.XMLHTTP|MSXML2.ServerXMLHTTP|Microsoft.XMLHTTP|
    WinHttp.WinHttpRequest|WinHttpRequest|XMLHTTP|ServerXMLHTTP|InternetExplorer.Application|InternetOpenUrl|
    HttpSendRequest|Net.WebClient|DownloadFile|DownloadString|User-Agent|responseBody|responseText|
    ADODB.Stream|SaveToFile|Scripting.FileSystemObject|FileSystemObject|CreateTextFile|OpenTextFile|FileCopy|
    CopyFile|CopyHere|For Binary|For Output|MkDir|Kill|SetAttr|MSXML2.DOMDocument|bin.base64|Msxml2.DOMDocument.3.0|
    powershell|pwsh|cmd.exe|cmd /c|cmd /k|mshta|rundll32|regsvr32|certutil|bitsadmin|wmic|cscript|wscript|schtasks|
    msiexec|msbuild|installutil|cmstp|hh.exe|curl|winmgmts|Win32_Process|Win32_ProcessStartup|
    Environ|ExpandEnvironmentStrings|SpecialFolders|RegWrite|RegRead|RegDelete|AccessVBOM|VBAWarnings|VBProject|
    VBComponents|CodeModule|AddFromString|InsertLines|Application.Run|Application.OnTime|OnTime|CallByName|
    ExecuteExcel4Macro|ExecuteStatement|MacroOptions|SendKeys|AppActivate|DDEInitiate|FollowHyperlink|
    ScriptControl|MSScriptControl.ScriptControl|Eval|StrReverse|Chr|ChrW|ChrB|Xor|ActiveDocument.CustomXMLParts|
    BuiltInDocumentProperties|CustomDocumentProperties|Outlook.Application|Application.Visible|ShowWindow|vbHide|
    vbHidden|Sleep|RtlFillMemory|MSForms.UserForm|System.Reflection|Assembly.Load|BinaryFormatter|
    XMLDOM|transformNode|Microsoft.XMLDOM|Schedule.Service|New:{|GetProcAddress|LoadLibrary|LoadLibraryA|
    IsNTAdmin|SystemShellExecute|SbieDll|VBoxGuest|\\Startup\\|Start Menu|FromBase64String|EncodedCommand
"""
SUSPICIOUS = {word.strip().lower(): word.strip() for word in _WORDS.replace("\n", "").split("|")}
"""Words that run, fetch, write or hide something, in lower case to how they are shown."""

_BY_LENGTH = sorted(SUSPICIOUS, key=len, reverse=True)
_COMPILED = re.compile(
    rb"(?i)(?<![A-Za-z0-9_])(AutoOpen|Auto_Open|AutoExec|Document_Open|Workbook_Open|URLDownloadToFile[AW]?|ShellExecute[AW]?"
    rb"|WScript\.Shell|CreateObject|VirtualAlloc(?:Ex)?|CallByName|ExecuteExcel4Macro|RtlMoveMemory|StrReverse)"
    rb"(?![A-Za-z0-9_])"
)


def starts_itself(procedure: str, *, of_form: bool = False) -> bool:
    """Whether Office calls a procedure of that name without being told to by the user's choice of a macro.

    In the module of a form (`of_form`) only what runs when the form is made.
    """
    name = procedure.lower()
    if name in _STARTS or of_form:
        return name in _STARTS
    control, underscore, event = name.rpartition("_")
    return bool(control and underscore) and event in _EVENTS


def suspicious(code: str) -> list[str]:
    """The suspicious words of a piece of code, in the order of their first use, each once.

    A word inside a longer one ("Shell" in "WScript.Shell") is not named again.
    """
    lowered = code.lower()
    taken = bytearray(len(lowered))
    found: dict[str, int] = {}
    for word in _BY_LENGTH:
        at = lowered.find(word)
        while at >= 0:
            end = at + len(word)
            if not taken[at] and _stands_alone(lowered, at, end):
                found.setdefault(SUSPICIOUS[word], at)
                taken[at:end] = b"\1" * len(word)
            at = lowered.find(word, end)
    return sorted(found, key=lambda shown: found[shown])


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    left = text[start].isalnum() and (before.isalnum() or before == "_")
    return not left and not (text[end - 1].isalnum() and (after.isalnum() or after == "_"))


def compiled_names(content: bytes) -> list[str]:
    """Names of weight in compiled code's table of identifiers."""
    return list(dict.fromkeys(match[0].decode("ascii") for match in _COMPILED.finditer(content)))
