from __future__ import annotations

from pathlib import Path

import pytest

from sabaki.settings import Settings, SettingsError, load


def test_load(tmp_path: Path) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text('own_domains = ["Example.JP."]\nmailboxes = ["Info@Example.jp"]\n[limits]\nurls = 5\n', "utf-8")
    settings = load(file)
    assert settings.vantage.own_domains == ("example.jp",)
    assert settings.vantage.mailboxes == ("info@example.jp",)
    assert settings.limits.urls == 5
    assert settings.limits.parts == Settings().limits.parts


def test_no_mailboxes_is_not_the_same_as_none_exist() -> None:
    assert Settings().vantage.mailboxes is None
    assert Settings(mailboxes=()).vantage.mailboxes == ()


@pytest.mark.parametrize("text", ["own_domain = 'a'", "own_domains = 1", "= nonsense", "[limits]\nurls = 'many'"])
def test_a_bad_file_is_explained(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"sabaki\.toml"):
        load(file)


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load(tmp_path / "none.toml")


def test_how_long_the_dns_may_take_has_bounds(tmp_path: Path) -> None:
    file = tmp_path / "sabaki.toml"
    file.write_text('dns_servers = ["192.0.2.53"]\ndns_timeout = 2\n', "utf-8")
    assert (load(file).dns_servers, load(file).dns_timeout) == (("192.0.2.53",), 2.0)
    for seconds in ("0", "-1", "600", "'soon'"):
        file.write_text(f"dns_timeout = {seconds}\n", "utf-8")
        with pytest.raises(SettingsError, match="dns_timeout"):
            load(file)
