"""What is asked of an estimator is checked before it runs; results keep every digit."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from landwatch.cli import app
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import (
    EstimationTable,
    complete_rows,
    covariate_columns,
    first_treated_periods,
)
from landwatch.vocabulary.errors import InputError, StudyError
from pipelines.estimate import read_table

FIRMS = pd.DataFrame({"firm": ["a", "b", "c", "a"], "sales": [2.0, 1, 1, np.nan]})


def _panel(**columns):
    base = {"town": ["x", "x", "y", "y"], "year": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]}
    return pd.DataFrame({**base, **columns})


def test_estimator_of_no_such_name_is_refused_with_the_nearest():
    with pytest.raises(StudyError, match="Did you mean concentration"):
        fit_estimator("concentratoin", EstimationTable(FIRMS, "sales"))


@pytest.mark.parametrize(
    ("table", "options", "told"),
    [
        (EstimationTable(FIRMS, "sales"), {}, "needs --unit"),
        (EstimationTable(FIRMS, "sales", unit="firm", weights="sales"), {}, "no use of --weights"),
        (EstimationTable(FIRMS, "sales", unit="firm"), {"basis": "2"}, "no option basis; base"),
        (EstimationTable(FIRMS, "sales", unit="firm"), {"base": "two"}, "found 'two'"),
    ],
)
def test_roles_and_options_nobody_would_use_are_refused(table, options, told):
    with pytest.raises(StudyError, match=told):
        fit_estimator("concentration", table, options)


def test_option_given_as_text_is_read_as_its_type():
    table = EstimationTable(FIRMS, "sales", unit="firm")
    found = fit_estimator("concentration", table, {"base": "2"}).terms.set_index("term")
    assert found.loc["shannon", "estimate"] == pytest.approx(1.5)


def test_rows_with_a_gap_are_left_out_and_counted():
    rows, dropped = complete_rows(EstimationTable(FIRMS, "sales", unit="firm"))
    assert (len(rows), dropped) == (3, 1)


def test_text_where_numbers_belong_is_named_with_its_row():
    table = EstimationTable(FIRMS.assign(sales=["2", "1", "x", "1"]), "sales")
    with pytest.raises(InputError, match=r"found 'x' in 1 rows \(first: row 3\)"):
        complete_rows(table)


@pytest.mark.parametrize(
    ("columns", "roles", "first"),
    [
        ({"g": [0, 0, 2, 2]}, {"first_treated": "g"}, [0, 0, 2, 2]),
        ({"g": [None, None, 2, 2]}, {"first_treated": "g"}, [0, 0, 2, 2]),
        ({"on": [0, 0, 0, 1]}, {"first_treated": "on"}, [0, 0, 2, 2]),
        ({}, {"first_treated": "2", "treated_units": ("y",)}, [0, 0, 2, 2]),
    ],
    ids=["date", "missing is never", "state", "named units"],
)
def test_first_period_is_read_from_a_date_a_state_or_named_units(columns, roles, first):
    table = EstimationTable(_panel(**columns), "y", unit="town", period="year", **roles)
    rows, _ = complete_rows(table)
    assert first_treated_periods(table, rows).tolist() == first


@pytest.mark.parametrize(
    ("columns", "roles", "told"),
    [
        ({"g": [2, 1, 0, 0]}, {"first_treated": "g"}, "more than one first treated"),
        ({"on": [1, 0, 0, 0]}, {"first_treated": "on"}, "returns to 0"),
        ({"year": [5, 6, 5, 6], "on": [1, 1, 0, 0]}, {"first_treated": "on"}, "起始期別"),
        ({"on": [1, 1, 0, 0]}, {"first_treated": "on"}, "起始期別"),
        ({}, {"first_treated": "2", "treated_units": ("z",)}, "no unit z"),
        ({}, {"first_treated": "g", "treated_units": ("y",)}, "expected a period, found 'g'"),
    ],
)
def test_treatment_that_cannot_be_dated_is_refused(columns, roles, told):
    table = EstimationTable(_panel(**columns), "y", unit="town", period="year", **roles)
    with pytest.raises(InputError, match=told):
        first_treated_periods(table, complete_rows(table)[0])


@pytest.mark.parametrize(
    "text", ["a;b\n1;2\n", "a,b\n1,2\n", "a\tb\n1\t2\n", "\ufeffa|b\r\n1|2\r\n"]
)
def test_table_is_read_whatever_its_delimiter(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    assert read_table(path).to_dict("list") == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "header"),
        (b"a,a\n1,2\n", "twice: a"),
        (b"\xff\xfe\x81\n", "UTF-8 or Big5"),
        (b"a,b\nr1,1,2\nr2,3,4\n", "cannot be read as a table"),
        (b"a,b\n1,2\n3,4,5\n", "cannot be read as a table"),
    ],
)
def test_file_that_is_no_table_is_refused(tmp_path, content, told):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_table(path)


def test_command_writes_every_digit_and_its_specification(tmp_path):
    data, out = tmp_path / "firms.csv", tmp_path / "new" / "result.csv"
    FIRMS.to_csv(data, index=False)
    told = ["estimate", "concentration", str(data), "--outcome", "sales", "--unit", "firm"]
    done = CliRunner().invoke(app, [*told, "--options", "base=2", "--out", str(out)])
    assert done.exit_code == 0, done.output
    result = pd.read_csv(out).set_index("term")
    assert result.loc["effective_number", "estimate"] == np.exp(1.5 * np.log(2))
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["options"] == {"base": 2.0}
    assert told["roles"] == {"outcome": "sales", "unit": "firm"}


def test_infinite_covariate_is_named():
    rows = pd.DataFrame({"x": [1.0, np.inf]})
    with pytest.raises(InputError, match=r"x: .*found inf in 1 rows"):
        covariate_columns(rows, ["x"])
