"""The languages the service speaks, and how a sentence, a moment and a number sound in them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import c2py
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from messages.text import Lines, Sayable, Text, Value

LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "en": "English"}
"""Code → the language's own name, the default first."""

DEFAULT = "vi"

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of every date and hour that a person reads."""

LOCALE = Path(__file__).parent / "locale"


@cache
def catalog(language: str) -> Catalog:
    """Read the catalog of a language, once."""
    with (LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def _sentences(language: str) -> Mapping[str, tuple[str, ...]]:
    """English sentence → its forms in a language: one, or one per plural form."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog(language):
        key = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string
        if key and said:
            found[key] = (said,) if isinstance(said, str) else tuple(said)
    return found


@cache
def _plural(language: str) -> Callable[[int], int]:
    """Which of a language's forms a count takes, by the rule its catalog states."""
    rule: Callable[[int], int] = c2py(catalog(language).plural_expr)
    return rule


def speaks(code: str) -> str:
    """Give the language nearest to a platform's code ("en-GB"), the default where we have none."""
    language = code.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT


def say(text: Sayable, language: str = DEFAULT) -> str:
    """Say a sentence in a language; a sentence its catalog lacks is said in English."""
    if isinstance(text, str):
        return text
    if isinstance(text, Lines):
        return "\n".join(say(part, language) for part in text.parts)
    if not isinstance(text, Text):
        return text.say(language)
    forms = _sentences(language).get(text.msgid, ())
    if not text.plural:
        template = forms[0] if forms else text.msgid
    elif forms and all(forms):
        template = forms[_plural(language)(text.count)] if len(forms) > 1 else forms[0]
    else:
        template = text.msgid if text.count == 1 else text.plural
    if not text.args:
        return template
    return template.format_map({name: value_in(v, language) for name, v in text.args})


def value_in(value: Value, language: str) -> str:
    """Tell what stands in a sentence's place: moments and dates in words, numbers grouped."""
    if isinstance(value, str | Text):
        return say(value, language)
    if isinstance(value, datetime):
        return moment_in(value, language)
    if isinstance(value, date):
        return format_date(value, "dd/MM/yyyy", locale=language)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float | Decimal):
        return value.say(language)
    return format_decimal(Decimal(str(value)), format="#,##0.##", locale=language)


def moment_in(moment: datetime, language: str) -> str:
    """Tell a moment as people say it: "16:30 thứ Ba 24/11/2026"."""
    local = moment.astimezone(ZONE)
    pattern = "HH:mm EEEE dd/MM/yyyy" if language == "vi" else "HH:mm 'on' EEEE dd/MM/yyyy"
    told = format_datetime(local, pattern, locale=language)
    return told.replace("Thứ", "thứ").replace("Chủ Nhật", "Chủ nhật") if language == "vi" else told
