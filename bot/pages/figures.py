"""The public figures: counts alone, nothing about anybody."""

import csv
from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from io import StringIO

from aiohttp import web

from bot.pages.rendering import capital, language_of, page
from bot.pages.site import Figures, Site
from handlers.dossier_report import ways
from messages.languages import ZONE, say, value_in
from scoring.labels import LABELS
from storage.dossiers_counts import DossierCounts

PUBLIC: Sequence[str] = (
    "feedback.received",
    "feedback.answered",
    "feedback.answered_on_time",
    "feedback.late",
    "feedback.rejected",
    "feedback.forwarded",
    "feedback.reopened",
    "rating.count",
    "rating.average",
    "status.asked",
    "guidance.shown",
    "guidance.scanned",
    "initiative.received",
    "initiative.recognised",
    "survey.answered",
    "homeservice.requested",
    "homeservice.done",
    "dossier.due",
    "dossier.on_time",
    "dossier.late",
)
"""What is shown to everybody, in this order. How many people asked where to denounce is not."""

Number = int | float


def public(figures: Figures) -> dict[str, Number]:
    """Give the public counts by full name; what was not counted is zero."""
    return {name: _number(figures.counts, name) for name in PUBLIC}


def on_time_percent(counts: Mapping[str, Number]) -> float | None:
    """Give the share of feedback answered on time among all that was due, None where none was.

    Rounded down to a tenth, so that one late answer among thousands never reads as 100 %.
    """
    on_time, late = counts["feedback.answered_on_time"], counts["feedback.late"]
    if not on_time + late:
        return None
    share = Decimal(str(on_time)) * 100 / Decimal(str(on_time + late))
    return float(share.quantize(Decimal("0.1"), ROUND_FLOOR))


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the figures, as a page, JSON and CSV."""

    async def as_page(request: web.Request) -> web.Response:
        figures = await site.figures()
        language = language_of(request)
        counts = public(figures)
        rows = [
            (capital(say(LABELS[name], language)), value_in(counts[name], language))
            for name in PUBLIC
        ]
        percent = on_time_percent(counts)
        told = None if percent is None else value_in(percent, language)
        dossiers = [say(line, language) for line in ways(figures.dossiers)]
        return page(
            site,
            request,
            "figures.html",
            period=figures.period,
            rows=rows,
            on_time=told,
            dossiers=dossiers,
        )

    async def as_json(request: web.Request) -> web.Response:
        del request
        figures = await site.figures()
        counts = public(figures)
        nested: dict[str, dict[str, Number]] = {}
        for name, number in counts.items():
            subject, _dot, count = name.partition(".")
            nested.setdefault(subject, {})[count] = number
        said = {
            "commune": site.commune.name.vi,
            "period": {
                "name": figures.period.name,
                "start": figures.period.start.isoformat(),
                "end": figures.period.end.isoformat(),
            },
            "counts": nested,
            "on_time_percent": on_time_percent(counts),
            "dossiers": _dossiers(figures.dossiers),
        }
        return web.json_response(said)

    async def as_csv(request: web.Request) -> web.Response:
        figures = await site.figures()
        counts = public(figures)
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(["period", "name", "label", "value"])
        for name, number in counts.items():
            label = capital(say(LABELS[name], language_of(request)))
            writer.writerow([figures.period.name, name, label, number])
        return web.Response(
            # Spreadsheets take a file without this mark for one in an old code page.
            body=text.getvalue().encode("utf-8-sig"),
            content_type="text/csv",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{site.commune.slug}.csv"'},
        )

    return [
        web.get("/minh-bach", as_page),
        web.get("/minh-bach.json", as_json),
        web.get("/minh-bach.csv", as_csv),
    ]


def _dossiers(counts: DossierCounts) -> dict[str, object] | None:
    """Give what the one-stop system told, with the day of its data; nothing before any import."""
    if counts.as_of is None:
        return None
    return {
        "as_of": counts.as_of.astimezone(ZONE).isoformat(timespec="seconds"),
        "online": counts.online,
        "paper": counts.paper,
        "fridays": counts.fridays,
        "same_day": counts.same_day,
    }


def _number(counts: Mapping[str, Mapping[str, object]], name: str) -> Number:
    subject, _dot, count = name.partition(".")
    found = counts.get(subject, {}).get(count, 0)
    return found if isinstance(found, int | float) else 0
