"""The commands that open the store, answer and end."""

import argparse
import asyncio
import json
import secrets
import sys
import threading
import unicodedata
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

from bot.app import box_of, clock_of, ground_at, office_of
from bot.doctor import doctor
from bot.refusal import DONE, Refusal
from bot.service import Ground
from bot.settings import Settings
from handlers import report as reports
from messages.codes import ALPHABET, ticket_code
from messages.languages import ZONE
from messages.text import _
from scoring.periods import parse
from scoring.report_json import as_json
from storage import evidence as evidences
from storage.people import invite as write_invite
from storage.people import revoke as end_roles
from storage.reader import Reader
from storage.tickets import Event, Ticket

LONGEST_NAME = 100

THREAD_ENDS_WITHIN = 1.0
"""Seconds."""


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Ground]:
    """Open the service's store, migrated, beside a running service or before the first."""
    ground = await ground_at(
        settings.database,
        box_of(settings),
        office_of(settings),
        clock_of(settings),
        media=settings.var_dir / "media",
    )
    try:
        yield ground
    finally:
        await ground.store.close()


def _finished(work: Coroutine[None, None, int]) -> int:
    """Run a command; give its exit code."""

    async def to_the_end() -> int:
        earlier = set(threading.enumerate())
        try:
            return await work
        finally:
            # The driver's thread of a database that did not open still has to tell the loop that
            # it ends; without the loop it would say so on stderr.
            for thread in set(threading.enumerate()) - earlier:
                if thread.daemon:
                    await asyncio.to_thread(thread.join, THREAD_ENDS_WITHIN)

    return asyncio.run(to_the_end())


def _name(typed: str) -> str:
    """Give an official's name in one form: composed letters, single spaces."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name:
        raise Refusal(_("The name is empty."))
    if len(name) > LONGEST_NAME:
        raise Refusal(_("The name is longer than {n} characters.", n=LONGEST_NAME))
    if not name.isprintable():
        raise Refusal(_("The name has characters that cannot be printed."))
    return name


def migrate(settings: Settings, _options: argparse.Namespace) -> int:
    """Bring the database to this version's form."""

    async def do() -> int:
        async with _opened(settings):
            return DONE

    return _finished(do())


def invite(settings: Settings, options: argparse.Namespace) -> int:
    """Print a code with which one person becomes an official."""

    async def do() -> int:
        name = _name(options.name)
        async with _opened(settings) as ground:
            units = [unit.id for unit in ground.office.commune.units]
            if options.unit and options.unit not in units:
                raise Refusal(
                    _(
                        "The unit {unit} is not known; there are: {known}.",
                        unit=options.unit,
                        known=", ".join(units),
                    )
                )
            code = "".join(secrets.choice(ALPHABET) for _place in range(8))
            await ground.store.write(
                lambda connection: write_invite(
                    connection,
                    code_hash=ground.store.box.digest("invite", code),
                    role=options.role,
                    unit=options.unit,
                    name=name,
                    now=ground.clock(),
                )
            )
            _print(f"code: {code}")
            return DONE

    return _finished(do())


def revoke(settings: Settings, options: argparse.Namespace) -> int:
    """End every role and unused invitation of a name."""

    async def do() -> int:
        name = _name(options.name)
        async with _opened(settings) as ground:
            ended = await ground.store.write(
                lambda connection: end_roles(connection, name=name, now=ground.clock())
            )
            if not ended:
                raise Refusal(_("No official has the name {name}.", name=name))
            return DONE

    return _finished(do())


def report(settings: Settings, options: argparse.Namespace) -> int:
    """Print the counts and the score of a period."""

    async def do() -> int:
        async with _opened(settings) as ground:
            now = ground.clock()
            period = parse(options.period, now.astimezone(ZONE).date())
            read, office = Reader(ground.store), ground.office
            if options.format == "json":
                card, facts = await reports.scorecard(read, office, period, now)
                told = json.dumps(as_json(card, facts, period), ensure_ascii=False, indent=2)
            else:
                told = await reports.as_text(read, office, period, now)
            if options.out:
                await asyncio.to_thread(Path(options.out).write_text, told + "\n", encoding="utf-8")
                told = options.out
            _print(told)
            return DONE

    return _finished(do())


def tickets(settings: Settings, options: argparse.Namespace) -> int:
    """Print tickets with their history as JSON, all of them or one."""

    async def do() -> int:
        async with _opened(settings) as ground:
            read = Reader(ground.store)
            if options.code:
                code = ticket_code(options.code)
                found = await read.ticket(code) if code else None
                if found is None:
                    raise Refusal(_("There is no ticket {code}.", code=options.code))
                chosen = [found]
            else:
                chosen = await read.all_tickets()
            told = [await _ticket(read, ticket) for ticket in chosen]
            _print(json.dumps(told, ensure_ascii=False, indent=2))
            return DONE

    return _finished(do())


async def _ticket(read: Reader, ticket: Ticket) -> dict[str, object]:
    history = await read.history(ticket.code)
    answers = [row for row in history if row.event is Event.ANSWERED]
    return {
        "code": ticket.code,
        "state": ticket.state,
        "category": ticket.category,
        "unit": ticket.unit,
        "channel": ticket.source,
        "received_at": _told(ticket.received_at),
        "due_at": _told(ticket.due_at),
        "answered_at": _told(ticket.answered_at),
        "on_time": answers[-1].on_time if answers else None,
        "rating": ticket.rating,
        "history": [{"at": _told(row.at), "event": row.event} for row in history],
    }


def _told(moment: datetime | None) -> str | None:
    """A moment as ISO 8601 with the offset of Viet Nam."""
    return None if moment is None else moment.astimezone(ZONE).isoformat(timespec="seconds")


def evidence(settings: Settings, options: argparse.Namespace) -> int:
    """Check the seals of a period's evidence; a broken one is refused by day and reason."""

    async def do() -> int:
        async with _opened(settings) as ground:
            now = ground.clock()
            start, end = date.min, date.max
            if options.period is not None:
                period = parse(options.period, now.astimezone(ZONE).date())
                start, end = period.start, period.end
            await evidences.seal_days(ground.store, now)
            if broken := await evidences.verify(ground.store, start, end):
                days = "; ".join(f"{day.day}: {day.reason}" for day in broken)
                raise Refusal(_("The evidence is not what was sealed: {days}.", days=days))
            _print("ok")
            return DONE

    return _finished(do())


def dossiers(settings: Settings, options: argparse.Namespace) -> int:
    """Import what staff exported from the one-stop system."""
    from bot.dossier_commands import import_dossiers  # noqa: PLC0415 - other commands need none of it

    async def do() -> int:
        async with _opened(settings) as ground:
            return await import_dossiers(ground, options)

    return _finished(do())


def look(settings: Settings, _options: argparse.Namespace) -> int:
    """Print what is wrong, and what to do about it."""
    return _finished(doctor(settings))


COMMANDS: Mapping[str, Callable[[Settings, argparse.Namespace], int]] = {
    "migrate": migrate,
    "invite": invite,
    "revoke": revoke,
    "report": report,
    "tickets": tickets,
    "dossiers": dossiers,
    "evidence": evidence,
    "doctor": look,
}
