"""What is lost, what it costs, how far it is to the registered level, and what is to be done."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from messages.languages import say
from scoring.facts import Facts
from scoring.losses import costs, distance, lost, unproven
from scoring.neighbours import a_year_before, after, before
from scoring.periods import Period, parse
from scoring.scheme import Scheme
from scoring.scorecard import Scorecard, score
from scoring.tasks import drafted
from tests.scoring.invented import decided, invented
from tests.scoring.reports import AFTERWARDS, H1, SEED_LOSSES, shipped

TODAY = date(2027, 6, 1)
NOT_YET = (
    "Mức 2 đã đăng ký cần 85 điểm: chắc chắn 0 điểm, còn thiếu 85 điểm, 85 điểm chưa xác định."
)


def _card(scheme: Scheme, **facts: object) -> tuple[Scorecard, Facts]:
    found = Facts(today=AFTERWARDS, **facts)  # type: ignore[arg-type] # the fields a test names
    return score(found, scheme, H1), found


def test_four_late_dossiers_cost_what_the_measure_would_give_without_them() -> None:
    # 1306 of 1310 are 99.69 %: 60 % of 15 points; all of them would be 15.
    card, facts = _card(invented(), counts={"dossier": {"due": 1310, "on_time": 1306, "late": 4}})
    (cost,) = costs(card, facts)
    assert (cost.number, cost.points, cost.components) == (4, Decimal(6), ("2.3",))
    assert say(cost.sentence) == "04 hồ sơ quá hạn làm mất 6 điểm (2.3)."


def test_a_decision_hides_no_cost() -> None:
    counts = {"dossier": {"due": 1310, "on_time": 1306, "late": 4}}
    card, facts = _card(invented(), counts=counts, decisions={"2.3": decided("15")})
    assert [cost.points for cost in costs(card, facts)] == [Decimal(6)]


def test_what_costs_an_unknown_number_of_points_says_so() -> None:
    card, facts = _card(shipped(), counts={"dossier": {"due": 10, "on_time": 6, "late": 4}})
    (cost,) = costs(card, facts)
    assert (cost.points, cost.unknown) == (Decimal(), ("2.11",))
    assert not cost.components
    assert "chưa biết mất bao nhiêu" in say(cost.sentence)


def test_what_never_happened_costs_nothing() -> None:
    assert costs(*_card(invented())) == ()


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ("33.5", "Không thể đạt mức 2 đã đăng ký: nhiều nhất 35 điểm, cần 85 điểm."),
        (None, NOT_YET),
    ],
)  # fmt: skip
def test_the_distance_to_the_registered_level_is_told(points: str | None, told: str) -> None:
    scheme = invented().model_copy(update={"registered_level": 2})
    some: dict[str, object] = {}
    if points is not None:
        lost_ = {each.id: decided("0") for each in scheme.components}
        some = {"decisions": {**lost_, "3.2": decided("13.5"), "4.2": decided("20"),
                              "2.1": decided("1.5")}}  # fmt: skip
    card, _facts = _card(scheme, **some)
    assert say(distance(card) or "") == told


def test_a_level_that_is_reached_is_told_and_none_registered_says_nothing() -> None:
    scheme = invented().model_copy(update={"registered_level": 2})
    full = {each.id: decided(str(each.max)) for each in scheme.components}
    card, _facts = _card(scheme, decisions=full)
    assert say(distance(card) or "").startswith("Đã đạt mức 2")
    assert distance(_card(invented(), decisions=full)[0]) is None


def test_a_component_whose_maximum_is_unknown_is_lost_when_a_person_gives_it_nothing() -> None:
    card, _facts = _card(shipped(), decisions=SEED_LOSSES)
    assert {"1.14", "2.10", "2.11", "4.08"} <= {each.component.id for each in lost(card)}
    reasons = {each.component.id: each.why for each in lost(card)}
    assert reasons["2.11"] == SEED_LOSSES["2.11"].reason


def test_what_people_filed_may_prove_more_than_was_counted() -> None:
    card, _facts = _card(shipped())
    assert "2.05" in {each.component.id for each in lost(card)}
    card, _facts = _card(shipped(), filed={"2.05": 1})
    assert "2.05" not in {each.component.id for each in lost(card)}
    assert "2.05" not in {each.component.id for each in unproven(card)}


def test_tasks_are_drafted_from_what_is_lost_and_what_is_unproven() -> None:
    card, _facts = _card(shipped(), decisions=SEED_LOSSES, filed={"1.03": 1})
    tasks = {task.component: task for task in drafted(card)}
    assert "1.03" not in tasks
    assert tasks["1.14"].words == (
        "Vận hành App trên thiết bị thông minh để tiếp nhận ý kiến phản ánh, góp ý của người dân, "
        "tổ chức và doanh nghiệp"
    )
    assert say(tasks["1.05"].words).startswith("Bổ sung minh chứng: Công khai lịch công tác")
    assert (tasks["1.14"].unit, tasks["2.11"].unit) == ("ttpvhcc", "")
    assert tasks["1.14"].due == date(2026, 12, 16)  # 15 days before the next half year ends
    assert {task.by for task in tasks.values()} == {""}


@pytest.mark.parametrize(
    ("name", "previous", "following", "year_before"),
    [
        ("2026-H1", "2025-H2", "2026-H2", "2025-H1"),
        ("2026-H2", "2026-H1", "2027-H1", "2025-H2"),
        ("2026-Q1", "2025-Q4", "2026-Q2", "2025-Q1"),
        ("2026-12", "2026-11", "2027-01", "2025-12"),
        ("2026-01", "2025-12", "2026-02", "2025-01"),
        ("2026", "2025", "2027", "2025"),
        ("2024-02", "2024-01", "2024-03", "2023-02"),
        ("2026-12-15..2027-06-14", "2026-06-16..2026-12-14", "2027-06-15..2027-12-13",
         "2025-12-15..2026-06-14"),
        ("2026-01-01..2026-06-30", "2025-H2", "2026-H2", "2025-H1"),
        ("2024-02-29..2024-03-01", "2024-02-27..2024-02-28", "2024-03-02..2024-03-03",
         "2023-02-28..2023-03-01"),
    ],
)  # fmt: skip
def test_the_periods_beside_a_period(
    name: str, previous: str, following: str, year_before: str
) -> None:
    period = parse(name, TODAY)
    assert before(period).name == previous
    assert after(period).name == following
    assert a_year_before(period).name == year_before


def test_periods_beside_each_other_leave_no_day_out() -> None:
    for name in ("2026-H1", "2026-Q3", "2026-02", "2024", "2026-12-15..2027-06-14"):
        period = parse(name, TODAY)
        assert (period.start - before(period).end).days == 1
        assert (after(period).start - period.end).days == 1


def test_a_neighbour_is_what_its_name_says() -> None:
    for name in ("2026-H1", "2026-Q3", "2026-02", "2024"):
        found: Period = before(parse(name, TODAY))
        assert parse(found.name, TODAY) == found


def test_an_unproven_component_is_one_without_any_evidence() -> None:
    card, facts = _card(shipped())
    assert len(unproven(card)) == len(list(shipped().components))
    more = replace(facts, evidence={"letter.thanks": 1})
    card = score(more, shipped(), H1)
    assert "2.05" not in {each.component.id for each in unproven(card)}
