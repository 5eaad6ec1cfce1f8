"""The commands about reports and evidence."""

import argparse
import asyncio
import json
import secrets
from datetime import date
from pathlib import Path

from bot.opened import finished, opened, put
from bot.refusal import DONE, Refusal
from bot.settings import Settings
from handlers import report as reports
from handlers.report_contents import contents
from handlers.report_documents import TEMPLATE
from messages.languages import ZONE
from messages.text import _
from scoring.periods import parse
from scoring.report import Report
from scoring.report_json import as_json
from storage import evidence as evidences
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
        async with opened(settings) as ground:
            now = ground.clock()
            period = parse(options.period, now.astimezone(ZONE).date())
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


def written(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what stood there stays until the new one is complete.

    A device or a pipe (/dev/stdout) is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def evidence(settings: Settings, options: argparse.Namespace) -> int:
    """Check the seals of a period's evidence; a broken one is refused by day and reason."""

    async def do() -> int:
        async with opened(settings) as ground:
            now = ground.clock()
            start, end = date.min, date.max
            if options.period is not None:
                period = parse(options.period, now.astimezone(ZONE).date())
                start, end = period.start, period.end
            await evidences.seal_days(ground.store, now)
            if broken := await evidences.verify(ground.store, start, end):
                days = "; ".join(f"{day.day}: {day.reason}" for day in broken)
                raise Refusal(_("The evidence is not what was sealed: {days}.", days=days))
            put("ok")
            return DONE

    return finished(do())
