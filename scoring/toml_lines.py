"""Finds the line of a TOML file on which something stands, which tomllib does not tell."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Where in the file something stands: ("criteria", 0, "components", 2, "max")."""


def lines_of(text: str) -> Mapping[Place, int]:
    """Give the line, from 1, on which each table and key of a well-formed file begins.

    The file is taken statement by statement: the fewest lines that tomllib reads alone are one.
    """
    found: dict[Place, int] = {(): 1}
    arrays: dict[Place, int] = {}
    table: Place = ()
    lines = text.replace("\r\n", "\n").split("\n")
    start = 0
    while start < len(lines):
        end, statement = _statement(lines, start)
        if lines[start].lstrip().startswith("["):
            table = _opened(statement, arrays)
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], start + 1)
        else:
            for place in _within(statement, table):
                found.setdefault(place, start + 1)
        start = end
    return found


def line_at(lines: Mapping[Place, int], place: Place) -> int:
    """Give the line of a place; of what is missing, the line of the table it is missing in."""
    known: Place = ()
    for part in place:
        if (*known, part) in lines:
            known = (*known, part)
    return lines[known]


def line_of_error(error: ValueError, text: str) -> int:
    """Give the line that a refusal of tomllib names, the last one where it names the end."""
    named = re.search(r"at line ([0-9]+)", str(error))
    return int(named[1]) if named else text.rstrip("\n").count("\n") + 1


def _statement(lines: list[str], start: int) -> tuple[int, Mapping[str, object]]:
    """Read the statement that begins on a line; give the line after it, and what it says."""
    for end in range(start + 1, len(lines)):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue  # it goes on in the next line
    return len(lines), tomllib.loads("\n".join(lines[start:]))


def _opened(statement: Mapping[str, object], arrays: dict[Place, int]) -> Place:
    """Give the place of the table that a header opens; `arrays` counts the tables of each array."""
    names: list[str] = []
    inner: object = statement
    while isinstance(inner, Mapping) and inner:
        names.append(next(iter(inner)))
        inner = inner[names[-1]]
    place: Place = ()
    for i, name in enumerate(names):
        place = (*place, name)
        if isinstance(inner, list) and i == len(names) - 1:
            arrays[place] = arrays.get(place, -1) + 1
        if place in arrays:
            place = (*place, arrays[place])
    return place


def _within(value: object, place: Place) -> Iterator[Place]:
    """Give every place of a value, the outer ones first."""
    parts: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, Mapping):
        parts = iter(value.items())
    elif isinstance(value, list):
        parts = iter(enumerate(value))
    for part, inner in parts:
        yield (*place, part)
        yield from _within(inner, (*place, part))
