"""The city's table from the communes' files: all of them are added, or none."""

import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from bot.refusal import DONE, Refusal
from messages.languages import say
from messages.text import Text, _
from scoring.rollup import BadReport, CommuneReport, as_json, as_text, read

LARGEST = 4 << 20
"""Bytes of a report; one has some 30,000."""


def rollup(files: Sequence[str], form: str) -> int:
    """Print the table of these reports; where one does not fit, say so of each that does not.

    Args:
        files: each called as its commune is, with any ending.
        form: text or json.
    """
    reports: list[CommuneReport] = []
    faults: list[str] = []
    for file in files:
        try:
            reports.append(_fitting(Path(file), reports))
        except BadReport as error:
            faults.append(say(_("{file}: {reason}.", file=file, reason=error.reason)))
    if faults:
        raise Refusal(" ".join(faults))
    told = as_text(reports) if form == "text" else _dumped(reports)
    sys.stdout.write(told + "\n")
    return DONE


def _dumped(reports: Sequence[CommuneReport]) -> str:
    return json.dumps(as_json(reports), ensure_ascii=False, indent=2)


def _fitting(path: Path, before: Sequence[CommuneReport]) -> CommuneReport:
    """Read a file that is of the same period as those before it, and of another commune.

    Raises:
        BadReport: it is not, or it is no report.
    """
    report = read(path.stem, _content(path))
    if any(one.name == report.name for one in before):
        raise BadReport(_("there is a file of {name} before it", name=report.name))
    if before and report.period != before[0].period:
        raise BadReport(
            _(
                "it is of the period {one}, and {file} of {other}",
                one=report.period[0],
                file=before[0].name,
                other=before[0].period[0],
            )
        )
    return report


def _content(path: Path) -> object:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise BadReport(
            _("it cannot be read: {reason}", reason=error.strerror or str(error))
        ) from error
    if len(content) > LARGEST:
        raise BadReport(_not_json())
    try:
        told: object = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadReport(_not_json()) from error
    return told


def _not_json() -> Text:
    return _("it is not what `report --format json` writes")
