"""Who is whose neighbour: nearest places, places within a distance, or lists in a column."""

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from landwatch.vocabulary.errors import InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Metric = Literal["euclidean", "haversine"]

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG)."""
MOST_LINKS: Final = 20_000_000
"""Neighbour links beyond which a distance is refused."""
NAMED: Final = 8
"""Places named in a note or message before it only counts them."""


def unit_text(column: pd.Series) -> pd.Series:
    """Write units as text; whole numbers without a decimal point.

    Parameters
    ----------
    column : Series
        Units of any type.

    Returns
    -------
    Series of str
        Text on the same index; missing stays missing.

    Examples
    --------
    >>> unit_text(pd.Series([1.0, 2.0])).tolist()
    ['1', '2']
    """
    if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 == 0).all():
        return column.astype("Int64").astype("string").astype(object)
    text = column.astype("string").str.strip()
    return text.astype(object).where(column.notna(), None)


def listed_links(
    label: tuple[str, ...], lists: pd.Series, separator: str = ";"
) -> tuple[sparse.csr_array, dict[str, object]]:
    """Link places by lists of neighbours.

    Parameters
    ----------
    label : tuple of str
        Unit by place.
    lists : Series of str
        Units next to each place.
    separator : str
        Between units; ``space`` stands for any white space.

    Returns
    -------
    tuple of (csr_array, dict)
        Links, and counts of entries left out: a place listed as its own neighbour, and units that
        are no place of the table.
    """
    place = pd.Series(np.arange(len(label)), index=pd.Index(label, dtype=object))
    text = lists.reset_index(drop=True).astype(str)
    split = text.str.split() if separator == "space" else text.str.split(separator, regex=False)
    parts = split.explode().fillna("").astype(str)
    parts = parts.str.strip()
    parts = parts[parts != ""]
    target = parts.map(place)
    if target.isna().any() and all(text.isdigit() for text in label):
        bare = pd.Series(place.to_numpy(), index=[str(int(text)) for text in label])
        if bare.index.is_unique:
            plain = parts.str.replace(r"\.0+$", "", regex=True)
            plain = plain.str.replace(r"^0+(?=\d)", "", regex=True)
            target = target.fillna(plain.map(bare))
    strangers = parts[target.isna()]
    if len(strangers) == len(parts) and len(parts):
        raise InputError(
            f"鄰居名單與單位對不上 no listed neighbour is a unit of the table: found "
            f"{named(sorted(strangers.unique()))}; units: {named(list(label))}. Give the column "
            f"that lists units joined by {separator!r}, or another separator=."
        )
    source, found = parts.index[target.notna()].to_numpy(), target.dropna().to_numpy(dtype=np.int64)
    apart = source != found
    told: dict[str, object] = {"neighbours": "listed", "self_links_dropped": int((~apart).sum())}
    told["listed_but_not_in_table"] = f"{len(strangers)} {named(sorted(strangers.unique()))}"
    return _links(source[apart], found[apart], len(label)), told


def point_links(
    points: "Floats",
    *,
    knn: int | None = None,
    distance: float | None = None,
    metric: Metric = "euclidean",
) -> tuple[sparse.csr_array, dict[str, object]]:
    """Link places by distance.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Coordinates; longitude and latitude in degrees with haversine.
    knn : int, optional
        Number of nearest places; those at equal distance in the order of the places.
    distance : float, optional
        Largest distance, in units of the points or in km with haversine.
    metric : {"euclidean", "haversine"}
        Distance.

    Returns
    -------
    tuple of (csr_array, dict)
        Links and what was done.

    Raises
    ------
    InputError
        If degrees are out of range, there are no more than `knn` places, or `distance` links
        more than 20 million pairs.
    """
    told: dict[str, object] = {"metric": "haversine_km" if metric == "haversine" else metric}
    space = points if metric == "euclidean" else _on_sphere(points)
    tree = cKDTree(space)
    if knn is not None:
        links, ties = _nearest(tree, space, knn)
        return links, {"neighbours": f"knn={knn}", "places_with_tied_kth": ties, **told}
    if distance is None:
        raise StudyError("neighbours: expected knn or distance, found neither.")
    reach = distance
    if metric == "haversine":
        reach = 2.0 * np.sin(min(distance / (2.0 * EARTH_RADIUS_KM), np.pi / 2.0))
    count = int(tree.count_neighbors(tree, reach)) - len(space)
    if count > MOST_LINKS:
        raise InputError(
            f"distance={distance:g}: 鄰居過多 links {count:,} pairs of places, more than "
            f"{MOST_LINKS:,}. Give a shorter distance."
        )
    pairs = tree.query_pairs(reach, output_type="ndarray")
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    told = {"neighbours": f"distance<={distance:g}", **told}
    return _links(ends[:, 0], ends[:, 1], len(space)), told


def _on_sphere(points: "Floats") -> "Floats":
    longitude, latitude = points[:, 0], points[:, 1]
    wrong = (np.abs(longitude) > 360.0) | (np.abs(latitude) > 90.0)
    if wrong.any():
        raise InputError(
            f"haversine: 不是經緯度 expected degrees (x longitude, y latitude), found "
            f"{int(wrong.sum())} places outside. Use metric=euclidean or name other columns."
        )
    east, north = np.radians(longitude), np.radians(latitude)
    level = np.cos(north)
    return np.column_stack([level * np.cos(east), level * np.sin(east), np.sin(north)])


def _nearest(tree: cKDTree, space: "Floats", knn: int) -> tuple[sparse.csr_array, int]:
    n = len(space)
    if knn >= n:
        raise InputError(
            f"knn={knn}: 地點不足 expected more than {knn} places, found {n}. Give a smaller knn."
        )
    # ties at the kth distance are broken by the order of the places, so look a little further
    ask = min(n, knn + 1 + 16)
    far, near = tree.query(space, ask)
    own = near == np.arange(n)[:, None]
    far = np.where(own, np.inf, np.round(far / max(float(far.max()), 1e-300), 12))
    order = np.lexsort((near, far), axis=1)[:, : knn + 1]
    far, near = np.take_along_axis(far, order, 1), np.take_along_axis(near, order, 1)
    ties = int((far[:, knn] == far[:, knn - 1]).sum()) if far.shape[1] > knn else 0
    source = np.repeat(np.arange(n), knn)
    return _links(source, near[:, :knn].ravel(), n), ties


def _links(source: "NDArray[np.int64]", target: "NDArray[np.int64]", n: int) -> sparse.csr_array:
    links = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(n, n))
    links.sum_duplicates()
    links.data[:] = 1.0
    return links


def named(places: list[str]) -> str:
    """Name places, the first eight of many.

    Parameters
    ----------
    places : list of str
        Names.

    Returns
    -------
    str
        Text; ``none`` if there are none.
    """
    shown = ", ".join(map(str, places[:NAMED]))
    return (shown + (f" … ({len(places)})" if len(places) > NAMED else "")) or "none"


def weight_matrix(links: sparse.csr_array, standardise: str) -> sparse.csr_array:
    """Weigh links.

    Parameters
    ----------
    links : csr_array, shape (n, n)
        0 and 1; every row has a 1.
    standardise : {"row", "binary"}
        Rows that sum to 1, or links as they are.

    Returns
    -------
    csr_array
        Weights.
    """
    if standardise == "binary":
        return links
    scaled = links.copy()
    scaled.data = links.data / np.repeat(np.diff(links.indptr), np.diff(links.indptr))
    return scaled
