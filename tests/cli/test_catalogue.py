from __future__ import annotations

import json

from tests.cli.test_dissect import sabaki


def test_checks_as_json() -> None:
    checks = json.loads(sabaki("checks", "--json").stdout)
    assert any(check["id"] == "link/own_domain_subdomain" for check in checks)


def test_schema_is_json_schema() -> None:
    schema = json.loads(sabaki("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")


def test_completion() -> None:
    for shell in ("bash", "zsh", "fish"):
        assert b"_SABAKI_COMPLETE" in sabaki("completion", shell).stdout
