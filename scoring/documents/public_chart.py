"""The public chart: feedback by month, as SVG that stands in the page itself."""

from collections.abc import Sequence
from decimal import Decimal

from messages.languages import say, value_in
from messages.text import _
from scoring.documents.chart_colours import GOOD, HELD
from scoring.documents.drawing import FAINT, Drawing
from scoring.public_figures import HIDDEN, SMALL, PublicMonth

WIDTH, HEIGHT, FLOOR, HIGH = 720, 380, 320, 200


def public_chart(months: Sequence[PublicMonth], language: str) -> str:
    """Draw the months, "" where there is none; a hidden number is a low pale column.

    Args:
        months: as everybody may see them.
        language: of the words.
    """
    if not months:
        return ""
    title = say(_("Feedback received by month"), language)
    drawing = Drawing(WIDTH, HEIGHT, title)
    drawing.words(10, 40, title, 32, bold=True)
    most = max((month.received or 0 for month in months), default=0) or SMALL
    step = (WIDTH - 20) / len(months)
    drawing.line(10, FLOOR, WIDTH - 10, FLOOR, FAINT)
    for place, month in enumerate(months):
        middle = 10 + (place + 0.5) * step
        hidden = month.received is None
        tall = (SMALL - 1 if month.received is None else month.received) * HIGH / most
        tall = min(tall, HIGH)
        drawing.box(middle - step * 0.32, FLOOR - tall, step * 0.64, tall, HELD if hidden else GOOD)
        told = HIDDEN if month.received is None else value_in(Decimal(month.received), language)
        drawing.words(middle, FLOOR - tall - 8, told, 30, anchor="middle", bold=True)
        number = f"{int(month.name[5:])}/{month.name[:4]}"
        drawing.words(middle, FLOOR + 40, number, 28, anchor="middle", ink=FAINT)
    return drawing.svg()
