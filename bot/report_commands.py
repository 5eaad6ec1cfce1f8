"""The commands about reports and evidence."""

import argparse
import asyncio
import json
from datetime import date
from pathlib import Path

from bot.evidence_pack import write_pack
from bot.opened import finished, opened, put
from bot.refusal import DONE, Refusal
from bot.settings import Settings
from bot.whole_file import part_of, written
from handlers import report as reports
from handlers.report_contents import contents
from handlers.report_documents import TEMPLATE
from messages.languages import ZONE
from messages.text import _
from scoring.report import Report
from scoring.report_json import as_json
from storage import evidence as evidences
from storage.fingerprints import changed
from storage.reader import Reader

FILES = ("docx", "xlsx", "png")


def _file(form: str, told: Report, template: Path) -> bytes:
    """Make one document; the others' libraries are not read for it."""
    if form == "docx":
        from scoring.documents.docx import document  # noqa: PLC0415 - see above

        return document(told, template)
    if form == "xlsx":
        from scoring.documents.xlsx import workbook  # noqa: PLC0415 - see above

        return workbook(told)
    from scoring.documents.chart import chart  # noqa: PLC0415 - see above

    return chart(told)


def report(settings: Settings, options: argparse.Namespace) -> int:
    """Print the counts and the score of a period, or write them as a document."""

    async def do() -> int:
        async with opened(settings, "report") as ground:
            now = ground.clock()
            period = ground.office.period(options.period, now.astimezone(ZONE).date())
            read, office = Reader(ground.store), ground.office
            if options.format in FILES:
                whole = await contents(read, office, period, now)
                made = _file(options.format, whole, office.folder / TEMPLATE)
                name = options.out or f"report-{period.name}.{options.format}"
                await asyncio.to_thread(written, Path(name), made)
                put(name)
                return DONE
            if options.format == "json":
                card, facts = await reports.scorecard(read, office, period, now)
                told = json.dumps(as_json(card, facts, period), ensure_ascii=False, indent=2)
            else:
                told = await reports.as_text(read, office, period, now)
            if options.out:
                await asyncio.to_thread(written, Path(options.out), f"{told}\n".encode())
                told = options.out
            put(told)
            return DONE

    return finished(do())


def evidence(settings: Settings, options: argparse.Namespace) -> int:
    """Check the seals of a period's evidence, or write the pack of it."""
    action = _export if options.action == "export" else _verify
    return finished(action(settings, options))


async def _verify(settings: Settings, options: argparse.Namespace) -> int:
    """Refuse evidence that is not what was sealed, by the first day that was touched."""
    async with opened(settings, "evidence verify") as ground:
        now = ground.clock()
        start, end = date.min, date.max
        if options.period is not None:
            period = ground.office.period(options.period, now.astimezone(ZONE).date())
            start, end = period.start, period.end
        await evidences.seal_days(ground.store, now)
        broken = await evidences.verify(ground.store, start, end)
        if broken := sorted({*broken, *await changed(ground.store, start, end)}):
            days = "; ".join(f"{day.day}: {day.reason}" for day in broken)
            raise Refusal(_("The evidence is not what was sealed: {days}.", days=days))
        put("ok")
        return DONE


async def _export(settings: Settings, options: argparse.Namespace) -> int:
    """Write the pack of a period; nothing stays of one that could not be finished."""
    async with opened(settings, "evidence export") as ground:
        now = ground.clock()
        period = ground.office.period(options.period or "", now.astimezone(ZONE).date())
        await evidences.seal_days(ground.store, now)
        path = Path(options.out or f"evidence-{period.name}.zip")
        with part_of(path) as part:
            await write_pack(ground, period, now, part)
        put(str(path))
        return DONE
