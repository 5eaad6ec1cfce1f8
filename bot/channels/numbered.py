"""A letter's choices as lines to read, where there are no buttons."""

from collections.abc import Iterator

from messages.envelope import Choice, Outgoing


def numbered(body: Outgoing) -> str:
    """Give a letter as plain text: its words, then a line for each choice.

    A choice is "1. Title" by its number, and one that leads elsewhere "Title: address".
    """
    return "\n".join(_lines(body))


def _lines(body: Outgoing) -> Iterator[str]:
    if body.text.strip():
        yield body.text.rstrip()
    yield from map(_line, body.choices)


def _line(choice: Choice) -> str:
    # A line break in a title would begin a line of its own, without a number.
    title = " ".join(choice.title.split())
    return f"{title}: {choice.url}" if choice.url else f"{choice.number}. {title}"
