"""全國營業（稅籍）登記: raw rows to businesses at doors, names of persons left out.

A business is recognised across files by a keyed hash of its 統一編號. Number and name are kept for
companies and their branches, whose registers are public; of all others (獨資, 合夥, and
whatever an old file does not tell) the name may be a person's, and is kept only where it is a
chain's brand.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import narrowed
from landwatch.standardise.doors import keyed_hash, with_door, with_town_of_address
from landwatch.vocabulary.brands import brand_in_name, company_aliases
from landwatch.vocabulary.calendar import roc_date
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.shops import COMPANY_WORDS, SHOPFRONT_DIVISIONS, STORELESS_GROUPS
from landwatch.vocabulary.text import folded

NO_INDUSTRY: Final = ("", "0", "000000")


def standardise_register(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn files of the register into table ``businesses__register``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.business_register.read_register`.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    Standardised
        A row whose 統一編號 is not eight digits, whose address begins with no known town, or that
        has no address is rejected; of a rejected row only town and trade are kept. Offices are
        marked and counted in the ledger, not dropped.
    """
    kept, rejected, files = [], [], []
    for raw in raws:
        frame = _interpreted(raw, places)
        rows = conformed(frame.filter(pl.col("reason").is_null()), "businesses__register")
        kept.append(rows)
        rejected.append(conformed(frame.filter(pl.col("reason").is_not_null()), "rejects"))
        rejected.append(
            conformed(
                raw.rejects.with_columns(pl.lit(raw.source_file).alias("source_file")), "rejects"
            )
        )
        files.append((raw, _remark(raw, rows)))
    table, rejects = pl.concat(kept), pl.concat(rejected)
    return Standardised({"businesses__register": table}, rejects, ledger_of(files, table, rejects))


def _interpreted(raw: RawTable, places: Places) -> pl.DataFrame:
    frame = with_door(with_town_of_address(raw.rows, "address", places)).drop("address")
    frame = frame.with_columns(
        folded(pl.col("tax_id")).alias("tax_id"),
        folded(pl.col("head_office_tax_id")).str.extract(r"^(\d{8})$", 1).alias("head_office"),
        pl.lit(raw.source_file).alias("source_file"),
        pl.lit(raw.register).alias("register_status"),
        pl.lit(_day_of(raw), pl.Date).alias("register_date"),
        _days(raw.rows["established"]).alias("established_date"),
        _days(_closing(raw.rows)).alias("closed_date"),
        *_described(),
    )
    frame = frame.with_columns(_reason().alias("reason"), _told())
    frame = frame.with_columns(*_identified(frame), *_office())
    return frame.with_columns(_flags().alias("flags"))


def file_day(text: pl.Expr) -> pl.Expr:
    """Return the day the first row of a file tells, however it is written.

    Parameters
    ----------
    text : polars.Expr
        ``10-APR-23``, ``1120410``, ``112/04/10``, ``2023-04-10`` or ``20230410``.

    Returns
    -------
    polars.Expr
        Days, missing where the text is none.

    Examples
    --------
    >>> frame = pl.DataFrame({"t": ["10-APR-23", "1120410", "2023/4/10", "20230410", ""]})
    >>> frame.select(file_day(pl.col("t")).cast(pl.String)).to_series().to_list()
    ['2023-04-10', '2023-04-10', '2023-04-10', '2023-04-10', None]
    """
    clean = folded(text)
    english = clean.str.to_titlecase().str.to_date("%d-%b-%y", strict=False)
    long_english = clean.str.to_titlecase().str.to_date("%d-%b-%Y", strict=False)
    western = clean.str.extract(r"^((?:19|20)\d{6})$", 1).str.to_date("%Y%m%d", strict=False)
    parts = clean.str.extract_groups(r"^((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})")
    iso = pl.concat_str(
        parts.struct.field("1"),
        parts.struct.field("2").str.pad_start(2, "0"),
        parts.struct.field("3").str.pad_start(2, "0"),
    ).str.to_date("%Y%m%d", strict=False)
    chinese = clean.str.extract_groups(r"(\d{2,3})年(\d{1,2})月(\d{1,2})日")
    roc = pl.concat_str(*(chinese.struct.field(c) for c in "123"), separator="/")
    return pl.coalesce(english, long_english, western, iso, roc_date(roc), roc_date(clean))


def _day_of(raw: RawTable) -> dt.date | None:
    told = raw.rows["file_date"].head(1).to_frame("text").select(file_day(pl.col("text")))
    day = told.item() if told.height else None
    return day if isinstance(day, dt.date) else None


def _closing(rows: pl.DataFrame) -> pl.Series:
    return rows.select(pl.coalesce(narrowed(pl.col("suspended")), "ended")).to_series()


def _days(text: pl.Series) -> pl.Series:
    """Days of a column that repeats few of them: each is read once."""
    known = (
        text.unique().to_frame("text").with_columns(roc_date(folded(pl.col("text"))).alias("day"))
    )
    found = text.to_frame("text").join(
        known, on="text", how="left", nulls_equal=True, maintain_order="left"
    )
    return found["day"]


def _described() -> list[pl.Expr]:
    name, form = narrowed(pl.col("business_name")), narrowed(pl.col("organisation"))
    code = folded(pl.col("industry_code"))
    company = name.str.contains(COMPANY_WORDS) | form.fill_null("").str.contains(COMPANY_WORDS)
    return [
        form.alias("organisation"),
        company.fill_null(value=False).alias("is_company"),
        brand_in_name(pl.col("business_name"), company_aliases()).alias("brand_name"),
        folded(pl.col("capital"))
        .str.replace_all(",", "")
        .cast(pl.Float64, strict=False)
        .alias("capital_twd"),
        pl.when(~code.is_in(NO_INDUSTRY))
        .then(code.str.extract(r"^(\d{4,6})$", 1))
        .alias("industry_code"),
        narrowed(pl.col("industry_name")).alias("industry_name"),
        folded(pl.col("uses_invoice"))
        .replace_strict({"Y": True, "N": False}, default=None, return_dtype=pl.Boolean)
        .alias("uses_invoice"),
    ]


def _identified(frame: pl.DataFrame) -> list[pl.Expr | pl.Series]:
    public = pl.col("is_company") | pl.col("brand_name").is_not_null()
    return [
        keyed_hash(frame["tax_id"]).alias("business_id"),
        keyed_hash(frame["head_office"]).alias("head_office_id"),
        pl.when("is_company").then(pl.col("tax_id")).alias("tax_id"),
        pl.when(public).then(narrowed(pl.col("business_name"))).alias("business_name"),
    ]


def _office() -> list[pl.Expr]:
    code = pl.col("industry_code")
    storeless = code.str.slice(0, 3).is_in(STORELESS_GROUPS)
    by_trade = ~code.str.slice(0, 2).is_in(SHOPFRONT_DIVISIONS) | storeless
    by_floor = pl.col("is_upstairs") & pl.col("brand_name").is_null()
    reason = (
        pl.when(by_trade & by_floor)
        .then(pl.lit("industry_and_upper_floor"))
        .when(by_trade)
        .then(pl.lit("industry"))
        .when(by_floor)
        .then(pl.lit("upper_floor"))
    )
    unknown = code.is_null() & ~by_floor
    office = pl.when(~unknown).then(by_trade.fill_null(value=False) | by_floor)
    return [office.alias("is_office"), reason.alias("office_reason")]


def _reason() -> pl.Expr:
    return (
        pl.when(~pl.col("tax_id").str.contains(r"^\d{8}$"))
        .then(pl.lit("bad_business_id"))
        .when(pl.col("town_code").is_null())
        .then(pl.lit("unknown_town"))
        .when(pl.col("premises_id").is_null())
        .then(pl.lit("no_address"))
    )


def _flags() -> pl.Expr:
    written = narrowed(pl.col("established")).is_not_null()
    doubts = {
        "bad_established_date": pl.col("established_date").is_null() & written,
        "established_after_file": pl.col("established_date") > pl.col("register_date"),
        "closed_before_established": pl.col("closed_date") < pl.col("established_date"),
        "no_industry": pl.col("industry_code").is_null(),
    }
    marks = [pl.when(test).then(pl.lit(name)) for name, test in doubts.items()]
    joined = pl.concat_str(*marks, separator=";", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _told() -> pl.Expr:
    return pl.concat_str(
        pl.lit("town "),
        pl.col("town_code").fill_null("?"),
        pl.lit(", 行業代號 "),
        pl.col("industry_code").fill_null("?"),
        pl.lit(", 統一編號 of "),
        pl.col("tax_id").str.len_chars().cast(pl.String),
        pl.lit(" signs; name and door not kept"),
    ).alias("raw")


def _remark(raw: RawTable, rows: pl.DataFrame) -> str:
    offices, unclear = int(rows["is_office"].sum()), rows["is_office"].null_count()
    day = rows["register_date"].cast(pl.String).max()
    parts = [
        f"{raw.register}, file of {day}"
        if isinstance(day, str)
        else f"{raw.register}, tells no day of its own",
        f"{offices} of {rows.height} look like offices by trade or floor, {unclear} untold",
    ]
    if raw.unknown_columns:
        parts.append(f"columns not read: {', '.join(raw.unknown_columns)}")
    return "; ".join(parts)
