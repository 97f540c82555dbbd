from __future__ import annotations

from sabaki.facts import signwords
from sabaki.model.case import Role
from sabaki.render import hopwords


def test_every_role_has_words_in_both_languages() -> None:
    assert set(hopwords.ROLES) == set(Role)
    assert all(en and ja for role, (en, ja) in hopwords.ROLES.items() if role is not Role.UNKNOWN)


def test_a_sign_is_told_beside_its_hop() -> None:
    id, meaning = next(iter(signwords.SIGNS.items()))
    assert hopwords.sign(id, "en") == f"this line {meaning.en}"
    assert hopwords.sign(id, "ja") == f"不審な点: {meaning.ja}"


def test_a_sign_without_words_is_called_by_its_id() -> None:
    assert hopwords.sign("not_yet_named", "en") == "not_yet_named"
