"""Numbers as a reader sees them: shares in per cent, q-values, counts.

Rounding never moves a number across the line that gives it its meaning: a change that is not zero
is not shown as zero, and a q-value is not rounded across the false discovery rate.
"""

import math

from landwatch.vocabulary.errors import InputError

_MINUS = "−"


def percent_change(estimate_log: float) -> float:
    """Change in per cent that a difference of logarithms stands for.

    Parameters
    ----------
    estimate_log : float
        Difference of natural logarithms.

    Returns
    -------
    float
        ``100 * (exp(estimate_log) - 1)`` [%].

    Raises
    ------
    InputError
        If the number is not finite or too large to be a change in per cent.

    Examples
    --------
    >>> round(percent_change(0.0953101798), 6)
    10.0
    """
    if not math.isfinite(estimate_log) or abs(estimate_log) > 20:
        raise InputError(
            f"expected a finite difference of logarithms within ±20, found {estimate_log}: "
            "check estimate_log, ci_low, ci_high and mde_log of the mart tables"
        )
    return 100.0 * math.expm1(estimate_log)


def percent_text(percent: float, *, signed: bool = True) -> str:
    """Write a change in per cent.

    Parameters
    ----------
    percent : float
        Change [%].
    signed : bool, optional
        Write a plus sign before positive numbers.

    Returns
    -------
    str
        One decimal; two significant digits where one decimal would read as zero.

    Examples
    --------
    >>> percent_text(12.34), percent_text(-0.021), percent_text(0.0)
    ('+12.3%', '−0.021%', '0.0%')
    """
    size = abs(percent)
    if size == 0:
        return "0.0%"
    digits = f"{size:,.1f}"
    if float(digits.replace(",", "")) == 0:
        digits = f"{size:.{1 - math.floor(math.log10(size))}f}"
    sign = _MINUS if percent < 0 else "+" if signed else ""
    return f"{sign}{digits}%"


def round_text(value: float) -> str:
    """Write a round number, such as a class break or a tick, with every digit it has.

    Parameters
    ----------
    value : float
        The number [%].

    Returns
    -------
    str
        With its sign, without the unit.

    Examples
    --------
    >>> round_text(0.25), round_text(-1500.0), round_text(0.0)
    ('+0.25', '−1,500', '0')
    """
    digits = f"{abs(value):,.10f}".rstrip("0").rstrip(".")
    sign = "" if value == 0 else _MINUS if value < 0 else "+"
    return f"{sign}{digits}"


def q_text(q_value: float, fdr: float) -> str:
    """Write a q-value so that it stays on its side of the false discovery rate.

    Parameters
    ----------
    q_value : float
        Adjusted p-value, or not a number when there is none.
    fdr : float
        False discovery rate of the study.

    Returns
    -------
    str
        Such as ``0.012`` or ``< 0.001``; empty when there is no q-value.

    Examples
    --------
    >>> q_text(0.0123, 0.05), q_text(0.0501, 0.05), q_text(0.00001, 0.05)
    ('0.012', '0.0501', '< 0.001')
    """
    if not math.isfinite(q_value):
        return ""
    if q_value < 0.001 <= fdr:
        return "< 0.001"
    for decimals in range(3, 17):
        shown = round(q_value, decimals)
        same_side = (shown <= fdr) == (q_value <= fdr)
        if same_side and (shown != fdr or q_value == fdr):
            return f"{q_value:.{decimals}f}"
    return repr(float(q_value))


def figure_text(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write a quantity; one that is not zero is not shown as zero.

    Parameters
    ----------
    value : float
        The number, in the unit shown.
    decimals : int
        Decimals wanted.
    signed : bool, optional
        Write a plus sign before positive numbers.

    Returns
    -------
    str
        With separators; empty when the number is missing.

    Examples
    --------
    >>> figure_text(1234.5, 0), figure_text(0.04, 1), figure_text(-3.26, 1, signed=True)
    ('1,234', '0.04', '−3.3')
    """
    if not math.isfinite(value):
        return ""
    size = abs(value)
    digits = f"{size:,.{decimals}f}"
    if size > 0 and float(digits.replace(",", "")) == 0:
        digits = f"{size:.{-math.floor(math.log10(size))}f}"
    sign = _MINUS if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{digits}"


def count_text(count: float) -> str:
    """Write a count with separators; empty when it is missing.

    Parameters
    ----------
    count : float
        Count, or not a number.

    Returns
    -------
    str
        Such as ``1,204``.
    """
    return f"{round(count):,}" if math.isfinite(count) else ""
