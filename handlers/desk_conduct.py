"""Tickets about how an official behaved: whom they name neither hears of them nor handles them."""

import re
from dataclasses import replace
from itertools import pairwise

from handlers.office import Office
from handlers.routing import Turn
from messages.vietnamese import fold
from storage.tickets import NewTicket, Ticket

_CALLED = """
    anh chi ong ba co chu bac em cau me ten la cb can bo canbo dong chi dc thay sep
"""
_TITLES = frozenset(_CALLED.split())
"""Words before a given name by which people mean somebody, folded."""

_WORD = re.compile(r"\w+")


def is_about(office: Office, category: str) -> bool:
    """Tell whether a category is about how officials behave."""
    found = office.commune.category(category)
    return found is not None and found.conduct


def names(text: str, name: str) -> bool:
    """Tell whether words name an official: in full, or by the given name after a title.

    Rather one too many: whoever is left out by mistake has colleagues.
    """
    said, called = _WORD.findall(fold(text)), _WORD.findall(fold(name))
    if len(called) < 2:  # noqa: PLR2004 - one word alone names too much
        return False
    size = len(called)
    if any(said[at : at + size] == called for at in range(len(said) - size + 1)):
        return True
    given = called[-1]
    return any(word == given and before in _TITLES for before, word in pairwise(said))


async def with_named(turn: Turn, ticket: NewTicket, words: str) -> NewTicket:
    """Note whom a ticket about conduct names."""
    if not is_about(turn.office, ticket.category):
        return ticket
    everybody = (
        *await turn.read.desk.officials("officer"),
        *await turn.read.desk.officials("admin"),
    )
    named = sorted({id_ for id_, name in everybody if names(words, name)})
    return replace(ticket, named=tuple(named))


async def named_in(turn: Turn, ticket: Ticket | NewTicket) -> frozenset[int]:
    """Give whom a ticket names, nobody where it is not about conduct.

    Who was named stays so when the ticket is put under another category.
    """
    if isinstance(ticket, NewTicket):
        return frozenset(ticket.named)
    return await turn.read.desk.named(ticket.code)
