"""The domain in the name of an account."""

from __future__ import annotations

_SEPARATORS = ("%", "=", "+", "-AT-", "\\")
"""What stands for the "@" where a server lets no "@" into its names or its log: `taro%example.jp`, cPanel's `taro+example.jp`,
`taro-AT-example.jp`."""


def domain_in(account: str) -> str:
    r"""The domain of an account's name, in lower case, or "": `taro@example.jp`, `taro%example.jp`, `taro=example.jp`, `example.jp\taro`."""
    local, at, domain = account.rpartition("@")
    if at:
        # A relay's own notation holds the customer's account in front: the last domain is that of the server.
        return domain.strip().lower().rstrip(".") if local or domain else ""
    for separator in _SEPARATORS:
        before, found, after = account.partition(separator)
        name = before if separator == "\\" else after
        if found and "." in name.strip("."):
            return name.strip().lower().rstrip(".")
    return ""
