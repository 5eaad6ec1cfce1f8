"""A dossier in plain words: where it is, who has it, until when, and what comes next."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from handlers.cards import Name, unit_name
from handlers.commune import shown
from handlers.deadlines import MINUTE
from handlers.office import Office
from messages.languages import ZONE
from messages.text import Lines, Text, _, lines
from storage.dossiers import Dossier, Stage

STAGES: Mapping[Stage, Text] = MappingProxyType(
    {
        Stage.REGISTERED: _("sent in, waiting to be received"),
        Stage.RECEIVED: _("received"),
        Stage.PROCESSING: _("being worked on"),
        Stage.SUPPLEMENT: _("waiting for papers from you"),
        Stage.PAYMENT: _("waiting for your payment"),
        Stage.READY: _("the result is ready"),
        Stage.RETURNED: _("the result was handed over"),
        Stage.REFUSED: _("not accepted"),
        Stage.WITHDRAWN: _("withdrawn at your wish"),
        Stage.STOPPED: _("stopped"),
    }
)
"""Stage → where it is; one that we do not know is told in the export's words."""

NEXT: Mapping[Stage, Text] = MappingProxyType(
    {
        Stage.REGISTERED: _("You need not do anything: the centre looks through your papers."),
        Stage.RECEIVED: _("You need not do anything until the due date."),
        Stage.PROCESSING: _("You need not do anything until the due date."),
        Stage.SUPPLEMENT: _(
            "Please bring or send what is missing; the work goes on when it has come."
        ),
        Stage.PAYMENT: _("Please pay what is due; the work goes on when it is paid."),
        Stage.READY: _("Please come for the result with the receipt and your identity papers."),
        Stage.RETURNED: _("Nothing is left to do."),
        Stage.REFUSED: _("Please ask the centre for the reason, and what you can do."),
        Stage.WITHDRAWN: _("Nothing is left to do."),
        Stage.STOPPED: _("Please ask the centre why, and what you can do."),
        Stage.OTHER: _("Please ask the centre if anything is unclear."),
    }
)
"""Stage → what the citizen has to do next."""

_LAST = time(23, 59, 59, 999000)


def day_or_moment(moment: datetime) -> date | datetime:
    """Give a day alone where the export named no hour."""
    local = moment.astimezone(ZONE)
    whole = local.time() in {time(), _LAST}
    return local.date() if whole else local


def told(office: Office, dossier: Dossier, new_due: datetime | None = None) -> Lines:
    """Tell somebody who proved that it is theirs where a dossier is.

    Args:
        office: knows units and the centre.
        dossier: as the last import shows it.
        new_due: the date that an apology promised instead.
    """
    one = dossier.exported
    return lines(
        _("Dossier {code}", code=one.code),
        one.procedure or None,
        *_stage(dossier),
        _("Who has it: {holder}", holder=_holder(office, dossier)),
        _("Received: {moment}", moment=day_or_moment(one.received_at)) if one.received_at else None,
        _("Due: {moment}", moment=day_or_moment(one.due_at)) if one.due_at else None,
        _("Finished: {moment}", moment=day_or_moment(one.finished_at)) if one.finished_at else None,
        *_late(dossier, new_due),
        "",
        _("What you do next: {what}", what=NEXT[one.stage]),
        one.note or None,
        "",
        _("As the one-stop system told us at {moment}.", moment=dossier.as_of),
    )


def _stage(dossier: Dossier) -> tuple[Text, ...]:
    one = dossier.exported
    stage = STAGES.get(one.stage) or one.status or _("not known")
    found = _("Where it is: {stage}", stage=stage)
    if not dossier.gone:
        return (found,)
    return (found, _("It is not in the newest list of the one-stop system. Please ask the centre."))


def _holder(office: Office, dossier: Dossier) -> Name:
    one = dossier.exported
    if one.stage in {Stage.SUPPLEMENT, Stage.PAYMENT, Stage.RETURNED}:
        return _("you")
    if one.stage is Stage.READY:
        return unit_name(office, office.commune.default_unit)
    return one.holder or unit_name(office, one.unit or office.commune.default_unit)


def _late(dossier: Dossier, new_due: datetime | None) -> tuple[Text, ...]:
    if not dossier.late:
        return ()
    sorry = _("It is late, and we are sorry for that.")
    if dossier.exported.finished_at is not None or new_due is None:
        return (sorry,)
    return (sorry, _("The new date is {moment}.", moment=day_or_moment(new_due)))


NEWS: Mapping[Stage, Text] = MappingProxyType(
    {
        Stage.REGISTERED: _("Your dossier {code} has arrived."),
        Stage.RECEIVED: _("Your dossier {code} was received."),
        Stage.PROCESSING: _("Your dossier {code} is being worked on."),
        Stage.SUPPLEMENT: _("Your dossier {code} needs more papers from you."),
        Stage.PAYMENT: _("There is something to pay for your dossier {code}."),
        Stage.READY: _("The result of your dossier {code} is ready."),
        Stage.RETURNED: _("The result of your dossier {code} was handed over."),
        Stage.REFUSED: _("Your dossier {code} was not accepted."),
        Stage.WITHDRAWN: _("Your dossier {code} was withdrawn."),
        Stage.STOPPED: _("The work on your dossier {code} was stopped."),
        Stage.OTHER: _("There is news of your dossier {code}."),
    }
)
"""Stage → what a follower reads first when a dossier comes to it."""


def news(dossier: Dossier, before: str) -> Text:
    """Say in one sentence what is new since a follower was told last (`Dossier.notable`)."""
    one = dossier.exported
    now_late = dossier.late and "|late" not in before
    if dossier.gone:
        found = _("Your dossier {code} is not in the newest list of the one-stop system.")
    elif now_late and before.partition("|")[0] == one.stage:
        found = _("Your dossier {code} is late, and we are sorry for that.")
    else:
        found = NEWS[one.stage]
    return Text(found.msgid, (("code", one.code),))


def waking(office: Office, now: datetime) -> datetime | None:
    """Tell when somebody who did not ask may be written to, None where they may be now."""
    moment = now.astimezone(ZONE)
    for _stretch in range(2 * len(office.commune.dossiers.quiet) + 1):
        passed = timedelta(hours=moment.hour, minutes=moment.minute) // MINUTE
        quiet = (one for one in office.commune.dossiers.quiet if one.start <= passed < one.end)
        ends = next((one.end for one in quiet), None)
        if ends is None:
            break
        moment = datetime.combine(moment.date(), time(), ZONE) + ends * MINUTE
    return moment if moment > now else None


def centre(office: Office) -> Text:
    """Say whom to ask."""
    unit = office.commune.unit(office.commune.default_unit)
    return _(
        "Or ask {unit}, telephone {phone}.",
        unit=unit.name if unit else office.commune.office,
        phone=shown(unit.phone if unit else ""),
    )
