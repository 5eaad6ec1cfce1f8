"""Dossiers as an interface gives them: JSON with one list of objects, made into a table."""

import json
from collections.abc import Iterator
from typing import Any

DEEPEST = 3
"""How far within the answer the list may stand: `{"data": {"items": […]}}`."""


class NoRecords(Exception):
    """There is no list of objects, or more than one."""


def table(content: bytes) -> list[list[object]]:
    """Give a row of titles and a row for each object, all texts.

    Titles are the names of the values; a value within another is called `outer.inner`. Numbers keep
    the digits they were written with.

    Raises:
        NoRecords: it holds no such list.
        ValueError: it is no JSON, or broke off.
    """
    told = json.loads(content.decode("utf-8-sig"), parse_int=str, parse_float=str)
    lists = list(_lists(told, DEEPEST))
    if len(lists) != 1:
        raise NoRecords
    flat = [dict(_flat(one)) for one in lists[0]]
    titles = list(dict.fromkeys(title for one in flat for title in one))
    rows: list[list[object]] = [[one.get(title, "") for title in titles] for one in flat]
    return [list(titles), *rows]


def _lists(told: Any, depth: int) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 - any JSON
    if isinstance(told, list):
        if told and all(isinstance(one, dict) for one in told):
            yield told
    elif isinstance(told, dict) and depth:
        for one in told.values():
            yield from _lists(one, depth - 1)


def _flat(one: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in one.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, str):
            yield before + name, value
        elif value is None or isinstance(value, bool | list):
            yield before + name, ""
