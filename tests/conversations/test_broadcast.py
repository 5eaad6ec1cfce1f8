"""Notices: to whom, confirmed by the number, approved, in quiet hours, stopped, resumed, told."""

from sqlalchemy import insert

from bot.channels.channel import PersonGone, WindowClosed
from handlers import notice_sending
from storage import tables
from storage.civic_tables import notices, subscriptions
from storage.database import Conflict
from storage.notices import Advance
from storage.timers import fire
from storage.unit_of_work import finish
from tests.conversations.citizen_scenes import step_of
from tests.conversations.civic_scenes import counted
from tests.storage.acts import heard, rows, turn
from tests.transcript import Somebody, Talk, talking

TOPIC = "Thông báo của xã"
WATER = "Ngày mai cắt nước từ 8 giờ đến 11 giờ."


async def followers(
    talk: Talk, count: int, channel: str = "web", topic: str = "thongbao"
) -> list[Somebody]:
    found = [talk.person(f"f{n}-{channel}", channel) for n in range(count)]
    for one in found:
        await one.says(f"/theodoi {topic} on")
        one.forgets()
    return found


async def drafted(staff: Somebody, people: int, text: str = WATER, topic: str = TOPIC) -> str:
    """Write a notice and confirm it; give what was said last."""
    await staff.says("/soantin notice")
    await staff.presses(topic)
    await staff.says(text)
    await staff.presses("Ngay khi được duyệt")
    return (await staff.says(f"gửi {people}"))[-1]


async def sent(talk: Talk) -> None:
    """Let the letters be written and sent."""
    for _second in range(4):
        await talk.pass_time(seconds=2)


async def test_a_notice_reaches_those_who_said_yes_and_nobody_else(
    talk: Talk, channel: str
) -> None:
    people = await followers(talk, 3, channel)
    other = talk.person("other", channel)
    await other.says("/start")
    other.forgets()
    staff = await talk.official("staff", channel=channel)
    leader = await talk.official("leader", name="Chủ tịch", channel=channel)
    assert "Đã soạn" in await drafted(staff, 3)
    assert WATER in "".join(leader.new())
    await sent(talk)
    assert [one.new() for one in people] == [[], [], []]
    await leader.presses("Duyệt")
    await sent(talk)
    for one in people:
        (letter,) = one.new()
        assert letter.startswith(WATER)
        assert "/ngungnhan thongbao" in letter
    assert other.new() == []
    assert await counted(talk, "notice.sent") == 1
    await talk.pass_time(minutes=2)
    assert "Đã gửi tới: 3/3" in "".join(staff.new())


async def test_the_letters_wait_for_conversation(talk: Talk) -> None:
    await followers(talk, 1)
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff, 1)
    await leader.presses("Duyệt")
    await sent(talk)
    channel = talk.channels["web"]
    assert [letter.bulk for letter in channel.letters if letter.body.text.startswith(WATER)][-1]


async def test_only_the_typed_number_confirms(talk: Talk, channel: str) -> None:
    await followers(talk, 2)
    staff = await talk.official("staff", channel=channel)
    await drafted(staff, 3)
    for typed in ("có", "2", "gửi", "gửi 20", ""):
        await staff.says(typed)
        assert await step_of(talk, staff) == "broadcast.confirm"
    assert await rows(talk.store, notices) == []
    (told,) = await staff.says("GUI 2")
    assert "Đã soạn" in told


async def test_who_says_no_again_is_written_to_no_more(talk: Talk, channel: str) -> None:
    (first, second) = await followers(talk, 2, channel)
    (told,) = await first.says("/ngungnhan thongbao")
    assert "thôi theo dõi" in told
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff, 1)
    await leader.presses("Duyệt")
    await sent(talk)
    assert first.new() == []
    assert len(second.new()) == 1


async def test_an_empty_group_a_file_and_the_same_again_are_refused(talk: Talk) -> None:
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await staff.says("/soantin notice")
    (told,) = await staff.presses("Tiêm chủng")
    assert "không có ai" in told
    await followers(talk, 1)
    await staff.says("/soantin notice")
    await staff.presses(TOPIC)
    (told,) = await staff.photo("Ảnh")
    assert "Không phải kênh nào" in told
    await drafted(staff, 1)
    await leader.presses("Duyệt")
    await staff.says("/soantin notice")
    await staff.presses(TOPIC)
    (told,) = await staff.says(f"  {WATER}")
    assert "đã gửi cho nhóm này" in told
    assert len(await rows(talk.store, notices)) == 1


async def test_a_notice_for_later_waits_and_quiet_hours_are_kept(talk: Talk) -> None:
    (one,) = await followers(talk, 1)
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await staff.says("/soantin notice")
    await staff.presses(TOPIC)
    await staff.says(WATER)
    (told,) = await staff.says("01/01/2020 08:00")
    assert "sắp tới" in told
    await staff.says("23/11/2026 21:00")
    await staff.says("gửi 1")
    told = (await leader.presses("Duyệt"))[-1]
    assert "06:30" in told
    await talk.pass_time(hours=13)
    await sent(talk)
    assert one.new() == []
    await talk.pass_time(hours=9)
    await sent(talk)
    assert len(one.new()) == 1


async def test_on_zalo_only_who_wrote_lately_is_written_to_and_that_is_said(talk: Talk) -> None:
    (old,) = await followers(talk, 1, "zalo")
    await talk.pass_time(days=3)
    (new,) = await followers(talk, 1, "telegram")
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await staff.says("/soantin notice")
    await staff.presses(TOPIC)
    await staff.says(WATER)
    asked = (await staff.presses("Ngay khi được duyệt"))[-1]
    assert "1 người trên Zalo không gửi được" in asked
    assert "Không mất phí" in asked
    await staff.says("gửi 1")
    await leader.presses("Duyệt")
    await sent(talk)
    assert old.new() == []
    assert len(new.new()) == 1


async def test_what_was_held_and_what_failed_is_told_to_the_sender(talk: Talk) -> None:
    await followers(talk, 3)
    staff, leader = (
        await talk.official("staff", channel="zalo"),
        await talk.official("leader", channel="telegram"),
    )
    await drafted(staff, 3)
    await leader.presses("Duyệt")
    talk.channels["web"].failing = [WindowClosed("shut"), PersonGone("gone")]
    await sent(talk)
    await talk.pass_time(minutes=2)
    told = "".join(staff.new())
    assert "Đã gửi tới: 1/3" in told
    assert "Chờ người nhận nhắn lại: 1" in told
    assert "Không gửi được: 1" in told


async def many_followers(talk: Talk, count: int) -> None:
    """People who follow, written past the conversation that would take long."""
    now = talk.hands()
    people = [
        {"channel": "web", "address": f"many-{n}", "created_at": now, "last_message_at": now}
        for n in range(count)
    ]
    await talk.store.write(lambda connection: connection.execute(insert(tables.people), people))
    ids = [one.id for one in await rows(talk.store, tables.people)]
    said = [{"person_id": one, "topic": "thongbao", "since": now} for one in ids[-count:]]
    await talk.store.write(lambda connection: connection.execute(insert(subscriptions), said))


async def test_batches_go_on_after_a_restart_exactly_where_they_stopped(talk: Talk) -> None:
    count = 2 * notice_sending.BATCH + 7
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await many_followers(talk, count)
    await drafted(staff, count)
    await leader.presses("Duyệt")
    talk.hands.move(seconds=2)
    while await fire(talk.store, talk.hands()):
        pass
    while await talk.inbox_worker.work():
        await talk.inbox_worker.finish()
    (half,) = await rows(talk.store, notices)
    assert half.written == notice_sending.BATCH
    # Whoever starts now knows only what is in the database.
    async with talking(talk.store, talk.office, talk.hands) as again:
        for _second in range(4):
            await again.pass_time(seconds=2)
        to = [one.to.id for one in again.channels["web"].letters if one.bulk]
    assert sorted(to) == sorted(f"many-{n}" for n in range(count))
    (done,) = await rows(talk.store, notices)
    assert (done.written, done.state) == (count, "ended")


async def test_a_batch_that_two_write_is_written_once(talk: Talk) -> None:
    people = await followers(talk, 1)
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff, 1)
    (row,) = await rows(talk.store, notices)
    seen = await talk.read.notices.one(row.code)
    assert seen is not None
    await leader.presses("Duyệt")
    await sent(talk)
    claimed = await heard(talk.store, talk.hands, "late")
    failed = await finish(talk.store, [turn(claimed, Advance(seen, 99, 5))])
    assert [type(error) for error in failed.values()] == [Conflict]
    assert len(people[0].new()) == 1


async def test_a_stopped_notice_sends_nothing_more(talk: Talk) -> None:
    (one,) = await followers(talk, 1)
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff, 1)
    (row,) = await rows(talk.store, notices)
    await leader.says(f"/duyettin {row.code}")
    await staff.says(f"/dungtin {row.code}")
    await staff.presses("Dừng")
    await sent(talk)
    assert one.new() == []
    (told,) = await leader.says(f"/duyettin {row.code}")
    assert "đã gửi" in told


async def test_stopping_is_asked_once_more_and_a_no_lets_it_go_on(talk: Talk) -> None:
    (one,) = await followers(talk, 1)
    staff, leader = await talk.official("staff"), await talk.official("leader")
    await drafted(staff, 1)
    (row,) = await rows(talk.store, notices)
    await leader.says(f"/duyettin {row.code}")
    asked = (await staff.says(f"/dungtin {row.code}"))[-1]
    assert row.code in asked
    assert await staff.says("để xem") == [asked]
    await staff.says("2")
    await sent(talk)
    assert len(one.new()) == 1


async def test_nobody_but_a_leader_approves(talk: Talk) -> None:
    (one,) = await followers(talk, 1)
    staff = await talk.official("staff")
    assert "chưa mời lãnh đạo" in await drafted(staff, 1)
    (row,) = await rows(talk.store, notices)
    await staff.says(f"/duyettin {row.code}")
    await sent(talk)
    assert one.new() == []


async def test_topics_are_shown_with_what_one_follows(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (shown,) = await citizen.says("/theodoi")
    assert "✓" not in shown
    (shown,) = await citizen.presses("Lời chúc")
    assert "✓ Lời chúc" in shown
    (rights,) = await citizen.says("/riengtu")
    assert "lời chúc: có" in rights
    assert "khảo sát: không" in rights
    await citizen.says("/ngungnhan")
    (shown,) = await citizen.says("/theodoi")
    assert "✓" not in shown
