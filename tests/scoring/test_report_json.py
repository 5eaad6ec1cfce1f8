import json
import re
from datetime import date
from typing import Any

from scoring.criteria import read
from scoring.facts import Facts
from scoring.periods import parse
from scoring.report_json import as_json, counts_as_json
from scoring.scorecard import score
from tests.scoring.invented import JULY, SHIPPED, decided, invented
from tests.scoring.test_scorecard import WORKED

COUNTS = """
feedback.{received,answered,answered_on_time,late,rejected,forwarded,withdrawn,reopened},
rating.{count,average}, status.{asked,found}, guidance.{shown,scanned},
redirected.{complaint,denunciation,emergency},
letter.{congratulation,condolence,thanks,apology,commendation}, survey.answered,
initiative.{received,recognised}, notice.sent, publication.days, homeservice.{requested,done},
dossier.{due,on_time,late,apologised}
"""
"""The closed list of counts, as it is written for those who read the JSON."""


def report(facts: Facts) -> dict[str, Any]:
    written = json.dumps(as_json(score(facts, invented(), JULY), facts, JULY), allow_nan=False)
    read_again: dict[str, Any] = json.loads(written)
    return read_again


def test_the_counts_are_the_closed_list_and_no_other() -> None:
    listed = {
        (subject, name)
        for subject, several, one in re.findall(r"(\w+)\.(?:\{([\w,]+)\}|(\w+))", COUNTS)
        for name in (several or one).split(",")
    }
    counted = counts_as_json(Facts())
    assert {
        (subject, name) for subject in counted for name in report(Facts())["counts"][subject]
    } == (listed)
    assert {
        str(number) for counts in report(Facts())["counts"].values() for number in counts.values()
    } == {"0"}


def test_the_report_has_the_promised_keys_and_no_others() -> None:
    whole = report(WORKED)
    assert list(whole) == ["period", "counts", "criteria", "total", "level"]
    assert whole["period"] == {"name": "2026-07", "start": "2026-07-01", "end": "2026-07-31"}
    for criterion in whole["criteria"]:
        assert list(criterion) == ["id", "title", "max", "min_score", "max_score", "components"]
        for component in criterion["components"]:
            assert list(component) == [
                "id", "title", "max", "score", "provisional", "reason", "lead_unit", "evidence",
            ]  # fmt: skip
            assert component["reason"]
    assert whole["total"] == {"min": 51.5, "max": 71.5, "unknown_points": 20}
    assert whole["level"] == {"min": None, "max": None, "source": "unknown"}


def test_whole_numbers_are_whole_and_others_are_not_text() -> None:
    first, second, third, fourth = report(WORKED)["criteria"]
    numbers = [first["max"], first["min_score"], second["max_score"], third["components"][0]["max"]]
    assert [(number, type(number)) for number in numbers] == [
        (24, int), (15, int), (11.75, float), (12.5, float),
    ]  # fmt: skip
    assert fourth["components"][1]["score"] is None
    assert fourth["components"][1]["max"] == 20
    assert fourth["components"][1]["lead_unit"] is None


def test_ratings_and_days_are_counted_from_the_facts() -> None:
    counts = report(WORKED)["counts"]
    assert counts["rating"] == {"count": 5, "average": 4.4}
    assert counts["publication"] == {"days": 20}
    thirds = Facts(rating_sum=13, rating_count=3)
    assert report(thirds)["counts"]["rating"]["average"] == 4.33
    whole = report(Facts(rating_sum=12, rating_count=3))["counts"]["rating"]["average"]
    assert (whole, type(whole)) == (4, int)


def test_provisional_says_whether_a_person_confirmed() -> None:
    components = {
        component["id"]: component
        for criterion in report(WORKED)["criteria"]
        for component in criterion["components"]
    }
    assert [name for name, each in components.items() if not each["provisional"]] == ["3.2"]
    assert components["1.1"]["evidence"] == 18


def test_reasons_are_said_in_the_language_asked_for() -> None:
    facts = Facts(decisions={"3.2": decided("1")})
    card = score(facts, invented(), JULY)
    vietnamese = json.dumps(as_json(card, facts, JULY), ensure_ascii=False)
    english = json.dumps(as_json(card, facts, JULY, "en"))
    assert "Trần Thị Mai chấm ngày 04/08/2026" in vietnamese
    assert "Decided by" in english


def test_a_fresh_commune_has_zeros_and_an_open_range() -> None:
    today = date(2026, 11, 23)
    period = parse("", today)
    facts = Facts(today=today)
    written = as_json(score(facts, read(SHIPPED), period), facts, period)
    assert written["total"] == {"min": 0, "max": 100, "unknown_points": 100}
    assert written["level"] == {"min": None, "max": 1, "source": "inferred"}
