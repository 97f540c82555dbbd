"""One Received field as a hop, for the tests of what is looked for in it."""

from __future__ import annotations

from sabaki.mail import message, received
from sabaki.mail.limits import Budget
from sabaki.model.case import Hop


def hop(text: str) -> Hop:
    """The hop that a Received field with this body is."""
    mail = message.read(f"Received: {text}\n\n".encode(), Budget())
    return received.hops(mail, Budget())[0]
