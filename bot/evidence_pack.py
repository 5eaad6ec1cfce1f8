"""Writes the pack of evidence of a period: one ZIP that proves itself without us."""

import hashlib
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.service import Ground
from handlers.report_contents import contents
from handlers.report_documents import TEMPLATE, drawn
from scoring.documents import pack
from scoring.periods import Period
from scoring.report import REGISTER, Report
from storage.evidence import sealed_days
from storage.reader import Reader

ALL = 2**31 - 1


async def write_pack(ground: Ground, period: Period, now: datetime, path: Path) -> None:
    """Write the pack to a new file.

    Args:
        ground: the store, the files and what the commune has laid down.
        period: whose evidence it is; days that are not sealed yet are in the lists alone.
        now: the moment of the report in it.
        path: the file.

    Raises:
        BrokenTemplate: the report in it cannot be made.
        OSError: the file cannot be written.
    """
    report = await contents(Reader(ground.store), ground.office, period, now, register=ALL)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        made = Pack(archive)
        await _files(ground, report, made)
        _lists(report, made)
        cut = replace(report, evidence=report.evidence[:REGISTER])
        documents = drawn(cut, ground.office.folder / TEMPLATE)
        for ending in ("png", "docx", "xlsx"):
            made.put(f"report.{ending}", getattr(documents, ending))
        made.put("index.html", pack.index(report, made.files))
        days: list[pack.Chained] = []
        before = ""
        async for day in sealed_days(ground.store, period.start, period.end):
            if not days:
                before = day.before
            days.append(pack.Chained(day.day, day.rows, day.seal))
            archive.writestr(f"days/{day.day}.jsonl", day.lines)
        archive.writestr("chain.json", pack.chain(report, before, days, made.files))
        archive.write(pack.PAGE, "verify.html")


class Pack:
    """A ZIP that remembers the hash of what it holds."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        """Add a file."""
        self._archive.writestr(name, content)
        self.files[name] = hashlib.sha256(content).hexdigest()


async def _files(ground: Ground, report: Report, made: Pack) -> None:
    """Add the photos and documents that people filed; one that is gone stays out of the index."""
    for item in report.filed:
        for number, file in enumerate(item.files):
            try:
                content = await ground.media.read(file.hash)
            except FileNotFoundError:
                continue
            made.put(pack.file_path(item, number), content)


def _lists(report: Report, made: Pack) -> None:
    made.put("tickets.csv", pack.tickets_csv(report))
    made.put("evidence.csv", pack.evidence_csv(report.evidence))
    made.put("filed.csv", pack.filed_csv(report))
