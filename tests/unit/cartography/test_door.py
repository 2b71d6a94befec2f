"""The door for data."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.door import escape_payload, security_policy, write_page
from landwatch.vocabulary.errors import InputError


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_escaped_data_are_inert_and_come_back(payload: dict) -> None:
    """No angle bracket, ampersand or line separator is left; parsing gives the same data."""
    text = escape_payload(payload)
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == payload


def test_numbers_that_json_lacks_are_refused() -> None:
    """NaN and unknown types are errors."""
    for value in (float("nan"), float("inf"), {1, 2}):
        with pytest.raises(InputError, match="JSON"):
            escape_payload({"x": value})


def test_policy_names_each_script_and_allows_no_request() -> None:
    """The hash is the one browsers compute; everything else is forbidden."""
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    policy = security_policy(["let a = 1;"])
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "connect-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("script", ["a\r\nb", "x</script>", "<!-- x"])
def test_scripts_that_browsers_read_differently_are_refused(script: str) -> None:
    """A script that would end early or hash differently never gets into a page."""
    with pytest.raises(InputError, match="inline script"):
        security_policy([script])


def test_title_is_escaped_and_lone_surrogates_do_not_stop_a_page(tmp_path: Path) -> None:
    """Half a character in the data is replaced, the page is written."""
    page = write_page(
        tmp_path / "sub" / "page.html",
        {"x": "\ud800"},
        title="a<b",
        body="<p>body</p>\n",
        styles=["p{}"],
        scripts=["1;"],
    ).read_text(encoding="utf-8")
    assert "<title>a&lt;b</title>" in page
    assert '{"x":"?"}' in page
    assert 'lang="zh-Hant"' in page
    assert "user-scalable" not in page
