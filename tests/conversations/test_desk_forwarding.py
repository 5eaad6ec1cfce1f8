import pytest

from handlers.forwarding import unit_in
from handlers.office import Office
from storage.tickets import Event, State
from tests.conversations.desk_scenes import WORDS, scene
from tests.transcript import Talk


@pytest.mark.parametrize(
    ("typed", "unit", "note"),
    [
        ("vhxh", "vhxh", ""),
        ("VHXH nhờ xem giúp", "vhxh", "nhờ xem giúp"),
        ("kinh te gấp", "kinhte", "gấp"),
        ("Kinh tế: gấp lắm", "kinhte", "gấp lắm"),
        ("Phòng Kinh tế", "kinhte", ""),
        ("phòng văn hoá - xã hội", "vhxh", ""),
        ("Văn hóa xã hội", "vhxh", ""),
        ("công an", "congan", ""),
        ("Công an xã xử lý hộ", "congan", "xử lý hộ"),
        ("văn phòng", "vp", ""),
        ("Trạm Y tế", "tramyte", ""),
        ("trung tâm", "ttpvhcc", ""),
        ("economic affairs division", "kinhte", ""),
        ("phòng", None, "phòng"),
        ("ubnd huyện", None, "ubnd huyện"),
        ("", None, ""),
    ],
)
def test_a_unit_is_found_by_id_or_name_in_any_spelling(
    office: Office, typed: str, unit: str | None, note: str
) -> None:
    found, rest = unit_in(office, typed)
    assert (found.id if found else None) == unit
    assert rest == note


async def test_whoever_forwards_to_a_unit_without_officers_is_told_that_nobody_hears_of_it(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    alone = "Ở đó chưa có ai nhận phiếu trên hệ thống này: nhờ ông/bà báo trực tiếp."
    s.forget()
    assert alone in "\n".join(await s.first.says(f"/chuyen {s.code} vhxh"))


async def test_forwarding_tells_the_new_unit_and_the_citizen(talk: Talk, channel: str) -> None:
    s = await scene(talk, channel)
    there = await talk.official(unit="vhxh", name="Lò Thị Khác", channel=channel)
    resting = await talk.official(unit="vhxh", name="Vi Nghỉ", channel=channel, on_duty=False)
    await s.first.says(f"/nhan {s.code}")
    s.forget()
    said = await s.first.says(f"/chuyen {s.code} vhxh Gần trường học, nhờ xem giúp")
    assert "chưa có ai" not in "\n".join(said)
    ticket = await s.ticket()
    assert (ticket.state, ticket.unit, ticket.assignee_id) == (State.ASSIGNED, "vhxh", None)
    (card,) = there.new()
    assert s.code in card
    assert WORDS in card
    assert "Ghi chú của Đào Thị Trực: Gần trường học, nhờ xem giúp" in card
    assert resting.new() == []
    (letter,) = s.citizen.new()
    assert "Phòng Văn hóa - Xã hội" in letter
    assert "nhờ xem giúp" not in letter
    await there.presses("Nhận")
    assert (await s.ticket()).state is State.IN_PROGRESS
    (refused,) = await s.first.says(f"/traloi {s.code} x")
    assert "thuộc Phòng Văn hóa - Xã hội" in refused
    tallies = await talk.read.tallies(talk.hands.now.date(), talk.hands.now.date())
    assert tallies["feedback.forwarded"].count == 1


async def test_without_a_unit_it_is_asked_for_and_may_be_chosen_or_typed(
    talk: Talk, channel: str
) -> None:
    s = await scene(talk, channel)
    await s.first.says(f"/chuyen {s.code}")
    await s.first.presses("Văn phòng")
    assert (await s.ticket()).unit == "vp"
    wide = await talk.official(name="Hà Thị Chung", channel=channel)
    (again,) = await wide.says(f"/chuyen {s.code} sở nội vụ")
    assert "Không có đơn vị nào tên sở nội vụ" in again
    await wide.says("Công an xã, nhờ kiểm tra")
    assert (await s.ticket()).unit == "congan"
    assert (await talk.read.history(s.code))[-1].note == "nhờ kiểm tra"


async def test_a_ticket_is_not_forwarded_to_where_it_is(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    (told,) = await s.first.says(f"/chuyen {s.code} kinhte")
    assert "đang ở Phòng Kinh tế rồi" in told
    assert len(await talk.read.history(s.code)) == 1


async def test_a_changed_category_may_change_the_deadline_and_suggests_the_unit(
    talk: Talk,
) -> None:
    s = await scene(talk)
    before = await s.ticket()
    await s.first.says(f"/linhvuc {s.code}")
    await s.first.presses("Thông tin công khai bị sai")
    ticket = await s.ticket()
    assert ticket.category == "loi_thong_tin"
    assert ticket.unit == before.unit
    assert ticket.due_at == talk.office.commune.due("loi_thong_tin", before.received_at)
    assert ticket.due_at != before.due_at
    await s.first.presses("Chuyển")
    assert (await s.ticket()).unit == "ttpvhcc"
    history = await talk.read.history(s.code)
    assert [one.event for one in history] == [Event.RECEIVED, Event.NOTED, Event.FORWARDED]
