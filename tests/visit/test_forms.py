"""Forms as a page describes them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sabaki.visit.forms import host, read

PAGE = "https://login.evil.example/x"


def test_what_it_asks_for_and_where_that_would_go() -> None:
    fields = [{"name": "pw", "type": "password"}, {"id": "only-id", "type": "hidden", "hidden": True, "value": "v"}]
    seen = {"forms": [{"action": "https://collect.other.example/p", "method": "post", "fields": fields}]}
    (form,) = read([seen], PAGE)
    assert form.asks == ("password",)
    assert form.elsewhere
    assert [field.name for field in form.fields] == ["pw", "only-id"]
    assert form.fields[1].value == "v"


def test_another_host_of_the_same_site_is_not_elsewhere() -> None:
    seen = {"forms": [{"action": "https://www.evil.example/p", "fields": []}, {"action": "/relative", "fields": []}]}
    assert [form.elsewhere for form in read([seen], PAGE)] == [False, False]


def test_many_are_cut() -> None:
    forms = [{"action": "", "fields": [{"name": "x"}] * 500}] * 500
    found = read([{"forms": forms}, {"forms": forms}], PAGE)
    assert len(found) == 50
    assert len(found[0].fields) == 100


def test_fields_in_frames_shadow_roots_and_outside_of_forms(seen: Any) -> None:
    forms = {form.action: form for form in seen["everything"].views[0].forms}
    assert forms["https://collect.test/p.php"].elsewhere
    assert forms["https://collect.test/p.php"].asks == ("email", "password")
    assert forms["http://odd.test/closed"].asks == ("password",)
    assert forms["http://frame-elsewhere.test/steal"].elsewhere
    assert forms["http://odd.test/#fragment-stays"].asks == ("one_time_code",)
    assert "in-srcdoc" in [field.name for form in forms.values() for field in form.fields]
    mail = forms["https://collect.test/p.php"].fields[1]
    assert (mail.label.strip(), mail.value) == ("メールアドレス", "taro.yamada@jimusho.example")
    assert "hunter2" not in str(forms)


_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("forms fields action method name type maxlength".split()), inner)
    ),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.sampled_from(["forms", "x"]), _value), max_size=3), st.text(max_size=20))
def test_no_description_breaks_it(seen_: list[dict[str, Any]], url: str) -> None:
    read(seen_, url)
    host(url)
