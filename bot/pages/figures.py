"""The public figures: counts alone, nothing about anybody."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from io import StringIO

from aiohttp import web

from bot.pages.rendering import capital, language_of, page
from bot.pages.site import Figures, Site
from handlers.dossier_report import ways
from messages.languages import DEFAULT, ZONE, say, value_in
from scoring.documents.public_chart import public_chart
from scoring.labels import LABELS
from scoring.public_figures import HIDDEN, SMALL, PublicMonth, PublicTables, public_tables
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

OF_ANSWERS: Sequence[str] = (
    "feedback.answered",
    "feedback.answered_on_time",
    "feedback.late",
    "rating.count",
    "rating.average",
)
"""What would tell how many answers there were, where that must not be told."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Public:
    """The figures as everybody may see them.

    Attributes:
        counts: full name → number, None where it is hidden; what was not counted is zero.
        tables: months and kinds.
    """

    counts: Mapping[str, Number | None]
    tables: PublicTables

    @property
    def on_time_is_hidden(self) -> bool:
        """Whether there is a share of answers on time that must not be told."""
        return None in {
            self.counts[name] for name in ("feedback.answered_on_time", "feedback.late")
        }


def public(figures: Figures) -> Public:
    """Hide what would point at one person.

    The mean of a few ratings is hidden: one of few would tell what each person thought. A total is
    hidden where the months or kinds beside it would tell a small number through it.
    """
    counts: dict[str, Number | None] = {name: _number(figures.counts, name) for name in PUBLIC}
    tables = public_tables(figures.months)
    if 0 < _number(figures.counts, "rating.count") < SMALL:
        counts["rating.average"] = None
    hidden = set() if tables.answered_is_shown else set(OF_ANSWERS)
    if not tables.received_is_shown:
        hidden |= {name for name in PUBLIC if name.startswith("feedback.")} | set(OF_ANSWERS)
    counts |= {name: None for name in hidden if counts[name]}
    return Public(counts, tables)


def on_time_percent(counts: Mapping[str, Number | None]) -> float | None:
    """Give the share of feedback answered on time among all that was due, None where none was.

    Rounded down to a tenth, so that one late answer among thousands never reads as 100 %.
    """
    on_time = counts["feedback.answered_on_time"] or 0
    late = counts["feedback.late"] or 0
    if not on_time + late:
        return None
    share = Decimal(str(on_time)) * 100 / Decimal(str(on_time + late))
    return float(share.quantize(Decimal("0.1"), ROUND_FLOOR))


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the figures, as a page, JSON and CSV."""

    async def as_page(request: web.Request) -> web.Response:
        figures = await site.figures()
        language = language_of(request)
        shown = public(figures)
        counts, months = shown.counts, shown.tables.months
        rows = [
            (capital(say(LABELS[name], language)), _value(counts, name, language))
            for name in PUBLIC
        ]
        percent = on_time_percent(counts)
        dossiers = [say(line, language) for line in ways(figures.dossiers)]
        month_rows = [_month(month, language) for month in months]
        kinds = [
            (title, _told(number, language))
            for _kind, title, number in _kinds(site, shown.tables, language)
        ]
        return page(
            site,
            request,
            "figures.html",
            period=figures.period,
            rows=rows,
            dossiers=dossiers,
            on_time=None if percent is None else value_in(percent, language),
            on_time_is_hidden=shown.on_time_is_hidden,
            chart=public_chart(months, language),
            months=month_rows,
            kinds=kinds,
            is_hidden=any(HIDDEN in row for row in (*rows, *month_rows, *kinds)),
            small=SMALL,
        )

    async def as_json(request: web.Request) -> web.Response:
        del request
        figures = await site.figures()
        shown = public(figures)
        counts = shown.counts
        nested: dict[str, dict[str, Number | None]] = {}
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
            "months": [
                {
                    "month": month.name,
                    "received": month.received,
                    "answered": month.answered,
                    "on_time_percent": _plain(month.on_time_percent),
                    "rating_average": _plain(month.rating),
                }
                for month in shown.tables.months
            ],
            "kinds": [
                {"id": kind, "title": title, "received": number}
                for kind, title, number in _kinds(site, shown.tables, DEFAULT)
            ],
            "hidden_below": SMALL,
        }
        return web.json_response(said)

    async def as_csv(request: web.Request) -> web.Response:
        figures = await site.figures()
        shown = public(figures)
        text = StringIO()
        writer = csv.writer(text)
        writer.writerow(["period", "name", "label", "value"])
        for name, number in shown.counts.items():
            label = capital(say(LABELS[name], language_of(request)))
            writer.writerow([figures.period.name, name, label, _cell(number)])
        for month in shown.tables.months:
            received = capital(say(LABELS["feedback.received"], language_of(request)))
            answered = capital(say(LABELS["feedback.answered"], language_of(request)))
            writer.writerow([month.name, "feedback.received", received, _cell(month.received)])
            writer.writerow([month.name, "feedback.answered", answered, _cell(month.answered)])
        for kind, title, number in _kinds(site, shown.tables, language_of(request)):
            name = f"feedback.received.{kind}"
            writer.writerow([figures.period.name, name, title, _cell(number)])
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


def _kinds(site: Site, tables: PublicTables, language: str) -> list[tuple[str, str, int | None]]:
    """Give id, title and number of each category, most first."""
    found = []
    for kind, number in tables.kinds.items():
        category = site.commune.category(kind)
        found.append((kind, category.title.say(language) if category else kind, number))
    return found


def _month(month: PublicMonth, language: str) -> tuple[str, ...]:
    """Give the cells of a month's row."""
    share = month.on_time_percent
    return (
        f"{int(month.name[5:])}/{month.name[:4]}",
        _told(month.received, language),
        _told(month.answered, language),
        "–" if share is None else f"{value_in(share, language)}%",
        "–" if month.rating is None else value_in(month.rating, language),
    )


def _value(counts: Mapping[str, Number | None], name: str, language: str) -> str:
    """Give a count in words; where nobody rated there is no mean, not a mean of 0."""
    is_mean_of_none = name == "rating.average" and counts["rating.count"] == 0
    return "–" if is_mean_of_none else _told(counts[name], language)


def _told(number: Number | Decimal | None, language: str) -> str:
    return HIDDEN if number is None else value_in(Decimal(str(number)), language)


def _cell(number: Number | None) -> Number | str:
    """Give a number as a cell; a hidden one is told as such, never as nothing."""
    return HIDDEN if number is None else number


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _number(counts: Mapping[str, Mapping[str, object]], name: str) -> Number:
    subject, _dot, count = name.partition(".")
    found = counts.get(subject, {}).get(count, 0)
    return found if isinstance(found, int | float) else 0
