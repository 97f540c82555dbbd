from __future__ import annotations

from tests.cli.test_dissect import sabaki


def test_help_shows_examples_and_exit_codes() -> None:
    done = sabaki("--help")
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "sabaki dissect mail.eml" in text
    assert "Exit codes" in text


def test_help_loads_no_heavy_module() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom sabaki.cli import main\nsys.argv = ['sabaki', '--help']\n"
        "try:\n    main.main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('rich', 'selectolax', 're2', 'jinja2', 'chardet', 'msgspec') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_an_unknown_command_is_wrong_usage() -> None:
    assert sabaki("fillet").returncode == 2


def test_version() -> None:
    assert sabaki("--version").stdout.startswith(b"sabaki ")
