import csv
from datetime import datetime
from io import StringIO

import pytest

from bot.pages.figures import PUBLIC, on_time_percent
from messages.languages import ZONE
from scoring.labels import LABELS
from storage.dossiers_counts import DossierCounts
from tests.pages.conftest import Behind, Client


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
    assert "Nộp trực tuyến: 37,5 % (3/8), đến 09:00 thứ Hai 23/11/2026" in page
    assert "1/2 hồ sơ giải quyết trong ngày" in page


@pytest.mark.parametrize(
    ("on_time", "late", "share"), [(1, 0, 100.0), (0, 3, 0.0), (9999, 1, 99.9), (1, 2, 33.3)]
)
def test_the_share_is_rounded_down(on_time: int, late: int, share: float) -> None:
    assert on_time_percent({"feedback.answered_on_time": on_time, "feedback.late": late}) == share


def test_every_public_count_has_a_name() -> None:
    assert set(PUBLIC) <= set(LABELS)
