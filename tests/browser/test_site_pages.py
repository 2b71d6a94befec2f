"""The built site in a real browser: inert, offline, usable by keyboard, in both languages."""

from pathlib import Path
from typing import Any

import pytest
from mart_world import HOSTILE, write_world

from maps import draw_site

pytestmark = pytest.mark.browser
PAGES = (
    "index.html",
    "maps/verdict.html",
    "maps/land_price.html",
    "maps/kpi.html",
    "maps/shops.html",
)


class Watch:
    """A page and everything suspicious that happened on it."""

    def __init__(self, browser: Any, address: str, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        self.page = browser.new_context(
            viewport=size, is_mobile=phone, has_touch=phone, locale="zh-TW"
        ).new_page()
        self.faults: list[str] = []
        page, faults = self.page, self.faults
        page.on("dialog", lambda d: (faults.append("dialog " + d.message), d.dismiss()))
        page.on("pageerror", lambda e: faults.append(f"exception {e}"))
        page.on("console", lambda m: faults.append(f"{m.type} {m.text}"))
        page.on("request", lambda r: self._request(r.url))
        page.goto(address)

    def _request(self, address: str) -> None:
        if not address.startswith(("file:", "data:")):
            self.faults.append(f"request {address}")


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One site per hostile text, in every place where data can stand."""
    root = tmp_path_factory.mktemp("hostile")
    for number, text in enumerate(HOSTILE):
        site = {
            "title": {"zh": text, "en": text},
            "attribution": [text],
            "zone_source": text,
            "absent": [{"what": text, "reason": text}],
            "limits": [text],
        }
        mart = write_world(
            root / f"mart{number}",
            names=dict.fromkeys(("A1", "A2", "A3", "A4", "C1"), text),
            reason=text.replace("\x00", ""),
            site=site,
        )
        draw_site(mart, root / f"site{number}")
    return root


def test_the_watch_notices_a_page_that_runs_data(chromium: Any, tmp_path: Path) -> None:
    """A page that puts the same text into markup is caught: dialog and request are seen."""
    page = tmp_path / "naive.html"
    page.write_text(f'<p>{HOSTILE[0]}</p><img src="http://127.0.0.1:9/x.png">', encoding="utf-8")
    seen = Watch(chromium, page.as_uri())
    seen.page.wait_for_load_state()
    assert "dialog 1" in seen.faults
    assert any(fault.startswith("request http") for fault in seen.faults)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_is_shown_literally_and_nothing_runs(
    chromium: Any, hostile_site: Path, number: int
) -> None:
    """A hostile text appears as it is in panel, table, title and lists; no code, no request."""
    text = HOSTILE[number]
    site = hostile_site / f"site{number}"
    index = Watch(chromium, (site / "index.html").as_uri())
    assert index.page.locator("#study").text_content() == text
    assert index.page.locator("#limits li").first.text_content() == text
    assert index.page.locator("#absent dt").first.text_content() == text
    assert index.page.locator("#attribution li").first.text_content() == text
    seen = Watch(chromium, (site / "maps/land_price.html").as_uri())
    last = seen.page.locator(".zone-link").nth(3)
    assert last.text_content() == text
    last.click()
    assert seen.page.locator("#panel-name").text_content() == text
    plain = text.replace("\x00", "").strip()
    assert plain in seen.page.locator("#panel .note").first.text_content()
    seen.page.evaluate("map_00000000000000000000000000000001.eachLayer(l => l.openTooltip?.())")
    assert seen.page.locator(".hover strong").first.text_content() == text
    assert seen.page.locator("img, iframe, object").count() == 0
    assert index.faults + seen.faults == []


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["verdict", "rent", "kpi", "shops"])
def test_every_map_shows_hostile_text_literally(
    chromium: Any, hostile_site: Path, name: str, number: int
) -> None:
    """Title, licence line, zone name and reason are text on each map, in both languages."""
    text = HOSTILE[number]
    seen = Watch(chromium, (hostile_site / f"site{number}/maps/{name}.html").as_uri())
    reason = text.replace("\x00", "").strip()
    for language in ("zh", "en"):
        seen.page.locator(f"[data-lang={language}]").click()
        assert seen.page.locator("#study").text_content() == text
        assert seen.page.locator("#attribution li").first.text_content() == text
        link = seen.page.locator(".zone-link").nth(3)
        assert link.text_content() == text
        link.click()
        assert seen.page.locator("#panel-name").text_content() == text
        assert reason in seen.page.locator("#panel").text_content()
    assert seen.page.locator("img, iframe, object").count() == 0
    assert seen.faults == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_and_fits_the_screen(
    chromium: Any, tmp_path: Path, name: str, phone: bool
) -> None:
    """A page opened as a file logs nothing, asks for nothing and does not scroll sideways."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site" / name).as_uri(), phone=phone)
    wide = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert (seen.faults, wide <= 0) == ([], True)


def test_touch_targets_are_large_enough(chromium: Any, tmp_path: Path) -> None:
    """Every button and link of navigation on the phone page is at least 44 pixels high."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site/maps/kpi.html").as_uri(), phone=True)
    seen.page.locator(".zone-link").first.click()
    small = seen.page.evaluate(
        "[...document.querySelectorAll('button, input, nav a, .leaflet-bar a')]"
        ".filter(n => n.getBoundingClientRect().height < 44).map(n => n.textContent)"
    )
    assert small == []


def test_keyboard_opens_and_closes_the_panel(chromium: Any, tmp_path: Path) -> None:
    """Enter on a zone of the table opens its panel, Escape closes it and gives the focus back."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site/maps/land_price.html").as_uri())
    seen.page.locator(".zone-link").first.focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.locator("#panel").is_visible()
    assert "22.1%" in seen.page.locator("#panel .note").first.text_content()
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator("#panel").is_visible()
    assert seen.page.evaluate("document.activeElement.className") == "zone-link"


def test_language_lives_in_the_address(chromium: Any, tmp_path: Path) -> None:
    """EN changes every text, goes into the hash, and follows the links to other pages."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site/maps/rent.html").as_uri())
    assert seen.page.locator("h1").text_content() == "租金"
    seen.page.locator("[data-lang=en]").click()
    assert seen.page.locator("h1").text_content() == "Rent"
    assert seen.page.url.endswith("#lang=en")
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    seen.page.locator("nav a").first.click()
    seen.page.wait_for_load_state()
    assert seen.page.locator("#study").text_content() == "Test study"
    assert seen.faults == []


def test_legend_carries_the_signs_of_the_map(chromium: Any, tmp_path: Path) -> None:
    """Each fill and dash drawn on the map is also drawn in the legend."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site/maps/land_price.html").as_uri())
    signs = (
        "s => [...new Set([...document.querySelectorAll(s)]"
        ".map(n => n.getAttribute('stroke-dasharray') || 'none'))].sort()"
    )
    drawn = seen.page.evaluate(f"({signs})('.leaflet-overlay-pane path')")
    assert drawn == seen.page.evaluate(f"({signs})('#legend li rect')") == ["3 3", "none"]
    hatched = seen.page.locator(".leaflet-overlay-pane path[fill='url(#lw-hatch)']").count()
    assert (hatched, seen.page.locator("#legend li rect[fill='url(#lw-hatch)']").count()) == (1, 1)


def test_legend_counts_every_town_once(chromium: Any, tmp_path: Path) -> None:
    """The counts of the legend add up to the towns of the layer, on both kinds of legend."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    for name in ("land_price", "verdict"):
        seen = Watch(chromium, (tmp_path / f"site/maps/{name}.html").as_uri())
        counts = [int(n) for n in seen.page.locator("#legend .count").all_text_contents()]
        assert (sum(counts), counts[-1]) == (6, 2), name


def test_opening_a_zone_leaves_it_beside_the_panel(chromium: Any, tmp_path: Path) -> None:
    """A zone chosen in the table is on the screen and not below the panel."""
    draw_site(write_world(tmp_path / "mart"), tmp_path / "site")
    for phone in (False, True):
        address = (tmp_path / "site/maps/rent.html").as_uri()
        seen = Watch(chromium, address, phone=phone)
        seen.page.locator(".zone-link").nth(3).click()
        clear = seen.page.evaluate(
            """() => {
              const path = document.querySelector(".leaflet-overlay-pane path[stroke='#0b2942']");
              const box = path.getBoundingClientRect();
              const x = box.x + box.width / 2, y = box.y + box.height / 2;
              return path.contains(document.elementFromPoint(x, y));
            }"""
        )
        assert clear, phone


def test_search_folds_variants(chromium: Any, tmp_path: Path) -> None:
    """A search finds 臺 when the reader types the other spelling, and full-width letters."""
    mart = write_world(tmp_path / "mart", names={"A1": "臺東縣成功鎮"})
    draw_site(mart, tmp_path / "site")
    seen = Watch(chromium, (tmp_path / "site/maps/rent.html").as_uri())
    seen.page.locator("#filter").fill("\u53f0東")
    assert seen.page.locator("#zones tbody tr:visible").count() == 1
    seen.page.locator("#filter").fill("ａ２")
    assert seen.page.locator("#zones tbody tr:visible").count() == 1
    seen.page.locator("#filter").fill("沒有這裡")
    assert seen.page.locator("#no-match").is_visible()
