"""The data dictionary, written from the schemas so that it cannot differ from them."""

from landwatch.schemas.columns import COLUMNS, TOPICS
from landwatch.schemas.definitions import Column, Table

_HEAD = """# Data dictionary 資料字典

Written from `landwatch/schemas/entities/` by `make documents`; do not edit by hand.
A column has one meaning and one unit wherever it stands. `*` never missing, `key` identifies a row,
`core` holds rows of sources, `mart` results made from them, `account` what was read and kept;
`once` rows equal in these columns are one record, of which the last read is kept.
"""


def data_dictionary() -> str:
    """Return every table with its columns, units and bounds as Markdown.

    Returns
    -------
    str
        One section a topic, one table a table.
    """
    sections = [_HEAD]
    for topic in TOPICS:
        tables: tuple[Table, ...] = getattr(topic, "TABLES", ())
        if tables:
            title = (topic.__doc__ or "").splitlines()[0].rstrip(".")
            sections.append(f"## {title}\n")
            sections += [_table(table) for table in tables]
    return "\n".join(sections)


def _table(table: Table) -> str:
    once = f" · once: {', '.join(table.repeats)}" if table.repeats else ""
    head = (
        f"### {table.name}\n\nkey: {', '.join(table.key)}{once}\n\n| column | type | unit | what |"
    )
    rows = [_row(name, COLUMNS[name], name in table.required) for name in table.columns]
    return "\n".join([head, "| column | type | unit | what |", "|---|---|---|---|", *rows, ""])


def _row(name: str, column: Column, required: bool) -> str:
    told = column.meaning + (f": {', '.join(column.allowed)}" if column.allowed else "")
    return f"| {name}{' *' if required else ''} | {column.dtype} | {column.unit} | {told} |"
