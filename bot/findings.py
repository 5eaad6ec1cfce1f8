"""What a look at the service found, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum

from messages.text import Sayable


class Weight(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    weight: Weight
    text: Sayable


def ok(text: Sayable) -> Finding:
    """Say that something is as it should be."""
    return Finding(Weight.OK, text)


def warn(text: Sayable) -> Finding:
    """Say that something should be looked at."""
    return Finding(Weight.WARNING, text)


def wrong(text: Sayable) -> Finding:
    """Say that something does not work."""
    return Finding(Weight.BROKEN, text)
