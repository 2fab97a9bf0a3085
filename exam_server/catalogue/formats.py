"""Numbers, dates and times as people write them in each language."""

from datetime import date, datetime
from decimal import Decimal

from exam_server.catalogue import Language

_DECIMAL_MARK: dict[Language, str] = {"vi": ",", "en": "."}
_DATE: dict[Language, str] = {"vi": "%d/%m/%Y", "en": "%d %b %Y"}


def format_number(number: Decimal | int, lang: Language) -> str:
    """The number with the language's decimal mark, all its decimals kept: 8.25 is "8,25" in Vietnamese."""
    return f"{number:f}".replace(".", _DECIMAL_MARK[lang]) if isinstance(number, Decimal) else str(number)


def format_date(day: date, lang: Language) -> str:
    """The day: 22/11/2026, or 22 Nov 2026."""
    return day.strftime(_DATE[lang])


def format_datetime(moment: datetime, lang: Language) -> str:
    """The moment in its own time zone, to the minute: "08:05 22/11/2026", or "22 Nov 2026, 08:05"."""
    time, day = f"{moment:%H:%M}", format_date(moment, lang)
    return f"{time} {day}" if lang == "vi" else f"{day}, {time}"
