"""Surveys in the chat, by QR and from paper; once a person and round; results without names."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers import survey_forms
from handlers.commune import BadCommune
from handlers.survey_forms import Survey, typed_as
from storage.civic_tables import survey_answers, survey_takers
from tests.conftest import COMMUNE
from tests.conversations.citizen_scenes import DENOUNCED, step_of
from tests.conversations.civic_scenes import counted
from tests.storage.acts import rows
from tests.transcript import Somebody, Talk


async def satisfied(somebody: Somebody, points: str = "4", words: str = "Thêm ghế ngồi") -> str:
    await somebody.says("/khaosat hailong")
    await somebody.presses("Có")
    for _factor in range(5):
        await somebody.says(points)
    return (await somebody.says(words))[-1]


async def test_a_survey_is_answered_to_its_end_and_counts_once(talk: Talk, channel: str) -> None:
    citizen, staff = talk.person("c", channel, name="Bà Tên"), await talk.official("staff")
    assert "cảm ơn" in await satisfied(citizen)
    assert await counted(talk, "survey.answered") == 1
    (again,) = await citizen.says("/khaosat hailong")
    assert "đã trả lời" in again
    await satisfied(talk.person("d", channel), "5", "Tốt")
    (told,) = await staff.says("/ketqua hailong")
    assert "Trung bình 4,5/5" in told
    assert "- Thêm ghế ngồi" in told
    assert "Bà Tên" not in told


async def test_a_branch_leads_past_what_does_not_concern_a_person(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/khaosat hailong")
    (asked,) = await citizen.presses("Không")
    assert "phục vụ tốt hơn" in asked
    await citizen.presses("Bỏ qua")
    chosen = await talk.read.surveys.chosen("hailong", "2026-H2")
    assert [(one.question, one.choice) for one in chosen] == [("dadung", "khong")]


async def test_several_are_chosen_by_buttons_or_by_numbers(talk: Talk, channel: str) -> None:
    first, second = talk.person("a", channel), talk.person("b", channel)
    for somebody in (first, second):
        await somebody.says("/khaosat traketqua kinhte")
        await somebody.presses("Không hài lòng")
    await first.presses("Chờ lâu")
    await first.presses("Thái độ")
    await first.presses("Chọn xong")
    await second.says("1, 3")
    for somebody in (first, second):
        await somebody.presses("Trễ, không báo")
    chosen = await talk.read.surveys.chosen("traketqua", "2026-11", "kinhte")
    counts = {one.choice: one.count for one in chosen if one.question == "chuatot"}
    assert counts == {"thaido": 2, "cholau": 2}


async def test_answers_have_no_person_and_takers_have_no_answers(talk: Talk) -> None:
    await satisfied(talk.person())
    (taker,) = await rows(talk.store, survey_takers)
    kept = await rows(talk.store, survey_answers)
    assert len(kept) == 7
    assert {"person_id", "taker", "at"} & set(kept[0]._fields) == set()
    assert len(taker.taker) == 64


async def test_leaving_in_the_middle_keeps_nothing(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/khaosat hailong")
    await citizen.says("")
    await citizen.says("7")
    await citizen.presses("Có")
    await citizen.says("99")
    assert await step_of(talk, citizen) == "surveys.answer"
    await citizen.says("/huy")
    assert await step_of(talk, citizen) == ""
    assert await rows(talk.store, survey_answers) == []
    assert await counted(talk, "survey.answered") == 0


async def test_who_was_asked_for_money_is_shown_where_to_go_and_nothing_is_kept(
    talk: Talk,
) -> None:
    citizen = talk.person()
    told = await satisfied(citizen, words=DENOUNCED)
    assert "không lưu" in told
    assert await rows(talk.store, survey_answers) == []


async def test_a_qr_code_begins_the_survey_of_its_unit(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (asked,) = await citizen.sends("/start", payload="s_traketqua_vhxh")
    assert "hài lòng không" in asked
    await citizen.presses("Rất hài lòng")
    await citizen.presses("Sớm hẹn")
    (row, _other) = await rows(talk.store, survey_answers)
    assert (row.unit, row.source) == ("vhxh", "chat")


async def test_the_words_of_a_poster_begin_the_survey_of_its_unit(talk: Talk, channel: str) -> None:
    survey = next(one for one in talk.office.surveys if one.id == "traketqua")
    for number, words in enumerate((typed_as(survey, "vhxh").upper(), "#khaosat traketqua vhxh")):
        citizen = talk.person(f"c{number}", channel)
        (asked,) = await citizen.says(words)
        assert "hài lòng không" in asked
        await citizen.presses("Rất hài lòng")
        await citizen.presses("Sớm hẹn")
    assert {row.unit for row in await rows(talk.store, survey_answers)} == {"vhxh"}


async def test_papers_are_entered_one_after_the_other(talk: Talk) -> None:
    officer = await talk.official()
    for _paper in range(2):
        await officer.says("/phieugiay traketqua ttpvhcc")
        await officer.presses("Hài lòng")
        (told,) = await officer.presses("Đúng hẹn")
        assert "Đã nhập" in told
    assert await counted(talk, "survey.answered") == 2
    assert await rows(talk.store, survey_takers) == []
    assert {row.source for row in await rows(talk.store, survey_answers)} == {"paper"}
    await talk.person().says("/phieugiay traketqua")
    assert await counted(talk, "survey.answered") == 2


async def test_outside_its_window_a_survey_is_not_answered(talk: Talk) -> None:
    closed = talk.office.surveys[0].model_copy(update={"closes": date(2026, 11, 1)})
    talk.inbox_worker._office = replace(talk.office, surveys=(closed,))
    citizen = talk.person()
    (told,) = await citizen.says("/khaosat hailong")
    assert "không mở" in told
    (listed,) = await citizen.says("/khaosat")
    assert "không có khảo sát" in listed


async def test_the_next_round_asks_again(talk: Talk) -> None:
    citizen = talk.person()
    await satisfied(citizen)
    await talk.pass_time(days=60)
    await satisfied(citizen)
    assert await talk.read.surveys.rounds("hailong") == ["2027-H1", "2026-H2"]


def _written(folder: Path, text: str) -> Path:
    (folder / "surveys").mkdir()
    (folder / "surveys" / "a.toml").write_text(text, "utf-8")
    return folder


def test_a_loop_is_refused_with_its_place(tmp_path: Path) -> None:
    text = (COMMUNE / "surveys" / "hailong.toml").read_text("utf-8")
    looped = text.replace('id = "ketqua"\n', 'id = "ketqua"\nnext = "tiepcan"\n')
    with pytest.raises(BadCommune, match="leads back to tiepcan") as refused:
        survey_forms.load(_written(tmp_path, looped))
    problem = refused.value.problems[0]
    below = looped.splitlines()[problem.line - 1 : problem.line + 2]
    assert any("ketqua" in line for line in below)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('next = "gopy"', 'next = "nowhere"', "nowhere"),
        ('kind = "text"', 'kind = "single"', "needs answers"),
        ('id = "thutuc"', 'id = "tiepcan"', "second time"),
        ('next = "gopy"', 'next = "end"', ""),
        ('round = "half_year"', 'round = "week"', "must be one of"),
    ],
)
def test_other_faults_of_a_file_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (COMMUNE / "surveys" / "hailong.toml").read_text("utf-8").replace(old, new)
    folder = _written(tmp_path, text)
    if not said:
        (survey,) = survey_forms.load(folder)
        assert isinstance(survey, Survey)
        return
    with pytest.raises(BadCommune, match=said):
        survey_forms.load(folder)


def test_a_question_that_nothing_leads_to_is_refused(tmp_path: Path) -> None:
    text = (COMMUNE / "surveys" / "hailong.toml").read_text("utf-8")
    cut = text.replace('id = "tiepcan"\n', 'id = "tiepcan"\nnext = "gopy"\n')
    with pytest.raises(BadCommune, match="Nothing leads"):
        survey_forms.load(_written(tmp_path, cut))
