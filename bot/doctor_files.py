"""What the commune still has to tell, confirm or mend in its files beside `commune.toml`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date

from bot.findings import Finding, ok, warn, wrong
from bot.service import Ground
from handlers.commune import PUBLICATIONS, shown
from handlers.letter_forms import FILE, LetterForms
from handlers.office import Office
from handlers.report_contents import contents
from handlers.report_documents import TEMPLATE
from handlers.survey_forms import FOLDER
from messages.languages import ZONE
from messages.text import _
from scoring.documents.broken import BrokenTemplate
from storage.reader import Reader


def unconfirmed(office: Office) -> Iterator[Finding]:
    """List the marks of letters and surveys."""
    marked = [(FILE, office.letters.file)] if office.letters else []
    surveys = ((f"{FOLDER}/{one.id}.toml", one) for one in office.surveys)
    for file, one in (*marked, *surveys):
        if one.mark:
            text = _("to be confirmed; source: {source}", source=shown(one.source))
            yield warn(_("{file}: {text}", file=file, text=text))


async def public(ground: Ground) -> AsyncIterator[Finding]:
    """List what should be public and is not, or is without a date that proves since when."""
    dates = await Reader(ground.store).published()
    empty = 0
    for one in ground.office.board.publications:
        place = f"publications.{one.id}"
        if not (one.text or one.url):
            empty += 1
            text = _("not updated yet")
        elif one.id not in dates:
            text = _("no date yet: the running service writes it down when it shows it")
        else:
            continue
        yield warn(_("{file}, {place}: {text}", file=PUBLICATIONS, place=place, text=text))
    if ground.office.board.publications and not empty:
        yield ok(_("Everything in {file} is filled in.", file=PUBLICATIONS))


async def templates(ground: Ground) -> AsyncIterator[Finding]:
    """Try the Word templates of report and letters with what they are filled with."""
    # Only this look needs what fills them in.
    from scoring.documents.docx import document  # noqa: PLC0415 - slow to import

    now, office = ground.clock(), ground.office
    period = office.period("", now.astimezone(ZONE).date())
    report = await contents(Reader(ground.store), office, period, now, register=0)
    try:
        await asyncio.to_thread(document, report, office.folder / TEMPLATE)
        yield ok(_("The template of the report can be filled in."))
    except BrokenTemplate as error:
        yield wrong(error.reason)
    if office.letters is not None:
        today = now.astimezone(ZONE).date()
        yield await asyncio.to_thread(_letters, office, office.letters, today)


def _letters(office: Office, letters: LetterForms, today: date) -> Finding:
    from scoring.documents.letter import as_word  # noqa: PLC0415 - slow to import

    for form in letters.file.letters:
        fields = {one.id: "…" for one in form.fields}
        sheet = letters.sheet(form, fields, number=1, day=today, by=office.commune)
        try:
            as_word(sheet, letters.template)
        except (OSError, ValueError) as error:
            return wrong(
                _("The template of the letters cannot be filled in: {reason}", reason=str(error))
            )
    return ok(_("The template of the letters can be filled in."))
