"""What a guide says, alike in the chat and on its page: papers, time, fees, how sure it is."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from handlers.commune import shown
from handlers.procedures import By, Procedure, as_date
from messages.text import Text, _

_BETWEEN_PAPERS = re.compile(r";\s*(?![^()]*\))")

BY: Mapping[By, Text] = {
    By.ANY: _("any way"),
    By.IN_PERSON: _("in person"),
    By.ONLINE: _("online"),
    By.POST: _("by post"),
}
"""How a dossier is handed in, in words."""


def parted(cell: str) -> list[str]:
    """Give what a cell lists, one each; a semicolon within brackets parts nothing."""
    found = (part.strip(" .") for part in _BETWEEN_PAPERS.split(cell))
    return [part[0].upper() + part[1:] for part in found if part]


def papers(procedure: Procedure) -> list[str]:
    """Give the papers to bring."""
    return parted(procedure.documents)


def time_limit(procedure: Procedure) -> str | Text:
    """Tell how long it takes: the province's own limit first, where it has one."""
    local, national = procedure.time_limit_local, procedure.time_limit
    if local and national:
        return _("{local} (by national rule: {national})", local=local, national=national)
    return shown(local or national)


def fees(procedure: Procedure, day: date) -> list[str | Text]:
    """Tell what it costs on a day, a line for each channel; what follows is announced."""
    told = [
        _("{way}: {fee}{until}", way=BY[fee.by], fee=fee.words, until=_until(fee.end))
        if fee.by is not By.ANY or fee.end
        else fee.words
        for fee in procedure.fees_on(day)
    ]
    later = (fee for fee in procedure.fees if fee.start and fee.start > day)
    told += [
        _("from {day}, {way}: {fee}", day=fee.start, way=BY[fee.by], fee=fee.words)
        for fee in later
        if fee.start
    ]
    return told or [shown("")]


def _until(end: date | None) -> str | Text:
    return _(" (until {day})", day=end) if end else ""


def doubts(procedure: Procedure, day: date) -> Iterator[Text]:
    """Say what is not sure about it; nothing where all is confirmed and in force."""
    start, end = as_date(procedure.valid_from), as_date(procedure.valid_to)
    if start and day < start:
        yield _("Needs checking: its legal basis is in force only from {day}.", day=start)
    if end and end < day:
        yield _("Needs checking: its legal basis was in force until {day}.", day=end)
    elif procedure.needs_checking(day) and not (start and day < start):
        yield _("Needs checking: please ask the service centre before you come.")


def checked(procedure: Procedure) -> Text:
    """Tell where it was taken from and when somebody of the commune last looked."""
    source, day = shown(procedure.source), as_date(procedure.checked_on)
    if day is None:
        return _("Source: {source}. The commune has not compared it since.", source=source)
    return _(
        "Source: {source}. Compared by {who} on {day}.",
        source=source,
        who=procedure.checked_by,
        day=day,
    )
