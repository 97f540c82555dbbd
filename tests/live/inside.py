"""What runs inside: make the network, start the servers, send the letters, let Sabaki read them; all goes into one directory.

Started by tests.live.outside with the directory and the unpacked servers as arguments. Exit code 77: cannot run here.
"""

from __future__ import annotations

import shutil
import signal
import sys
import traceback
from pathlib import Path

from tests.live import namespace, post, reading, servers
from tests.live.outside import CANNOT

DEADLINE = 100
"""Seconds after which this ends by itself, should whoever started it be gone."""


def main(out: Path, unpacked: Path) -> int:
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("the live test took too long"))
    signal.alarm(DEADLINE)
    try:
        namespace.settle(unpacked)
    except namespace.CannotRun as reason:
        (out / "cannot").write_text(str(reason))
        return CANNOT
    try:
        servers.start_all()
        found = post.send_all()
        post.keep(found, out)
        reading.read_live(found, out)
    except Exception:  # noqa: BLE001  # whatever it was, it is told, and the logs say more
        traceback.print_exc()
        return 1
    finally:
        if servers.LOGS.is_dir():
            shutil.copytree(servers.LOGS, out / "logs")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
