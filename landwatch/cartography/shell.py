"""Markup of the pages: constants only, Chinese in place, English through the catalogue."""

import html
from collections.abc import Sequence

from landwatch.cartography.catalogue import bilingual
from landwatch.cartography.skeleton import Skeleton

INDEX = "index"


def phrase(key: str, tag: str = "span", attributes: str = "") -> str:
    """An element with a text of the catalogue that the language switch can change.

    Parameters
    ----------
    key : str
        Key of the catalogue.
    tag : str, optional
        Name of the element.
    attributes : str, optional
        Constant attributes.

    Returns
    -------
    str
        Markup with the Chinese text in place.
    """
    space = f" {attributes}" if attributes else ""
    return f'<{tag}{space} data-t="{key}">{html.escape(bilingual(key)[0])}</{tag}>'


def page_address(name: str, *, current: str) -> str:
    """Relative address of one page seen from another.

    Parameters
    ----------
    name, current : str
        Names of pages, ``index`` or a map.

    Returns
    -------
    str
        Such as ``maps/rent.html``.
    """
    if name == INDEX:
        return "index.html" if current == INDEX else "../index.html"
    return f"maps/{name}.html" if current == INDEX else f"{name}.html"


def header(pages: Sequence[str], current: str) -> str:
    """Name of the site, links among the pages that exist, language switch.

    Parameters
    ----------
    pages : sequence of str
        Maps that were drawn.
    current : str
        The page the header stands on.

    Returns
    -------
    str
        Markup.
    """
    links = []
    for name in (INDEX, *pages):
        here = ' aria-current="page"' if name == current else ""
        address = page_address(name, current=current)
        links.append(phrase(f"page_{name}", "a", f'class="nav-link" href="{address}"{here}'))
    home = page_address(INDEX, current=current)
    brand = phrase("site", "a", f'class="brand nav-link" href="{home}"')
    silent = phrase("noscript", "p", 'class="plain"')
    return (
        f'<header class="top">\n{brand}\n'
        f'<nav aria-label="{bilingual("navigation")[0]}" data-label="navigation">{"".join(links)}'
        "</nav>\n"
        f'<div class="tongues" role="group" aria-label="{bilingual("language")[0]}" '
        'data-label="language">'
        '<button type="button" data-lang="zh" lang="zh-Hant" aria-pressed="true">中文</button>'
        '<button type="button" data-lang="en" lang="en" aria-pressed="false">EN</button></div>\n'
        "</header>\n"
        f"<noscript>{silent}</noscript>\n"
    )


def footer() -> str:
    """Sources, licence, dates; filled in by the page.

    Returns
    -------
    str
        Markup.
    """
    return (
        '<footer class="foot">\n'
        f"{phrase('sources', 'h2')}\n"
        '<ul id="attribution"></ul>\n<dl id="dates" class="facts"></dl>\n'
        f"{phrase('drawn_with', 'p')}\n</footer>\n"
    )


def map_body(pages: Sequence[str], current: str, skeleton: Skeleton) -> str:
    """Body of a map page.

    Parameters
    ----------
    pages : sequence of str
        Maps that were drawn.
    current : str
        This map.
    skeleton : Skeleton
        The empty map.

    Returns
    -------
    str
        Markup.
    """
    skip = phrase("skip_to_table", "a", 'class="skip" href="#table"')
    return (
        header(pages, current) + '<main>\n<section class="stage">\n'
        '<svg class="defs" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="lw-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#eceff1"/>'
        '<rect width="1.6" height="6" fill="#8d979f"/></pattern></defs></svg>\n'
        f'<div class="heading">{phrase(f"page_{current}", "h1")}{phrase(f"lead_{current}", "p")}'
        '<p class="study" id="study"></p>'
        '<div class="chooser" id="chooser" role="group" hidden></div>'
        f"{skip}</div>\n"
        f'<div class="map" role="region" aria-label="{bilingual("map_label")[0]}" '
        f'data-label="map_label">{skeleton.html}</div>\n'
        f'<div class="legend" id="legend"></div>\n'
        '<aside class="panel" id="panel" role="dialog" aria-labelledby="panel-name" hidden>'
        "</aside>\n"
        "</section>\n"
        f'<section class="listing" id="table">{phrase("table_title", "h2")}'
        f'{phrase("table_note", "p")}<label class="filter">{phrase("filter")}'
        '<input type="search" id="filter" autocomplete="off"></label>'
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="table-name">'
        '<table id="zones"></table></div>'
        f'<p id="no-match" hidden data-t="no_match">{bilingual("no_match")[0]}</p></section>\n'
        "</main>\n" + footer()
    )


def start_body(pages: Sequence[str]) -> str:
    """Body of the start page.

    Parameters
    ----------
    pages : sequence of str
        Maps that were drawn.

    Returns
    -------
    str
        Markup.
    """
    cards = "".join(
        f'<a class="card nav-link" href="{page_address(name, current=INDEX)}">'
        f"{phrase(f'page_{name}', 'strong')}{phrase(f'lead_{name}')}</a>"
        for name in pages
    )
    readings = "".join(
        phrase(key, "li")
        for key in ("read_compare", "read_interval", "read_many", "read_cause", "read_price")
    )
    return (
        header(pages, INDEX) + '<main class="start">\n'
        '<section class="opening"><h1 id="study"></h1>'
        '<dl id="facts" class="facts"></dl></section>\n'
        f'<section>{phrase("verdict_title", "h2")}<div id="verdicts"></div></section>\n'
        f'<section>{phrase("maps_title", "h2")}<div class="cards">{cards}</div>'
        '<div id="missing"></div></section>\n'
        f'<section id="pooled-part">{phrase("pooled_title", "h2")}{phrase("pooled_lead", "p")}'
        f'<div class="scroll" tabindex="0" role="region" data-label="pooled_title" '
        f'aria-label="{bilingual("pooled_title")[0]}"><table id="pooled"></table></div></section>\n'
        f'<section id="event-part">{phrase("event_title", "h2")}{phrase("event_lead", "p")}'
        '<div id="plots"></div></section>\n'
        f'<section>{phrase("read_title", "h2")}<ul class="prose">{readings}</ul></section>\n'
        f'<section id="limits-part">{phrase("limits_title", "h2")}<ul class="prose" id="limits">'
        f'</ul>{phrase("absent_title", "h3")}<dl class="absent" id="absent"></dl></section>\n'
        "</main>\n" + footer()
    )


def attack_body(pages: Sequence[str]) -> str:
    """Body of the page of specifications.

    Parameters
    ----------
    pages : sequence of str
        Pages that were drawn.

    Returns
    -------
    str
        Markup.
    """
    current = "specifications"
    return (
        header(pages, current) + '<main class="start">\n'
        f'<section class="opening">{phrase(f"page_{current}", "h1")}'
        f'{phrase(f"lead_{current}", "p")}<p class="study" id="study"></p></section>\n'
        f'<section id="conclusion-part">{phrase("conclusion_title", "h2")}'
        f'{phrase("conclusion_lead", "p")}<div id="conclusions"></div></section>\n'
        f"<section>{phrase('curve_title', 'h2')}{phrase('curve_lead', 'p')}"
        '<div id="curves"></div></section>\n'
        f'<section id="threat-part">{phrase("threat_title", "h2")}{phrase("threat_lead", "p")}'
        '<div id="threats"></div></section>\n'
        "</main>\n" + footer()
    )
