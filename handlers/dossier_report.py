"""Dossiers in the report: by unit and field, with the apologies that they need."""

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal

from handlers.cards import unit_name
from handlers.dossier_telling import day_or_moment
from handlers.office import Office
from messages.text import Sayable, _
from storage.dossiers_counts import DossierCounts, Punctuality


def punctuality(office: Office, counts: DossierCounts) -> Iterator[Sayable]:
    """Tell how many dossiers were on time and late, by unit and field."""
    if counts.as_of is None:
        return
    moment = day_or_moment(counts.as_of)
    yield _("Dossiers, as the one-stop system told us at {moment}", moment=moment)
    share = on_time_share(counts)
    if share is not None:
        yield _(
            "On time: {share} % ({on_time} of {due}); the criterion asks for 100 %",
            share=share,
            on_time=counts.on_time,
            due=counts.on_time + counts.late,
        )
    for line in counts.lines:
        yield _line(office, line)
    missing = counts.late - counts.apologised
    if missing:
        yield _(
            "⚠ {late} late dossiers, but only {apologised} approved letters of apology: {missing} "
            "are missing. Send /xinloi to write them.",
            late=counts.late,
            apologised=counts.apologised,
            missing=missing,
        )
    elif counts.late:
        yield _("Each late dossier has its letter of apology.")
    yield from ways(counts)


def ways(counts: DossierCounts) -> Iterator[Sayable]:
    """Tell how many came online, and how many Friday dossiers were settled the same day."""
    if counts.as_of is None:
        return
    received = counts.online + counts.paper
    if received:
        yield _(
            "Received online: {share} % ({online} of {received}), as of {moment}",
            share=_percent(counts.online, received),
            online=counts.online,
            received=received,
            moment=day_or_moment(counts.as_of),
        )
    if counts.fridays:
        yield _(
            "Friday without appointment: {same_day} of {fridays} settled the same day",
            same_day=counts.same_day,
            fridays=counts.fridays,
        )


def on_time_share(counts: DossierCounts) -> Decimal | None:
    """Give the per cent on time, None where nothing was due.

    Rounded down to a tenth, so that one late dossier among thousands never reads as 100 %.
    """
    due = counts.on_time + counts.late
    return _percent(counts.on_time, due) if due else None


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_FLOOR)


def _line(office: Office, line: Punctuality) -> Sayable:
    unit = unit_name(office, line.unit) if line.unit else _("unit not known")
    field = line.field or _("field not known")
    if line.late:
        return _(
            "- {unit}, {field}: {on_time} on time, {late} late, {apologised} with a letter",
            unit=unit,
            field=field,
            on_time=line.on_time,
            late=line.late,
            apologised=line.apologised,
        )
    return _("- {unit}, {field}: {on_time} on time", unit=unit, field=field, on_time=line.on_time)
