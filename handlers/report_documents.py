"""The documents of a report, drawn beside the event loop.

What only documents need is read when the first is asked for: it would double the time of a start.
"""

import asyncio
from datetime import datetime
from pathlib import Path

from handlers.office import Office
from handlers.report_contents import contents
from scoring.periods import Period
from scoring.report import Report
from storage.reader import Reader
from storage.report_orders import Documents

TEMPLATE = Path("templates") / "report.docx"
"""The template of the report in a commune's folder."""


async def documents(read: Reader, office: Office, period: Period, now: datetime) -> Documents:
    """Make all documents of a period.

    Raises:
        BrokenTemplate: the commune's template cannot be filled in; nothing is made.
    """
    report = await contents(read, office, period, now)
    return await asyncio.to_thread(drawn, report, office.folder / TEMPLATE)


def drawn(report: Report, template: Path) -> Documents:
    """Draw all documents of a report; raises BrokenTemplate."""
    from scoring.documents.chart import chart  # noqa: PLC0415 - see above
    from scoring.documents.docx import document  # noqa: PLC0415 - see above
    from scoring.documents.xlsx import workbook  # noqa: PLC0415 - see above

    return Documents(chart(report), document(report, template), workbook(report))
