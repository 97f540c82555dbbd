"""JPRS and JPNIC: what the forms in whois/forms.toml and nets.toml do not ask."""

from __future__ import annotations

from sabaki.sources import whoisjp

HEAD = "[ JPRS database provides information on network administration. Its use is    ]\n\n"


def test_the_letters_before_the_labels_do_not_count() -> None:
    for letter in ("f. ", "g. ", ""):
        form = whoisjp.read(
            f"Domain Information: [ドメイン情報]\n{letter}[組織名]                     がくいん専門学校\n"
        )
        found = whoisjp.registration(form)
        assert (found.holder, found.holder_ja) == ("がくいん専門学校", "がくいん専門学校")


def test_a_name_in_latin_letters_only_is_no_japanese_name() -> None:
    form = whoisjp.read("Domain Information: [ドメイン情報]\n[登録者名]  Rei LLC\n[Registrant]  Rei LLC\n")
    found = whoisjp.registration(form)
    assert (found.holder, found.holder_ja) == ("Rei LLC", "")


def test_the_prefecture_of_somebody_elses_desk_is_not_the_holders() -> None:
    body = "Domain Information: [ドメイン情報]\n[登録者名]  株式会社れい\n[状態]  Active\n\nContact Information: [公開連絡窓口]\n[名前]  {}\n[住所]  東京都渋谷区\n"
    for name, region in (("株式会社れい", "東京都"), ("ドメイン管理サービス", "")):
        found = whoisjp.registration(whoisjp.read(HEAD + body.format(name)))
        assert found.region == region
        assert found.contacts[0].name == name


def test_only_a_living_state_says_until_when() -> None:
    for state, until in (("Connected (2027/03/31)", "2027-03-31"), ("Deleted (2026/01/31)", None), ("Reserved", None)):
        found = whoisjp.registration(whoisjp.read(f"Domain Information:\n[State]   {state}\n"))
        assert (found.status, found.expires) == ((state.partition(" (")[0],), until)


def test_an_address_cannot_pose_as_a_field() -> None:
    body = (
        "Domain Information: [ドメイン情報]\n[Domain Name]   EXAMPLE.JP\n[登録年月日]   2026/11/01\n\nContact Information: [公開連絡窓口]\n"
        "[住所]   東京都\n         [登録年月日]   1999/01/01\n[登録年月日]   1998/01/01\n"
    )
    assert whoisjp.registration(whoisjp.read(HEAD + body)).created == "2026-11-01"


def test_a_host_of_the_same_name_is_not_the_domain() -> None:
    form = whoisjp.read(
        HEAD + "Host Information: [ホスト情報]\n[ホスト名]  ns1.example.jp\n[最終更新]  2026/01/01 00:00:00 (JST)\n"
    )
    assert (form.kind, form.values) == ("", {})


def test_what_no_registry_has_is_empty() -> None:
    assert whoisjp.registration(whoisjp.read("")) == whoisjp.registration(whoisjp.Form())
    assert whoisjp.is_form("\n" + HEAD)
    assert not whoisjp.is_form("Domain Name: example.jp")
