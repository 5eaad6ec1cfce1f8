"""The registers that Luật 91/2025 asks for: requests about personal data, incidents with it."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.opened import finished, opened, put
from bot.refusal import DONE, Refusal
from bot.service import Ground
from bot.settings import Settings
from handlers.data_requests import AT_ONCE, KINDS
from handlers.ticket_states import STATE_NAMES
from messages.codes import ticket_code
from messages.languages import DEFAULT, ZONE, say
from messages.text import Lines, Text, _, lines
from storage.data_register import Breach
from storage.reader import Reader
from storage.tickets import BREACH, Ticket

MOST = 100_000

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
"""Bounds that leave out no incident, whatever a clock said: one that the service, whose clock may
be ahead of this command's, has just written down must be in the log."""


def requests(settings: Settings, options: argparse.Namespace) -> int:
    """Print a period's requests with their clocks, and what was done at once; never words."""

    async def do() -> int:
        async with opened(settings, "requests") as ground:
            period = ground.office.period(options.period, ground.clock().astimezone(ZONE).date())
            read = Reader(ground.store)
            found = await read.data.tickets(KINDS.keys() - {BREACH}, *period.bounds, MOST)
            tallies = await read.tallies(period.start, period.end)
            done = {kind: tallies[kind].count if kind in tallies else 0 for kind in AT_ONCE}
            rows = [_request(one) for one in reversed(found)]
            if options.format == "json":
                put(_json({"period": period.name, "requests": rows, "done_at_once": done}))
                return DONE
            for row in rows:
                put("\t".join(str(value if value is not None else "-") for value in row.values()))
            for kind, n in done.items():
                put(f"{say(AT_ONCE[kind], DEFAULT)}\t{n}")
            return DONE

    return finished(do())


def _request(ticket: Ticket) -> dict[str, str | None]:
    return {
        "code": ticket.code,
        "kind": ticket.kind,
        "state": ticket.state,
        "unit": ticket.unit,
        "received_at": _at(ticket.received_at),
        "respond_by": _at(ticket.respond_by),
        "responded_at": _at(ticket.responded_at),
        "due_at": _at(ticket.due_at),
        "answered_at": _at(ticket.answered_at),
    }


def breaches(settings: Settings, options: argparse.Namespace) -> int:
    """Print the log of incidents, or one of them as the minutes that the authority is sent."""

    async def do() -> int:
        code = ticket_code(options.code) if options.code else ""
        async with opened(settings, "breaches", code) as ground:
            read = Reader(ground.store)
            listed = await read.data.tickets({BREACH}, *EVER, MOST)
            found = [one for one in reversed(listed) if not options.code or one.code == code]
            if options.code and not found:
                raise Refusal(_("There is no incident {code}.", code=options.code))
            told = [(one, await _known(read, one), await _what(read, one)) for one in found]
            if options.format == "json":
                put(_json([_row(*one) for one in told]))
                return DONE
            for one in told:
                put(say(lines(*_minutes(ground, *one)), DEFAULT))
            return DONE

    return finished(do())


async def _known(read: Reader, ticket: Ticket) -> Breach:
    return await read.data.breach(ticket.code) or Breach(ticket.received_at)


async def _what(read: Reader, ticket: Ticket) -> str:
    return "\n".join(one.text for one in await read.words(ticket.code) if one.text)


def _row(ticket: Ticket, known: Breach, what: str) -> dict[str, object]:
    return {
        "code": ticket.code,
        "state": ticket.state,
        "unit": ticket.unit,
        "recorded_at": _at(ticket.received_at),
        "found_at": _at(known.found_at),
        "tell_by": _at(ticket.due_at),
        "told_at": _at(known.told_at),
        "on_time": None if known.told_at is None else known.told_at <= ticket.due_at,
        "what": what,
        "touches": known.touches,
        "measures": known.measures,
        "told": known.told,
        "form_confirmed": False,
    }


def _minutes(ground: Ground, ticket: Ticket, known: Breach, what: str) -> Iterator[Text | Lines]:
    """Write the facts that a notice to the authority needs, in the order in which they are asked.

    The official form (NĐ 356/2025/NĐ-CP, Đ.28, Mẫu 08) was not at hand: the facts are ours to give,
    their order and headings are to be confirmed.
    """
    missing = _("not written down yet")
    yield _("INCIDENT WITH PERSONAL DATA {code}", code=ticket.code)
    yield _("Form: to be confirmed against Mẫu 08 of NĐ 356/2025/NĐ-CP, Đ.28.")
    yield _("Body: {office}", office=ground.office.commune.office)
    yield _("State: {state}", state=STATE_NAMES[ticket.state])
    yield _("Found: {at}", at=known.found_at)
    yield _("Written down: {at}", at=ticket.received_at)
    yield _("The 72 hours end: {at}", at=ticket.due_at)
    yield _("What happened: {words}", words=what or missing)
    yield _("Whom it touches: {words}", words=known.touches or missing)
    yield _("Measures: {words}", words=known.measures or missing)
    if known.told_at is not None:
        yield _("The authority was told {at}: {words}", at=known.told_at, words=known.told)


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat(timespec="seconds")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
