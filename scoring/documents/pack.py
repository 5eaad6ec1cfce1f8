"""The pack of evidence: its index, its lists as CSV and the page that verifies it offline."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from messages.languages import DEFAULT, ZONE, say, value_in
from messages.text import Sayable, _
from messages.vietnamese import clean
from scoring.documents.drawing import escaped
from scoring.documents.redaction import redacted
from scoring.labels import LABELS, OTHER_KINDS
from scoring.report import SECTIONS, Filed, Happened, Report

PAGE = Path(__file__).parent / "verify.html"
"""Verifies an unpacked pack in a browser that is not connected to anything."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "video/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
}


@dataclass(frozen=True, slots=True)
class Chained:
    """A sealed day in the pack."""

    day: str
    rows: int
    seal: str


def chain(report: Report, before: str, days: Sequence[Chained], files: Mapping[str, str]) -> bytes:
    """Tell what the page checks: each day's seal, and the SHA-256 of every other file.

    Args:
        report: whose evidence it is.
        before: the seal of the day before the first, "" where there is none.
        days: in order.
        files: path in the pack → SHA-256.
    """
    told = {
        "commune": report.issuer.name,
        "period": report.period.name,
        "made_at": report.made_at.astimezone(ZONE).isoformat(timespec="seconds"),
        "before": before,
        "days": [{"day": one.day, "rows": one.rows, "seal": one.seal} for one in days],
        "files": dict(sorted(files.items())),
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def file_path(item: Filed, number: int) -> str:
    """Name a file of an item in the pack, by component and code and never by its own name."""
    ending = ENDINGS.get(item.files[number].mime, "bin")
    return f"files/{item.component}/{item.code}-{number + 1}.{ending}"


def index(report: Report, files: Mapping[str, str], language: str = DEFAULT) -> bytes:
    """Write the index by component, a page that needs nothing else.

    Args:
        report: with what was filed.
        files: path in the pack → SHA-256, of the files that are there.
        language: of the words.
    """
    return _Index(report, files, language).page().encode()


class _Index:
    def __init__(self, report: Report, files: Mapping[str, str], language: str) -> None:
        self._report, self._files, self._language = report, files, language

    def _say(self, text: Sayable) -> str:
        return escaped(say(text, self._language))

    def page(self) -> str:
        report = self._report
        title = _("Index of evidence, {period}", period=report.period.title)
        rows = []
        for name, section in SECTIONS.items():
            if any(item.component == name for item in report.filed):
                rows.append(self._row(name, self._say(section), ""))
        for each in report.card.criteria:
            heading = f"{each.criterion.id}. {each.criterion.title}"
            rows.append(f'<tr><th colspan="4" scope="rowgroup">{escaped(heading)}</th></tr>')
            for scored in each.components:
                counted = [
                    f"{self._kind(kind)}: {report.facts.evidence[kind]}"
                    for kind in scored.component.evidence
                    if report.facts.evidence.get(kind)
                ]
                rows.append(
                    self._row(
                        scored.component.id,
                        escaped(scored.component.title),
                        escaped("; ".join(counted)),
                    )
                )
        up_to = _("Figures up to {moment}", moment=report.made_at)
        verify = _("Verify this pack")
        heads = (_("No."), _("Component"), _("Counted by the service"), _("Filed by people"))
        return (
            "<!doctype html>\n"
            f'<html lang="{self._language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{self._say(title)}</title><style>{STYLE}</style></head><body>"
            f"<h1>{self._say(title)}</h1><p>{escaped(report.issuer.office)}</p>"
            f"<p>{self._say(up_to)}</p>"
            f'<p><a href="verify.html">{self._say(verify)}</a></p>'
            f"<table><thead><tr>{''.join(f'<th>{self._say(one)}</th>' for one in heads)}</tr>"
            f"</thead><tbody>{''.join(rows)}</tbody></table></body></html>\n"
        )

    def _kind(self, kind: str) -> str:
        return say(LABELS.get(kind) or OTHER_KINDS.get(kind) or kind, self._language)

    def _row(self, name: str, title: str, counted: str) -> str:
        items = "".join(self._item(item) for item in self._report.filed if item.component == name)
        return (
            f"<tr><td>{escaped(name)}</td><td>{title}</td><td>{counted}</td><td>{items}</td></tr>"
        )

    def _item(self, item: Filed) -> str:
        links = [
            f'<a href="{path}">{escaped(path.rsplit("/", 1)[1])}</a>'
            for number in range(len(item.files))
            if (path := file_path(item, number)) in self._files
        ]
        told = ", ".join((item.code, value_in(item.day, self._language), item.by))
        return (
            f"<p><b>{escaped(told)}</b><br>{escaped(redacted(item.words))}"
            f"{'<br>' if links else ''}{' '.join(links)}</p>"
        )


STYLE = (
    "body{font:16px/1.4 system-ui,sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #9aa5b1;padding:.4rem;"
    "text-align:left;vertical-align:top}th{background:#e4e9ee}p{margin:.3rem 0}"
)


def tickets_csv(report: Report) -> bytes:
    """List the tickets of the period, without words or persons."""
    return _csv(
        ("code", "category", "unit", "channel", "state", "received_at", "due_at", "answered_at",
         "on_time", "rating"),
        (
            (
                one.code, one.category, one.unit, one.channel, one.state,
                _iso(one.received_at), _iso(one.due_at), _iso(one.answered_at),
                "" if one.on_time is None else str(one.on_time).lower(),
                "" if one.rating is None else one.rating,
            )
            for one in report.tickets
        ),
    )  # fmt: skip


def evidence_csv(rows: Iterable[Happened]) -> bytes:
    """List all evidence of the period as it is sealed, without pseudonyms."""
    return _csv(
        ("id", "at", "kind", "channel", "about", "unit", "place", "value"),
        (
            (
                one.id, _iso(_moment(one)), one.kind, one.channel, one.about, one.unit, one.place,
                "" if one.value is None else one.value,
            )
            for one in rows
        ),
    )  # fmt: skip


def filed_csv(report: Report) -> bytes:
    """List what people filed, without telephone numbers and papers."""
    return _csv(
        ("code", "component", "day", "words", "unit", "filed_by", "confirmed_by", "files"),
        (
            (
                one.code, one.component, one.day.isoformat(), redacted(one.words), one.unit,
                one.by, one.confirmed_by, len(one.files),
            )
            for one in report.filed
        ),
    )  # fmt: skip


def _moment(row: Happened) -> datetime:
    return datetime.fromtimestamp(row.milliseconds / 1000, ZONE)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(ZONE).isoformat(timespec="seconds")


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    # Spreadsheets take a file without this mark for one in an old code page.
    return made.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    text = clean(str(value))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
