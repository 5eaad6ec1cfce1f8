"""A sentence before its language is known."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeAlias, Union


class Spoken(Protocol):
    """Something that has its own words in each language: a name of commune.toml."""

    def say(self, language: str) -> str:
        """Give the words in a language."""
        ...


Value: TypeAlias = Union[str, int, float, Decimal, date, datetime, "Text", Spoken]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence of the service, in English, with named places for what varies.

    `languages.say` turns it into the words of a language through the catalogs. What a person wrote
    only ever enters as an argument, so it is never read as a format.

    Attributes:
        msgid: the English sentence, places in braces: "Your code is {code}."
        args: place and what stands in it; a date or a moment is told in words.
        plural: the English sentence for a count other than one, "" where nothing is counted.
        count: the number that chooses between the two; it also fills the place {n}.
    """

    msgid: str
    args: tuple[tuple[str, Value], ...] = ()
    plural: str = ""
    count: int = 1


def _(msgid: str, /, **args: Value) -> Text:
    """Mark a sentence for the catalogs and fill its places."""
    return Text(msgid, tuple(args.items()))


def ngettext(singular: str, plural: str, n: int, /, **args: Value) -> Text:
    """Mark a sentence that counts: `ngettext("{n} day", "{n} days", 3)`."""
    return Text(singular, (("n", n), *args.items()), plural, n)


@dataclass(frozen=True, slots=True)
class Lines:
    """Several sentences of one letter, one under the other; an empty string is an empty line."""

    parts: tuple["Text | Lines | Spoken | str", ...]


def lines(*parts: "Text | Lines | Spoken | str | None") -> Lines:
    """Put sentences under one another, leaving out what is None."""
    return Lines(tuple(part for part in parts if part is not None))


Sayable: TypeAlias = Text | Lines | Spoken | str
"""What can be said in a language; a plain string (a name, a person's words) stays."""
