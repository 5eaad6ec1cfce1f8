"""The commands that open the store, answer and end."""

import argparse
import json
import secrets
import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from bot.asked_again import be_sure
from bot.backup import backup
from bot.doctor import doctor
from bot.opened import finished as _finished
from bot.opened import opened as _opened
from bot.opened import put as _print
from bot.privacy_commands import audit, key, retention
from bot.refusal import DONE, Refusal
from bot.register_commands import breaches, requests
from bot.report_commands import evidence, report
from bot.restore import restore
from bot.settings import Settings
from messages.codes import ALPHABET, ticket_code
from messages.languages import ZONE
from messages.text import _
from storage.people import invite as write_invite
from storage.people import revoke as end_roles
from storage.published import version_at
from storage.reader import Reader
from storage.tickets import Event, Ticket

LONGEST_NAME = 100


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
        async with _opened(settings, "migrate"):
            return DONE

    return _finished(do())


def invite(settings: Settings, options: argparse.Namespace) -> int:
    """Print a code with which one person becomes an official."""

    async def do() -> int:
        name = _name(options.name)
        async with _opened(settings, "invite") as ground:
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
        be_sure(
            _("This ends every role and unused invitation of {name} at once.", name=name),
            "revoke",
            yes=options.yes,
            alone=True,
        )
        async with _opened(settings, "revoke") as ground:
            ended = await ground.store.write(
                lambda connection: end_roles(connection, name=name, now=ground.clock())
            )
            if not ended:
                raise Refusal(_("No official has the name {name}.", name=name))
            return DONE

    return _finished(do())


def tickets(settings: Settings, options: argparse.Namespace) -> int:
    """Print tickets with their history as JSON, all of them or one."""

    async def do() -> int:
        async with _opened(settings, "tickets", options.code) as ground:
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


def shown(settings: Settings, options: argparse.Namespace) -> int:
    """Print the catalogue file that was in use at the end of a day, as it stood."""

    async def do() -> int:
        async with _opened(settings, "procedures shown") as ground:
            try:
                day = date.fromisoformat(options.on) if options.on else None
            except ValueError:
                raise Refusal(
                    _("{value} is no day like 2026-07-31.", value=repr(options.on))
                ) from None
            now = ground.clock()
            end = datetime.combine(day, time.max, ZONE) if day else now
            found = await version_at(ground.store, min(end, now))
            if found is None:
                raise Refusal(_("No catalogue is kept of that day or before."))
            sys.stdout.write(found[1].decode("utf-8-sig"))
            return DONE

    return _finished(do())


def dossiers(settings: Settings, options: argparse.Namespace) -> int:
    """Import what staff exported from the one-stop system, or what it gives itself."""
    from bot.dossier_commands import (  # noqa: PLC0415 - other commands need none of it
        import_dossiers,
        pull_dossiers,
    )

    async def do() -> int:
        async with _opened(settings, f"dossiers {options.action}") as ground:
            if options.action == "pull":
                return await pull_dossiers(settings, ground, options)
            return await import_dossiers(ground, options)

    return _finished(do())


def look(settings: Settings, _options: argparse.Namespace) -> int:
    """Print what is wrong, and what to do about it."""
    return _finished(doctor(settings))


def zalo(settings: Settings, _options: argparse.Namespace) -> int:
    """Print the consent link of the Zalo OA and wait until the service has its tokens."""
    # A platform's code is read only where it is used.
    from bot.channels.zalo.connecting import connect  # noqa: PLC0415

    async def do() -> int:
        async with _opened(settings, "zalo connect") as ground:
            await connect(settings, ground, _print)
            return DONE

    return _finished(do())


COMMANDS: Mapping[str, Callable[[Settings, argparse.Namespace], int]] = {
    "migrate": migrate,
    "invite": invite,
    "revoke": revoke,
    "report": report,
    "tickets": tickets,
    "dossiers": dossiers,
    "evidence": evidence,
    "zalo": zalo,
    "backup": backup,
    "restore": restore,
    "doctor": look,
    "procedures": shown,
    "retention": retention,
    "key": key,
    "audit": audit,
    "requests": requests,
    "breaches": breaches,
}
