"""The only way data get into a page.

A page is constants plus one JSON object. The constants (markup, style, scripts, the empty map) are
ours or vendored; the object is escaped so that no character of it can end the element it stands
in, and the scripts write its texts with ``textContent``. A content security policy names every
script by its hash and forbids all requests, so a mistake elsewhere stays inert.
"""

import base64
import hashlib
import html
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from landwatch.cartography.skeleton import Skeleton
from landwatch.vocabulary.errors import InputError

DATA_ID = "lw-data"
_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def write_page(
    path: Path,
    payload: Mapping[str, Any],
    *,
    title: str,
    body: str,
    styles: Sequence[str],
    scripts: Sequence[str],
) -> Path:
    """Put constants and data together and write the page.

    Parameters
    ----------
    path : Path
        The HTML file.
    payload : Mapping
        The data; only JSON types, finite numbers.
    title, body : str
        Constants: text of the title, markup of the body.
    styles, scripts : sequence of str
        Constants, in the order in which they apply.

    Returns
    -------
    Path
        The same path, flushed to disk.
    """
    parts = [
        "<!DOCTYPE html>\n",
        '<html lang="zh-Hant">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{security_policy(scripts)}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        '<meta name="referrer" content="no-referrer">\n',
        '<link rel="icon" href="data:,">\n',
        f"<title>{html.escape(title)}</title>\n",
        *(f"<style>\n{style}</style>\n" for style in styles),
        "</head>\n<body>\n",
        body,
        f'<script type="application/json" id="{DATA_ID}">{escape_payload(payload)}</script>\n',
        *(f"<script>{script}</script>\n" for script in scripts),
        "</body>\n</html>\n",
    ]
    content = "".join(parts).encode("utf-8", errors="replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return path


def escape_payload(payload: Mapping[str, Any]) -> str:
    """Write data as JSON that is inert inside an HTML script element.

    Parameters
    ----------
    payload : Mapping
        Only JSON types, finite numbers.

    Returns
    -------
    str
        JSON without ``<``, ``>``, ``&`` and line separators; parses back to the same object.

    Raises
    ------
    InputError
        If the data hold something JSON does not have.
    """
    try:
        text = json.dumps(
            payload, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
    except (TypeError, ValueError) as error:
        raise InputError(f"page data must be JSON with finite numbers: {error}") from error
    return text.translate(_ESCAPES)


def security_policy(scripts: Sequence[str]) -> str:
    """Content security policy that allows these scripts and nothing else.

    Parameters
    ----------
    scripts : sequence of str
        Every script of the page.

    Returns
    -------
    str
        Policy with one hash per script.

    Raises
    ------
    InputError
        If a script holds a carriage return (browsers hash the text without it) or an end tag.
    """
    for script in scripts:
        if "\r" in script or "</script" in script.lower() or "<!--" in script:
            raise InputError("an inline script must not hold a carriage return, end tag or comment")
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def map_scripts(skeleton: Skeleton, leaflet: str, *themes: str) -> tuple[str, ...]:
    """Scripts of a map page in the order in which they run.

    Parameters
    ----------
    skeleton : Skeleton
        The empty map.
    leaflet : str
        The vendored library.
    *themes : str
        Scripts of ours.

    Returns
    -------
    tuple of str
        Leaflet, the empty map, then ours.
    """
    return (leaflet, skeleton.script, *themes)
