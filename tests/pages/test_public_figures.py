import csv
from datetime import date, datetime
from io import StringIO

import pytest
from playwright.async_api import Browser

from bot.pages.figures import PUBLIC, on_time_percent
from bot.public_figures import PublicFigures
from handlers.office import Office
from messages.languages import ZONE
from scoring.labels import LABELS
from scoring.report import Month
from storage.database import Store
from storage.dossiers_counts import DossierCounts
from tests.chromium import beside_chromium, needs_chromium
from tests.conftest import Hands
from tests.pages.conftest import Behind, Client, Opened
from tests.pages.test_accessibility import opened as on_screen


async def test_the_figures_read_the_same_on_the_page_as_json_and_as_csv(client: Client) -> None:
    told = await (await client.get("/minh-bach.json")).json()
    assert told["period"] == {"name": "2026-H2", "start": "2026-07-01", "end": "2026-12-31"}
    assert told["counts"]["feedback"]["received"] == 12
    assert told["counts"]["dossier"]["late"] == 0
    assert told["on_time_percent"] == 66.6
    page = await (await client.get("/minh-bach")).text()
    assert "66,6%" in page
    assert "<td>12</td>" in page
    assert "4,25" in page
    answer = await client.get("/minh-bach.csv")
    body = await answer.read()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == list(PUBLIC)
    assert rows[0]["value"] == "12"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nghi-duong.csv"'


async def test_what_people_asked_in_confidence_is_not_counted_in_public(client: Client) -> None:
    assert "redirected" not in await (await client.get("/minh-bach.json")).json()
    for path in ("/minh-bach", "/minh-bach.json", "/minh-bach.csv"):
        assert "denunciation" not in await (await client.get(path)).text()


async def test_without_an_answer_due_there_is_no_share(client: Client, behind: Behind) -> None:
    behind.counts = {}
    assert (await (await client.get("/minh-bach.json")).json())["on_time_percent"] is None
    assert "Chưa có phản ánh nào đến hạn" in await (await client.get("/minh-bach")).text()


async def test_how_many_dossiers_came_online_is_public_with_the_day_of_the_data(
    client: Client, behind: Behind
) -> None:
    assert (await (await client.get("/minh-bach.json")).json())["dossiers"] is None
    as_of = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    behind.dossiers = DossierCounts(online=3, paper=5, fridays=2, same_day=1, as_of=as_of)
    told = (await (await client.get("/minh-bach.json")).json())["dossiers"]
    assert told == {
        "as_of": "2026-11-23T09:00:00+07:00",
        "online": 3,
        "paper": 5,
        "fridays": 2,
        "same_day": 1,
    }
    page = await (await client.get("/minh-bach")).text()
    assert "Nộp trực tuyến: 37,5% (3/8), đến 09:00 thứ Hai 23/11/2026" in page
    assert "1/2 hồ sơ giải quyết trong ngày" in page


@pytest.mark.parametrize(
    ("on_time", "late", "share"), [(1, 0, 100.0), (0, 3, 0.0), (9999, 1, 99.9), (1, 2, 33.3)]
)
def test_the_share_is_rounded_down(on_time: int, late: int, share: float) -> None:
    assert on_time_percent({"feedback.answered_on_time": on_time, "feedback.late": late}) == share


def test_every_public_count_has_a_name() -> None:
    assert set(PUBLIC) <= set(LABELS)


MONTHS = (
    Month(date(2026, 7, 1), {"giaothong": 30, "dien": 2, "rac": 8}, answered=20, on_time=19,
          rating_count=6, rating_sum=27),
    Month(date(2026, 8, 1), {"giaothong": 12}, answered=3, on_time=3),
)  # fmt: skip


async def test_months_and_kinds_are_told_and_small_numbers_hidden_in_every_form(
    client: Client, behind: Behind
) -> None:
    behind.months = MONTHS
    told = await (await client.get("/minh-bach.json")).json()
    assert told["hidden_below"] == 5
    assert told["months"] == [
        {"month": "2026-07", "received": 40, "answered": None, "on_time_percent": None,
         "rating_average": 4.5},
        {"month": "2026-08", "received": 12, "answered": None, "on_time_percent": None,
         "rating_average": None},
    ]  # fmt: skip
    assert [(kind["id"], kind["received"]) for kind in told["kinds"]] == [
        ("rac", 8),
        ("dien", None),
        ("giaothong", None),
    ]
    page = await (await client.get("/minh-bach")).text()
    assert "<svg" in page
    assert "7/2026" in page
    assert "Giao thông" in page
    assert "<td>*</td>" in page
    assert "* Số bị ẩn" in page
    text = (await (await client.get("/minh-bach.csv")).read()).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    found = {(row["period"], row["name"]): row["value"] for row in rows}
    assert found["2026-07", "feedback.received"] == "40"
    assert found["2026-08", "feedback.answered"] == "*"
    assert found["2026-H2", "feedback.received.dien"] == "*"


async def test_the_mean_of_a_few_ratings_is_hidden(client: Client, behind: Behind) -> None:
    behind.counts = {"rating": {"count": 2, "average": 1.5}}
    told = await (await client.get("/minh-bach.json")).json()
    assert told["counts"]["rating"] == {"count": 2, "average": None}
    assert "1,5" not in await (await client.get("/minh-bach")).text()


async def test_what_would_tell_a_hidden_number_is_hidden_in_every_form(
    client: Client, behind: Behind
) -> None:
    behind.months = (Month(date(2026, 7, 1), {"dien": 3}, answered=2, on_time=1),)
    behind.counts = {"feedback": {"received": 3, "answered": 2, "answered_on_time": 1, "late": 2}}
    told = await (await client.get("/minh-bach.json")).json()
    assert told["counts"]["feedback"] == {
        "received": None, "answered": None, "answered_on_time": None, "late": None,
        "rejected": 0, "forwarded": 0, "reopened": 0,
    }  # fmt: skip
    assert told["on_time_percent"] is None
    assert [kind["received"] for kind in told["kinds"]] == [None]
    page = await (await client.get("/minh-bach")).text()
    assert "Quá ít câu trả lời" in page
    assert "<td>3</td>" not in page
    text = (await (await client.get("/minh-bach.csv")).read()).decode("utf-8-sig")
    found = {row["name"]: row["value"] for row in csv.DictReader(StringIO(text))}
    assert found["feedback.received"] == found["feedback.late"] == "*"


async def test_the_figures_are_read_once_a_minute(
    store: Store, office: Office, hands: Hands
) -> None:
    figures = PublicFigures(store, office, hands)
    first = await figures.read()
    assert await figures.read() is first
    hands.move(minutes=2)
    assert await figures.read() is not first
    assert [month.start.month for month in first.months] == [7, 8, 9, 10, 11]


async def test_what_was_never_rated_has_no_mean_and_what_nobody_sent_no_chart(
    client: Client, behind: Behind
) -> None:
    behind.counts = {}
    behind.months = (Month(date(2026, 7, 1), {}), Month(date(2026, 8, 1), {}))
    page = await (await client.get("/minh-bach")).text()
    assert "<svg" not in page
    assert "* Số bị ẩn" not in page
    assert "<td>–</td>" in page
    behind.months = (Month(date(2026, 7, 1), {"giaothong": 1230}),)
    page = await (await client.get("/minh-bach")).text()
    assert "<svg" in page
    assert page.count("1.230") == 3  # in the chart, the month and the kind
    assert "* Số bị ẩn" not in page


@needs_chromium
@beside_chromium
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_months_make_no_page_wider_than_a_small_telephone(
    opened: Opened, behind: Behind, chromium: Browser, language: str
) -> None:
    behind.months = tuple(
        Month(date(2026, month, 1), {"giaothong": 1230}, 1200, 1100, 900, 4000)
        for month in range(7, 13)
    )
    async with opened() as client, on_screen(chromium, 320) as page:
        await page.goto(str(client.make_url(f"/minh-bach?lang={language}")))
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        numbers = page.locator(".months td")
        assert await numbers.count() == 6 * 4
        tall = {
            round((await one.bounding_box() or {"height": 0})["height"])
            for one in await numbers.all()
        }
        assert len(tall) == 1, "a number is broken over two lines"
