"""The commune scores itself, confirms its next tasks, and reads its month in short."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from handlers import report
from handlers.office import Office
from handlers.report_contents import contents
from messages.languages import ZONE
from scoring import criteria
from scoring.periods import Period, parse
from scoring.scorecard import ComponentScore
from storage.database import Store
from tests.conftest import COMMUNE, Hands
from tests.conversations.desk_scenes import file
from tests.transcript import Somebody, Talk, talking

NO_MONEY = "Chưa có kinh phí triển khai thực hiện"


def _period(talk: Talk, name: str = "2026-H2") -> Period:
    return parse(name, talk.hands.now.astimezone(ZONE).date())


async def _scored(talk: Talk, component: str, name: str = "2026-H2") -> ComponentScore:
    card, _facts = await report.scorecard(talk.read, talk.office, _period(talk, name), talk.hands())
    every = (one for each in card.criteria for one in each.components)
    return next(one for one in every if one.component.id == component)


@pytest.fixture
async def who(talk: Talk) -> Somebody:
    return await talk.official(role="staff", name="Vi Thị Tổng Hợp")


async def test_a_decision_stands_beside_the_proposal_with_its_reason(
    talk: Talk, who: Somebody
) -> None:
    (told,) = await who.says(f"/tucham 1.14 0 {NO_MONEY}")
    assert "0/2 điểm" in told
    scored = await _scored(talk, "1.14")
    assert scored.score == 0
    assert not scored.provisional
    assert scored.proposed is None
    assert scored.decision is not None
    assert (scored.decision.reason, scored.decision.by) == (NO_MONEY, "Vi Thị Tổng Hợp")
    await who.says("/tucham 1.14 1,5 điểm: đã chạy thử")
    scored = await _scored(talk, "1.14")
    assert scored.score == Decimal("1.5")
    # Both are kept: the newest counts, none is written over.
    async with talk.store.reading() as connection:
        (count,) = (await connection.exec_driver_sql("SELECT count(*) FROM judgements")).one()
    assert count == 2


async def test_what_is_missing_is_asked_for_by_numbered_choices(talk: Talk, channel: str) -> None:
    who = await talk.official(role="leader", name="Chủ tịch Thử", channel=channel)
    await who.says("/tucham")
    await who.presses("4.")
    (asked,) = await who.presses("4.08")
    assert "Điểm tối đa: 2" in asked
    (asked,) = await who.says("1,5 điểm")
    assert "Vì sao" in asked
    (asked,) = await who.sends("")
    assert "Vì sao" in asked
    (told,) = await who.says("Không có phương thức trích xuất")
    assert "1,5/2 điểm" in told
    assert (await _scored(talk, "4.08")).score == Decimal("1.5")


async def test_a_bare_number_is_that_of_a_choice(talk: Talk, who: Somebody) -> None:
    await who.says("/tucham 4.08")
    await who.says("2")  # the second choice is all points
    await who.says("Đủ minh chứng")
    assert (await _scored(talk, "4.08")).score == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/tucham 1.14 2,5 quá nhiều", "vượt điểm tối đa"),
        ("/tucham 1.14 3 quá nhiều", "vượt điểm tối đa"),
        ("/tucham 1.14 0,3 lẻ", "bội số của 0,25"),
        ("/tucham 9.99 1 không có", "Không có tiêu chí thành phần 9.99"),
        ("/tucham 2031-H1 1.14 1 tương lai", "2031"),
        ("/tucham linh tinh", "theo mẫu"),
        ("/tucham 1.14 1", "Vì sao"),
    ],
)
async def test_what_cannot_be_scored_is_told_and_nothing_is_written(
    talk: Talk, who: Somebody, typed: str, told: str
) -> None:
    assert told in "".join(await who.says(typed))
    assert (await _scored(talk, "1.14")).decision is None


async def test_staff_of_a_unit_and_others_score_nothing(talk: Talk) -> None:
    unit = await talk.official(role="staff", unit="vp", name="Nộp vp")
    assert "Chỉ người tổng hợp" in "".join(await unit.says(f"/tucham 1.14 0 {NO_MONEY}"))
    citizen = talk.person("x")
    await citizen.says(f"/tucham 1.14 2 {NO_MONEY}")
    assert (await _scored(talk, "1.14")).decision is None


async def test_a_decision_is_of_the_period_that_is_being_reported(talk: Talk) -> None:
    talk.hands.now = datetime(2027, 1, 8, 3, tzinfo=UTC)
    who = await talk.official(role="staff", name="Vi Thị Tổng Hợp")
    (told,) = await who.says(f"/tucham 1.14 0 {NO_MONEY}")
    assert "6 tháng cuối năm 2026" in told
    assert (await _scored(talk, "1.14", "2026-H2")).score == 0
    assert (await _scored(talk, "1.14", "2027-H1")).decision is None
    await who.says("/tucham 2027-H1 1.14 2 đạt")
    assert (await _scored(talk, "1.14", "2027-H1")).score == 2
    assert (await _scored(talk, "1.14", "2026-H2")).score == 0


async def test_points_of_an_unknown_maximum_are_kept_and_said_not_to_count_yet(
    talk: Talk, who: Somebody
) -> None:
    (told,) = await who.says("/tucham 2.11 0 Có 04 hồ sơ TTHC giải quyết quá hạn")
    assert "điểm tối đa" in told
    scored = await _scored(talk, "2.11")
    assert scored.score is None
    assert scored.loses
    assert scored.why == "Có 04 hồ sơ TTHC giải quyết quá hạn"


async def test_tasks_are_drafted_confirmed_changed_and_dropped(talk: Talk, who: Somebody) -> None:
    await who.says(f"/tucham 1.14 0 {NO_MONEY}")
    (listed,) = await who.says("/nhiemvu")
    assert "* 1.14 Vận hành App" in listed
    await who.says("/nhiemvu 1.14 Vận hành chatbot xã @vhxh hạn 15/03/2027")
    (told,) = await who.says("/nhiemvu bỏ 4.09")
    assert "Đã bỏ nhiệm vụ của 4.09" in told
    (listed,) = await who.says("/nhiemvu 2026-H2")
    assert "- 1.14 Vận hành chatbot xã (Phòng Văn hóa - Xã hội, hạn 15/03/2027)" in listed
    assert "4.09" not in listed
    await who.presses("Xác nhận")
    made = await contents(talk.read, talk.office, _period(talk), talk.hands())
    by_component = {task.component: task for task in made.tasks}
    assert all(task.by == "Vi Thị Tổng Hợp" for task in made.tasks)
    assert by_component["1.14"].due == date(2027, 3, 15)
    assert by_component["1.14"].unit == "vhxh"
    assert "4.09" not in by_component


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/nhiemvu 1.14 việc @khongco", "khongco"),
        ("/nhiemvu 1.14 việc hạn 31/02/2027", "Không có ngày"),
        ("/nhiemvu 9.99 việc", "Không có tiêu chí thành phần"),
        ("/nhiemvu 2031", "2031"),
    ],
)
async def test_a_task_that_cannot_be_is_refused(
    talk: Talk, who: Somebody, typed: str, told: str
) -> None:
    assert told in "".join(await who.says(typed))
    made = await contents(talk.read, talk.office, _period(talk), talk.hands())
    assert not any(task.by for task in made.tasks)


async def test_a_unit_reads_the_tasks_and_confirms_none(talk: Talk) -> None:
    unit = await talk.official(role="staff", unit="vp", name="Nộp vp")
    assert "Nhiệm vụ" in "".join(await unit.says("/nhiemvu"))
    assert "Chỉ người tổng hợp" in "".join(await unit.says("/nhiemvu xác nhận"))


async def test_the_app_is_never_awarded_by_the_program_but_by_a_person(
    talk: Talk, who: Somebody
) -> None:
    citizen, officer = talk.person("a"), await talk.official()
    code = await file(talk, citizen, "Đường thôn 3 có ổ gà to, xe máy khó đi")
    await officer.says(f"/traloi {code} Xã đã vá xong ổ gà.")
    scored = await _scored(talk, "1.14")
    # All that was received was answered in time, and still it is for the department to say.
    assert (scored.score, scored.proposed) == (None, None)
    assert scored.provisional
    await who.says("/tucham 1.14 2 Công văn số 12 của Sở Nội vụ")
    scored = await _scored(talk, "1.14")
    assert scored.score == 2
    assert not scored.provisional


@pytest.fixture
def measured(office: Office, tmp_path: Path) -> Office:
    """A commune whose department has confirmed how the app is measured."""
    told = (COMMUNE / "criteria.toml").read_text("utf-8")
    head, name, rest = told.partition('id = "1.14"')
    share = """{ name = "share", numerator = ["feedback.answered_on_time"],
        denominator = ["feedback.answered_on_time", "feedback.late"] }"""
    rest = re.sub(r'\{ name = "manual".*\}', " ".join(share.split()), rest, count=1)
    (tmp_path / "criteria.toml").write_text(head + name + rest, "utf-8")
    return replace(office, scheme=criteria.read(tmp_path / "criteria.toml"))


async def test_the_text_tells_what_late_matters_cost_and_how_far_the_level_is(
    store: Store, measured: Office, hands: Hands
) -> None:
    async with talking(store, measured, hands) as talk:
        await _costs(talk, await talk.official(role="staff", name="Vi Thị Tổng Hợp"))


async def _costs(talk: Talk, who: Somebody) -> None:
    await file(talk, talk.person("a"), "Đường thôn 3 có ổ gà to, xe máy khó đi")
    await talk.pass_time(days=20)
    whole = "\n".join(await who.says("/report"))
    assert "01 phản ánh quá hạn trả lời làm mất 2 điểm (1.14)" in whole
    assert "Mức 2 đã đăng ký cần 85 điểm" in whole
    assert "So với" not in whole
    talk.hands.now = datetime(2027, 2, 1, 3, tzinfo=UTC)
    whole = "\n".join(await who.says("/report 2027-H1"))
    assert "So với 6 tháng cuối năm 2026: phản ánh -1 (0/1)" in whole


async def test_the_month_in_short_fits_one_letter(talk: Talk, who: Somebody) -> None:
    officer = await talk.official(name="Đào Thị Trực")
    code = await file(talk, talk.person("a"), "Đường thôn 3 có ổ gà to, xe máy khó đi")
    await officer.says(f"/traloi {code} Đã vá xong")
    (told,) = await who.says("/baocaothang 2026-11")
    assert "Báo cáo nhanh tháng 11 năm 2026" in told
    assert "Phản ánh: nhận 1, đã trả lời 1, quá hạn 0" in told
    assert "Giao thông, đường sá, đèn đường 1" in told
    assert len(told) < 1900
    talk.hands.now = datetime(2026, 12, 2, 3, tzinfo=UTC)
    (told,) = await who.says("/baocaothang")
    assert "tháng 11 năm 2026" in told
    (told,) = await who.says("/baocaothang 2040-01")
    assert "2040" in told


@pytest.mark.parametrize("ways", [("/tucham 4.08",), ("/tucham 4.08", "2")])
async def test_cancel_leaves_each_step_and_nonsense_is_asked_again(
    who: Somebody, ways: tuple[str, ...]
) -> None:
    for typed in ways:
        await who.says(typed)
    for nonsense in ("", "99 trăm triệu" if len(ways) == 1 else " "):
        assert len(await who.sends(nonsense)) == 1
    assert "Đã" in "".join(await who.says("/huy"))
