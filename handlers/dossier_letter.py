"""What stands in the letter of apology, from the dossier and what the officer filled in."""

from datetime import datetime

from handlers.cards import unit_name
from handlers.dossier_telling import day_or_moment
from handlers.office import Office
from messages.languages import DEFAULT, ZONE, say, value_in
from scoring.documents.apology import ApologyForm
from storage.dossiers_apologies import Apology
from storage.reader import Reader


async def form_of(read: Reader, office: Office, apology: Apology) -> ApologyForm | None:
    """Fill the form; None where the dossier is not there any more."""
    dossier = await read.dossiers.dossier(apology.code)
    if dossier is None or apology.leader_id is None:
        return None
    one = dossier.exported
    approved = apology.approved_at or dossier.as_of
    place = office.commune.name.vi
    unit = unit_name(office, apology.unit)
    return ApologyForm(
        office=office.commune.office.vi,
        unit=unit if isinstance(unit, str) else say(unit),
        place=place[:1].upper() + place[1:],
        day=approved.astimezone(ZONE).date(),
        to=one.applicant,
        procedure=one.procedure,
        code=apology.code,
        received=_day(one.received_at),
        due=_told(apology.due_at),
        reason=apology.reason,
        new_due=_told(apology.new_due_at),
        finished=_told(one.finished_at),
        signer=await read.name_of(apology.leader_id),
    )


def _told(moment: datetime | None) -> str:
    return value_in(day_or_moment(moment), DEFAULT) if moment else ""


def _day(moment: datetime | None) -> str:
    return value_in(moment.astimezone(ZONE).date(), DEFAULT) if moment else ""
