"""What officials write is kept nowhere where it denounces somebody, and there is a way out."""

import pytest
from sqlalchemy import select

from storage import tables
from storage.tickets import Event, State
from tests.conversations.citizen_scenes import DENOUNCED, step_of
from tests.conversations.desk_scenes import UNIT, file, scene
from tests.privacy.whole_life import mentions
from tests.transcript import Talk

ACTS = {
    "ghichu": Event.NOTED,
    "traloi": Event.ANSWERED,
    "hoi": Event.ASKED,
    "tuchoi": Event.REJECTED,
}
HARMLESS = "Nếu ông/bà muốn tố cáo, xin gửi đơn đến Ban tiếp công dân thành phố."


@pytest.mark.parametrize("act", ACTS)
async def test_a_quoted_denunciation_is_stopped_and_stays_nowhere(
    talk: Talk, channel: str, act: str
) -> None:
    s = await scene(talk, channel)
    s.forget()
    (told,) = await s.first.says(f"/{act} {s.code} Bà Na nói: {DENOUNCED}")
    assert "không được lưu" in told
    assert s.citizen.new() == []
    assert (await s.ticket()).state is State.NEW
    assert ACTS[act] not in {one.event for one in await talk.read.history(s.code)}
    assert await mentions(talk.store, (DENOUNCED,)) == set()


@pytest.mark.parametrize("act", ACTS)
async def test_who_says_that_it_is_none_writes_it_again(talk: Talk, act: str) -> None:
    s = await scene(talk)
    await s.first.says(f"/{act} {s.code} {DENOUNCED}")
    await s.first.presses("Không phải")
    await s.first.says(DENOUNCED)
    if act == "tuchoi":
        await s.first.says("1")
    assert ACTS[act] in {one.event for one in await talk.read.history(s.code)}
    assert await step_of(talk, s.first) == ""
    # What was said of one text holds for that text alone.
    await s.first.says(f"/ghichu {s.code} {DENOUNCED}")
    notes = [one for one in await talk.read.history(s.code) if one.event is Event.NOTED]
    assert len(notes) == (act == "ghichu")


@pytest.mark.parametrize("act", ACTS)
async def test_what_was_said_of_one_ticket_holds_for_no_other(talk: Talk, act: str) -> None:
    s = await scene(talk)
    other = await file(talk, s.citizen, "Cột đèn trước cổng chợ nghiêng")
    await s.first.says(f"/{act} {s.code} {DENOUNCED}")
    await s.first.presses("Không phải")
    (told,) = await s.first.says(f"/{act} {other} {DENOUNCED}")
    assert "không được lưu" in told
    assert ACTS[act] not in {one.event for one in await talk.read.history(other)}


@pytest.mark.parametrize(
    "words",
    [
        HARMLESS,
        "Ông muốn tố cáo thì gửi đơn đến Ban tiếp công dân.",
        "Công dân có quyền tố cáo theo Luật Tố cáo 2018.",
        "Nội dung này không phải là tố cáo, tôi chuyển cho tổ môi trường.",
        "Đã gửi bà mẫu đơn và nơi nhận đơn tố cáo.",
        "Quyền của người tố cáo được bảo vệ theo luật.",
    ],
)
async def test_to_name_the_way_of_a_denunciation_is_none(talk: Talk, words: str) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"/traloi {s.code} {words}")
    assert words in "".join(s.citizen.new())


@pytest.mark.parametrize(
    "words",
    [
        "Người tố cáo: Trần Văn B, thôn 3. Việc thu tiền làm đường không có biên lai.",
        "nguoi bi to cao : tran van b",
        "Nội dung tố cáo - thu tiền sai quy định",
        "Công dân Trần Văn B tố cáo việc thu tiền làm đường.",
        "ba lan thon 3 to cao viec thu tien lam duong",
    ],
)
async def test_a_denunciation_that_was_copied_is_known_by_its_head(talk: Talk, words: str) -> None:
    s = await scene(talk)
    s.forget()
    (told,) = await s.first.says(f"/ghichu {s.code} {words}")
    assert "không được lưu" in told
    assert await mentions(talk.store, (words,)) == set()


async def test_the_list_of_reasons_may_name_it(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/tuchoi {s.code} don_khieu_nai_to_cao")
    assert (await s.ticket()).state is State.REJECTED


async def test_the_note_of_a_forwarding_is_asked_too(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/chuyen {s.code} vhxh {DENOUNCED}")
    assert (await s.ticket()).unit == UNIT
    await s.first.presses("Không phải")
    await s.first.says("vhxh nhờ xem giúp")
    assert (await s.ticket()).unit == "vhxh"


async def test_a_reply_to_a_card_is_asked_too(talk: Talk) -> None:
    s = await scene(talk)
    await s.first.says(f"/nhan {s.code}")
    parts, outbox = tables.outbox_parts, tables.outbox
    async with talk.store.reading() as connection:
        rows = await connection.execute(
            select(parts.c.external_id)
            .join(outbox, outbox.c.id == parts.c.letter_id)
            .where(outbox.c.ticket == s.code, parts.c.address == s.first.address.id)
            .limit(1)
        )
        card = rows.scalar()
    assert card
    await s.first.sends(f"Bà Na nói: {DENOUNCED}", reply_to=str(card))
    assert (await s.ticket()).state is State.IN_PROGRESS
    assert await mentions(talk.store, (DENOUNCED,)) == set()


async def test_the_note_for_the_next_shift_is_asked_too(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    (told,) = await s.first.says(f"/bangiao {DENOUNCED}")
    assert "không được lưu" in told
    assert await mentions(talk.store, (DENOUNCED,)) == set()
    (told,) = await s.first.presses("Không phải")
    assert "bàn giao" in told
    await s.first.says(DENOUNCED)
    assert await step_of(talk, s.first) == ""
    (told,) = await s.first.says("/bangiao")
    assert DENOUNCED in told


async def test_a_field_of_a_letter_is_asked_too_and_cleared_for_itself_alone(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/soanthu thanks")
    (told,) = await staff.says(DENOUNCED)
    assert "không được lưu" in told
    assert await mentions(talk.store, (DENOUNCED,)) == set()
    await staff.presses("Không phải")
    await staff.says("ông Ngô Văn Tặng")
    (told,) = await staff.says(DENOUNCED)
    assert "không được lưu" in told
    await staff.presses("Không phải")
    (told,) = await staff.says(DENOUNCED)
    assert DENOUNCED in told
    assert await step_of(talk, staff) == "letter_drafting.submit"


async def test_the_words_of_a_notice_are_asked_too(talk: Talk) -> None:
    staff, citizen = await talk.official("staff"), talk.person()
    await citizen.says("/theodoi thongbao on")
    await staff.says("/soantin notice")
    await staff.presses("Thông báo của xã")
    (told,) = await staff.says(DENOUNCED)
    assert "không được lưu" in told
    assert await mentions(talk.store, (DENOUNCED,)) == set()
    await staff.presses("Không phải")
    await staff.says(DENOUNCED)
    assert await step_of(talk, staff) == "broadcast.when"
