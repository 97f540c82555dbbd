"""The walls around the browser: bubblewrap, an empty network, a user without rights, and Chromium's own sandbox inside.

Fail closed: where a wall cannot be put up there is no visit, and `CannotShut` says why and what to do. Nothing here is optional.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sabaki.visit import cgroup, relay
from sabaki.visit.limits import VisitLimits

USER = 65_534
"""The user inside, and, where root calls, outside too: no file of the machine belongs to it."""
PROFILE = "/profile"
DOWNLOADS = "/downloads"
"""Where the browser may write, each a file system in memory of bounded size, gone with the visit."""

_PROFILE_SIZE = 256_000_000
_SHARED_SIZE = 512_000_000
_OPEN_FILES = 4_096
_ETC = ("/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
_OLD_NAMES = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_BROWSERS = (
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
)

DISABLED_FEATURES = (
    # What asks somebody else than the page's servers, or goes another way than the proxy.
    "AsyncDns,DnsOverHttps,DnsOverHttpsUpgrade,EncryptedClientHello,UseDnsHttpsSvcb,AltSvc,WebTransport,"
    "NetworkPrediction,PreconnectToSearch,NavigationPredictor,Prerender2,LoadingPredictorPrefetch,"
    "OptimizationHints,OptimizationGuideModelDownloading,OptimizationTargetPrediction,"
    "SafeBrowsingEnhancedProtection,SafeBrowsingTelemetry,ClientSideDetection,PasswordLeakDetection,"
    "CertificateTransparencyComponentUpdater,CrashReporting,MetricsReporting,"
    "AutofillServerCommunication,Translate,InterestFeedContentSuggestions,"
    "MediaRouter,DialMediaRouteProvider,CastMediaRouteProvider,GlobalMediaControls,"
    "WebRtcHideLocalIpsWithMdns,NetworkTimeServiceQuerying,PushMessaging,BackgroundFetch,"
    # What turns the link into another one before it is asked for.
    "HttpsUpgrades,HttpsFirstBalancedMode,HttpsFirstBalancedModeAutoEnable"
)
FLAGS = (
    f"--proxy-server=http://127.0.0.1:{relay.PORT}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    f"--disable-features={DISABLED_FEATURES}",
    # The process that reads what servers send has no sandbox on Linux unless it is asked for.
    "--enable-features=NetworkServiceSandbox",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-search-engine-choice-screen",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-service-autorun",
    "--password-store=basic",
    f"--user-data-dir={PROFILE}",
)
"""What containment asks of Chromium's command line; Chromium takes the last --disable-features and --enable-features alone, so nobody adds another."""


class CannotShut(Exception):
    """A wall cannot be put up, so there is no visit. Says why and what to do, in English and (`reason_ja`) in Japanese."""

    def __init__(self, reason: str, reason_ja: str) -> None:
        super().__init__(reason)
        self.reason, self.reason_ja = reason, reason_ja


def browser() -> str:
    """Chromium's own binary; the script of the same name in /usr/bin reads files of the user. Raises CannotShut."""
    for path in (*_BROWSERS, shutil.which("chromium") or "", shutil.which("chromium-browser") or ""):
        real = os.path.realpath(path) if path else ""
        if real.startswith("/usr/") and _is_program(real):
            return real
    raise CannotShut(
        "Chromium is not installed: install the package chromium",
        "Chromiumがありません。パッケージ chromium をインストールしてください",
    )


def command(
    browser: Sequence[str],
    proxy: Path,
    limits: VisitLimits | None = None,
    pipes: tuple[int, int] = (3, 4),
    cgroups: tuple[Path, ...] = (),
) -> list[str]:
    """The command line that runs `browser` behind the walls, with `proxy` (a Unix socket) as its only way out.

    `pipes` are the descriptors, inherited by the command, that the browser gets as its 3 and 4; `cgroups` are joined first
    (cgroup.py). Raises CannotShut.
    """
    bubblewrap = _tool("bwrap", "bubblewrap")
    python, folders = _python()
    limits = limits or VisitLimits()
    return [
        *cgroup.joining(cgroups),
        *_without_root(),
        bubblewrap,
        *_NAMESPACES,
        *_files(folders, proxy, limits),
        "--",
        *(python, "-I", "-S", "-c", _relay(), *map(str, pipes), *_kernel_limits(limits)),
        "--",
        *browser,
    ]


def probe(source: str) -> list[str]:
    """A command line that runs Python source instead of a browser. Raises CannotShut."""
    return [_python()[0], "-I", "-S", "-c", source]


def folders() -> tuple[str, ...]:
    """What is to be seen inside beyond /usr and a few files of /etc: the interpreter's folder, where it is elsewhere."""
    return _python()[1]


_NAMESPACES = (
    *("--unshare-all", "--unshare-user", "--uid", str(USER), "--gid", str(USER), "--hostname", "localhost"),
    *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
    *("--setenv", "HOME", PROFILE, "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8"),
    *("--setenv", "TMPDIR", "/tmp"),  # noqa: S108  # a file system of its own
)


def _files(folders: Sequence[str], proxy: Path, limits: VisitLimits) -> list[str]:
    """What is there: programs and fonts to read, four places in memory to write, nothing of the user's."""
    names: list[str] = []
    for name in _OLD_NAMES:
        if Path(name).is_symlink():
            names += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).exists():
            names += ["--ro-bind", name, name]
    downloads = limits.downloads * limits.download_size
    return [
        *("--ro-bind", "/usr", "/usr"),
        *names,
        *(argument for path in _ETC for argument in ("--ro-bind-try", path, path)),
        *(argument for path in folders for argument in ("--ro-bind", path, path)),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *("--size", str(_SHARED_SIZE), "--perms", "1777", "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--size", str(_PROFILE_SIZE), "--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108
        *("--size", str(_PROFILE_SIZE), "--perms", "0700", "--tmpfs", PROFILE),
        *("--size", str(downloads), "--perms", "0700", "--tmpfs", DOWNLOADS),
        *("--ro-bind", str(proxy), relay.SOCKET),
        *("--remount-ro", "/", "--chdir", PROFILE),
    ]


def _kernel_limits(limits: VisitLimits) -> list[str]:
    """What the kernel holds each process to. All of them together are watched from outside."""
    return [
        "RLIMIT_CORE=0",
        f"RLIMIT_NPROC={limits.processes * cgroup.THREADS_A_PROCESS}",
        f"RLIMIT_NOFILE={_OPEN_FILES}",
        f"RLIMIT_FSIZE={max(_SHARED_SIZE, limits.download_size)}",
    ]


@cache
def _relay() -> str:
    """The relay's text: handed over as an argument, it needs no file that the user inside could read."""
    return Path(relay.__file__).read_text("utf-8")


def _without_root() -> list[str]:
    """Where root calls, somebody else goes in: a user namespace alone would leave the browser root's in the kernel's eyes."""
    if os.geteuid() != 0:
        return []
    setpriv = _tool("setpriv", "util-linux")
    return [setpriv, "--reuid", str(USER), "--regid", str(USER), "--clear-groups", "--inh-caps=-all", "--"]


def _tool(program: str, package: str) -> str:
    found = shutil.which(program)
    if not found:
        raise CannotShut(
            f"{program} is not there: install the package {package}; without it no page is visited",
            f"{program} がありません。パッケージ {package} をインストールしてください。これがなければ訪問は行いません",
        )
    return found


def _python() -> tuple[str, tuple[str, ...]]:
    """An interpreter that the user inside may read, and the folders outside of /usr that it needs. Raises CannotShut."""
    ours = os.path.realpath(sys.executable)
    if ours.startswith("/usr/"):
        return ours, ()
    if _open_to_all(Path(ours)) and _open_to_all(Path(sys.base_prefix)):
        return ours, (sys.base_prefix,)
    if _is_program("/usr/bin/python3"):
        return os.path.realpath("/usr/bin/python3"), ()
    raise CannotShut(
        f"Python is in {sys.base_prefix}, where others than its owner cannot read: install the package python3",
        f"Pythonが所有者以外には読めない場所（{sys.base_prefix}）にあります。パッケージ python3 をインストールしてください",
    )


def _is_program(path: str) -> bool:
    """Whether it is an ELF binary that may be run."""
    try:
        with Path(path).open("rb") as file:
            return file.read(4) == b"\x7fELF" and os.access(path, os.X_OK)
    except OSError:
        return False


def _open_to_all(path: Path) -> bool:
    """Whether anybody may go there: root's own rights do not count, since root does not go in."""
    if os.geteuid() != 0:
        return os.access(path, os.R_OK)
    try:
        return all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents))
    except OSError:
        return False
