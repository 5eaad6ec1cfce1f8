"""Who follows a dossier is told of each change once, and not at night."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.channels.channel import WindowClosed
from bot.dossier_work import DossierWork
from storage.dossiers import Exported, Stage
from storage.dossiers_news import tell_changes, untold
from storage.dossiers_tables import dossier_followers
from tests.conversations.citizen_scenes import step_of
from tests.dossiers.exports import CODE, DIGITS, imported
from tests.dossiers.test_asking import dossier
from tests.transcript import Somebody, Talk


async def follower(talk: Talk, channel: str = "web") -> Somebody:
    """Somebody who follows a dossier."""
    citizen = talk.person("c", channel)
    await citizen.says(f"/hoso {CODE} {DIGITS}")
    (told,) = await citizen.presses("Báo tôi")
    assert CODE in told
    citizen.forgets()
    return citizen


async def heard(talk: Talk, work: DossierWork, citizen: Somebody, *now: Exported) -> list[str]:
    """Import and let everybody be told; give what the citizen hears."""
    await imported(talk, *now)
    await work.look()
    await talk.settle()
    return citizen.new()


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage.RECEIVED, "đã được tiếp nhận"),
        (Stage.SUPPLEMENT, "bổ sung giấy tờ"),
        (Stage.PAYMENT, "cần nộp"),
        (Stage.READY, "đã có kết quả"),
        (Stage.RETURNED, "đã được trả kết quả"),
        (Stage.REFUSED, "không được tiếp nhận"),
    ],
)
async def test_each_change_is_told_once(
    talk: Talk, work: DossierWork, stage: Stage, words: str
) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    (news,) = await heard(talk, work, citizen, dossier(stage=stage))
    assert words in news.splitlines()[0]
    assert "Việc cần làm tiếp" in news
    assert await heard(talk, work, citizen, dossier(stage=stage)) == []
    await work.look()
    await talk.settle()
    assert citizen.new() == []


async def test_what_is_no_change_for_the_citizen_is_not_told(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    assert await heard(talk, work, citizen, dossier(holder="Chuyên viên khác")) == []


async def test_that_it_became_late_is_told_although_its_row_is_the_same(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    talk.hands.now = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    (news,) = await heard(talk, work, citizen, dossier())
    assert "quá hạn, chúng tôi xin lỗi" in news.splitlines()[0]
    assert await heard(talk, work, citizen, dossier()) == []


async def test_that_it_is_gone_from_the_list_is_told(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier(), dossier("A-2"))
    citizen = await follower(talk)
    (news,) = await heard(talk, work, citizen, dossier("A-2"))
    assert "không có trong danh sách" in news


async def test_who_does_not_follow_hears_nothing(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    await citizen.says(f"/bohoso {CODE}")
    citizen.forgets()
    assert await heard(talk, work, citizen, dossier(stage=Stage.READY)) == []
    only_proved = talk.person("p")
    await only_proved.says(f"/hoso {CODE} {DIGITS}")
    only_proved.forgets()
    assert await heard(talk, work, only_proved, dossier(stage=Stage.RETURNED)) == []


async def test_nobody_follows_without_proof(talk: Talk) -> None:
    await imported(talk, dossier())
    stranger = talk.person("s")
    (question,) = await stranger.says(f"/theodoihoso {CODE}")
    assert "bốn số cuối" in question
    async with talk.store.reading() as connection:
        assert (await connection.execute(select(dossier_followers))).all() == []


async def test_at_night_nobody_is_woken_and_in_the_morning_the_newest_is_told(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    talk.hands.now = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 22:30
    assert await heard(talk, work, citizen, dossier(stage=Stage.PAYMENT)) == []
    talk.hands.move(hours=1)
    assert await heard(talk, work, citizen, dossier(stage=Stage.READY)) == []
    await talk.pass_time(hours=7)  # 06:30
    assert citizen.new() == []
    await talk.pass_time(hours=1)
    (news,) = citizen.new()
    assert "đã có kết quả" in news


async def test_outside_the_platforms_window_news_are_held_and_come_when_they_write(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk, "zalo")
    talk.channels["zalo"].failing.append(WindowClosed("7 days"))
    assert await heard(talk, work, citizen, dossier(stage=Stage.READY)) == []
    letters = await citizen.says("xin chào")
    assert any("đã có kết quả" in letter for letter in letters)


async def test_news_begin_no_question_and_end_none(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    await citizen.says("/gopy")
    await citizen.says("1")
    citizen.forgets()
    await heard(talk, work, citizen, dossier(stage=Stage.READY))
    assert await step_of(talk, citizen) == "drafting.story"


async def test_own_dossiers_are_listed_with_what_can_be_done(talk: Talk) -> None:
    await imported(talk, dossier(), dossier("A-2"))
    citizen = await follower(talk)
    await citizen.says(f"/hoso A-2 {DIGITS}")
    (listed,) = await citizen.says("/theodoihoso")
    assert "[Theo dõi A-2]" in listed
    assert f"[Thôi {CODE}]" in listed
    (nothing,) = await talk.person("other").says("/theodoihoso")
    assert "chưa theo dõi" in nothing


async def test_two_workers_tell_once(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    await imported(talk, dossier(stage=Stage.READY))
    newest = (await untold(talk.store))[-1]
    for _worker in range(2):
        await tell_changes(talk.store, talk.read, newest, talk.hands())
    await talk.settle()
    assert len(citizen.new()) == 1


async def test_an_import_is_evidence_of_publication_once(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    await work.look()
    await work.look()
    today = talk.hands().date()
    published = (await talk.read.tallies(today, today))["dossier.published"]
    assert (published.count, published.total) == (1, 1)


async def test_who_got_a_dossier_back_is_offered_its_survey_once(
    talk: Talk, work: DossierWork
) -> None:
    await imported(talk, dossier())
    citizen = await follower(talk)
    await heard(talk, work, citizen, dossier(stage=Stage.READY))
    with pytest.raises(AssertionError):
        citizen.choice("Việc này đã làm tốt chưa")
    await heard(talk, work, citizen, dossier(stage=Stage.RETURNED))
    (asked,) = await citizen.presses("Việc này đã làm tốt chưa")
    assert "hài lòng không" in asked
    await citizen.presses("Rất hài lòng")
    await citizen.presses("Đúng hẹn")
    rows = await talk.read.surveys.chosen("traketqua", "2026-11")
    assert {(one.question, one.choice) for one in rows} == {
        ("hailong", "rat"),
        ("thoigian", "dung"),
    }
    # Another dossier of the same month does not ask again.
    citizen.forgets()
    await heard(talk, work, citizen, dossier(stage=Stage.PROCESSING))
    (news,) = await heard(talk, work, citizen, dossier(stage=Stage.RETURNED))
    assert "Việc này" not in news
