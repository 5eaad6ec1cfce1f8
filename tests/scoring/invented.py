"""The invented scheme and small pieces the tests of scoring are made of."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from scoring.criteria import parse, read
from scoring.facts import Decision
from scoring.periods import Period
from scoring.scheme import Scheme

FILE = Path(__file__).parent / "invented.toml"
SHIPPED = Path(__file__).parents[2] / "commune" / "criteria.toml"
UNITS = {"ttpvhcc", "vp", "kinhte", "vhxh", "congan", "quansu", "tramyte"}

JULY = Period("2026-07", date(2026, 7, 1), date(2026, 7, 31))
"""A period of 31 days."""


def invented() -> Scheme:
    return read(FILE, {"ttpvhcc"})


def changed(changes: Mapping[str, str], file: Path = FILE) -> str:
    """Give the text of a file with pieces replaced, each of which stands in it exactly once."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def scheme_with(changes: Mapping[str, str]) -> Scheme:
    return parse(changed(changes), "invented.toml")


def decided(score: str, reason: str = "seen on site") -> Decision:
    return Decision(
        Decimal(score), reason, "Trần Thị Mai", datetime(2026, 8, 3, 17, 30, tzinfo=UTC)
    )


def decimals(text: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, text.split()))
