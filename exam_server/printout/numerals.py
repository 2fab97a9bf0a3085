"""Numbers in reports, as people write them; a dash for what is not defined."""

from decimal import Decimal

from exam_server.catalogue import Language
from exam_server.catalogue.formats import format_number

DASH = "–"
_TINY = 0.001


def number(value: float | str | None, digits: int, lang: Language) -> str:
    """With so many decimals; a decimal text keeps its own."""
    if value is None:
        return DASH
    exact = Decimal(value) if isinstance(value, str) else Decimal(f"{value:.{digits}f}")
    return format_number(exact, lang).replace("-", "−")


def probability(value: float | None, lang: Language) -> str:
    """Three decimals, or that it is smaller than they show."""
    if value is None or value >= _TINY:
        return number(value, 3, lang)
    return f"< {number(_TINY, 3, lang)}"


def interval(low: float | None, high: float | None, digits: int, lang: Language) -> str:
    """Both bounds."""
    if low is None or high is None:
        return DASH
    return f"{number(low, digits, lang)} … {number(high, digits, lang)}"


def with_error(value: float | None, error: float | None, digits: int, lang: Language) -> str:
    """A value ± its standard error."""
    if value is None or error is None:
        return number(value, digits, lang)
    return f"{number(value, digits, lang)} ± {number(error, digits, lang)}"
