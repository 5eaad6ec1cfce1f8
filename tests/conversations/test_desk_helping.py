"""Canned answers, approval by a leader, proof of what was done, and tickets that are one matter."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from handlers.office import Office
from storage.database import Store
from storage.tickets import State
from tests.conftest import Hands
from tests.conversations.citizen_scenes import DENOUNCED
from tests.conversations.desk_scenes import WORDS, Scene, end_roles, file, scene
from tests.privacy.whole_life import mentions
from tests.transcript import Talk, code_in, talking

DONE = "Đã vá ổ gà sáng nay."


def _with(office: Office, **of_roads: bool) -> Office:
    """Give an office whose category of roads is otherwise."""
    categories = tuple(
        one.model_copy(update=of_roads) if one.id == "giaothong" else one
        for one in office.commune.categories
    )
    return replace(office, commune=office.commune.model_copy(update={"categories": categories}))


@pytest.fixture
async def approving(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, _with(office, approval=True), hands) as talk:
        yield talk


@pytest.fixture
async def proving(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, _with(office, proof=True), hands) as talk:
        yield talk


def _heard(s: Scene) -> str:
    return "\n".join(s.citizen.new())


async def test_a_canned_answer_is_shown_filled_in_before_it_is_sent(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    await s.first.says(f"/mau {s.code}")
    shown = "\n".join(await s.first.presses("Đã nhận"))
    assert s.code in shown
    assert "Phòng Kinh tế" in shown
    assert "trước 17:00 thứ Ba 08/12/2026" in shown
    assert "{" not in shown.partition("/traloi")[0]
    assert _heard(s) == ""
    await s.first.presses("Gửi")
    assert "Phòng Kinh tế đã nhận phản ánh" in _heard(s)
    assert (await s.ticket()).state is State.RESOLVED


async def test_a_leader_approves_an_answer_before_the_citizen_reads_it(approving: Talk) -> None:
    leader = await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    s.forget()
    await s.first.says(f"/traloi {s.code} {DONE}")
    assert _heard(s) == ""
    assert (await s.ticket()).state is State.IN_PROGRESS
    assert DONE in "\n".join(leader.new())
    assert DONE not in "\n".join(await s.citizen.says(f"/phieu {s.code}"))
    await leader.presses("Duyệt")
    assert DONE in _heard(s)
    ticket = await s.ticket()
    assert ticket.state is State.RESOLVED
    assert ticket.assignee_id == await s.person_id(s.first)
    assert "Chủ tịch" in "\n".join(s.first.new())
    again = "\n".join(await leader.says(f"/duyet {s.code}"))
    assert "đã trả lời" in again


async def test_an_answer_given_back_is_written_anew_and_the_old_one_cannot_be_approved(
    approving: Talk,
) -> None:
    leader = await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    s.forget()
    await leader.says(f"/sualai {s.code}")
    await leader.says("Xin ghi rõ ngày")
    assert "Xin ghi rõ ngày" in "\n".join(s.first.new())
    await leader.says(f"/duyet {s.code}")
    assert _heard(s) == ""
    await s.first.says(f"/traloi {s.code} {DONE} Ngày 23/11.")
    await leader.says(f"/duyet {s.code}")
    assert "Ngày 23/11." in _heard(s)


async def test_what_a_leader_gives_back_is_asked_for_a_denunciation(approving: Talk) -> None:
    leader = await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    s.forget()
    for form in (f"/sualai {s.code} {DENOUNCED}", f"/sualai {s.code}", DENOUNCED):
        told = (await leader.says(form))[-1]
    assert "không được lưu" in told
    assert s.first.new() == []
    assert await mentions(approving.store, (DENOUNCED,)) == set()
    await leader.presses("Không phải")
    await leader.says(DENOUNCED)
    assert DENOUNCED in "".join(s.first.new())


async def test_whose_lead_ended_while_asked_why_gives_nothing_back(approving: Talk) -> None:
    leader = await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    await leader.says(f"/sualai {s.code}")
    s.forget()
    await end_roles(approving, "Chủ tịch")
    (told,) = await leader.says("Xin ghi rõ ngày")
    assert "Đã bỏ câu hỏi" in told
    assert s.first.new() == []


async def test_a_leader_is_asked_again_what_to_change_and_may_leave_it(approving: Talk) -> None:
    leader = await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    await leader.says(f"/sualai {s.code}")
    s.forget()
    for wrong in ("", "/khongco", "dài " * 5000):
        (asked,) = await leader.sends(wrong)
        assert "/huy" in asked
    assert s.first.new() == []


async def test_a_leader_approves_no_answer_to_a_ticket_of_their_own(approving: Talk) -> None:
    s = await scene(approving)
    leader = await approving.official("leader", name="Chủ tịch")
    other = await approving.official("leader", name="Phó Chủ tịch")
    code = code_in(await leader.says(f"/gopy {WORDS}"))
    await s.first.says(f"/traloi {code} {DONE}")
    (told,) = await leader.says(f"/duyet {code}")
    assert "của chính ông/bà" in told or "đồng nghiệp" in told
    await other.says(f"/duyet {code}")
    ticket = await approving.read.ticket(code)
    assert ticket is not None
    assert ticket.state is State.RESOLVED


async def test_only_those_who_lead_approve(approving: Talk) -> None:
    await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    await s.first.says(f"/duyet {s.code}")
    await s.citizen.says(f"/duyet {s.code}")
    assert (await s.ticket()).state is State.IN_PROGRESS


async def test_without_a_leader_an_answer_that_needs_approval_is_refused(approving: Talk) -> None:
    s = await scene(approving)
    told = "\n".join(await s.first.says(f"/traloi {s.code} {DONE}"))
    assert "lãnh đạo" in told
    assert (await s.ticket()).state is State.NEW


async def test_a_kind_that_needs_proof_is_answered_only_with_a_photo(proving: Talk) -> None:
    s = await scene(proving)
    s.forget()
    told = "\n".join(await s.first.says(f"/traloi {s.code} {DONE}"))
    assert "ảnh" in told
    assert (await s.ticket()).state is State.NEW
    await s.first.photo(f"/traloi {s.code} {DONE}", ref="media:" + "b" * 64)
    assert DONE in _heard(s)
    assert [one.proof for one in await proving.read.files(s.code)] == [True]


async def test_proof_may_come_before_the_answer_with_a_note(proving: Talk) -> None:
    s = await scene(proving)
    await s.first.photo(f"/ghichu {s.code} Ảnh sau khi vá", ref="media:" + "b" * 64)
    await s.first.says(f"/traloi {s.code} {DONE}")
    assert (await s.ticket()).state is State.RESOLVED


async def test_a_duplicate_is_suggested_joined_and_answered_with_the_other(talk: Talk) -> None:
    s = await scene(talk)
    neighbour = talk.person("neighbour", name="Bà Tư")
    other = await file(talk, neighbour, "Trước nhà văn hóa đường thôn 3 có ổ gà to, trơn lắm")
    far = await file(talk, neighbour, "Đèn đường thôn 7 tắt đã một tuần")
    s.forget()
    shown = "\n".join(await s.first.says(f"/phieu {other}"))
    assert f"{s.code}" in shown
    assert far not in shown
    neighbour.forgets()
    s.forget()
    await s.first.presses(f"Trùng {s.code[-4:]}")
    joined = await talk.read.ticket(other)
    assert joined is not None
    assert joined.state is State.DUPLICATE
    assert joined.duplicate_of == s.code
    assert "08/12/2026" in "\n".join(neighbour.new())
    await s.first.says(f"/traloi {s.code} {DONE}")
    assert DONE in _heard(s)
    assert DONE in "\n".join(neighbour.new())
    assert DONE in "\n".join(await neighbour.says(f"/phieu {other}"))


async def test_what_was_joined_to_a_duplicate_goes_with_it(talk: Talk) -> None:
    s = await scene(talk)
    people = [talk.person(f"p{n}") for n in range(2)]
    first, second = [await file(talk, one, "Đường thôn 3 có ổ gà to") for one in people]
    await s.first.says(f"/trung {first} {second}")
    await s.first.says(f"/trung {second} {s.code}")
    people[0].forgets()
    await s.first.says(f"/traloi {s.code} {DONE}")
    assert DONE in "\n".join(people[0].new())


async def test_a_ticket_is_joined_neither_to_itself_nor_to_one_that_has_ended(talk: Talk) -> None:
    s = await scene(talk)
    other = await file(talk, talk.person("p"), "Đường thôn 3 có ổ gà to")
    await s.first.says(f"/trung {s.code} {s.code}")
    await s.first.says(f"/traloi {other} {DONE}")
    told = "\n".join(await s.first.says(f"/trung {s.code} {other}"))
    assert "đã trả lời" in told
    assert (await s.ticket()).state is State.NEW


async def test_a_mistyped_code_is_answered_with_the_nearest_of_the_queue(talk: Talk) -> None:
    s = await scene(talk)
    wrong = s.code[:-1] + ("Z" if s.code[-1] != "Z" else "Y")
    told = "\n".join(await s.first.says(f"/nhan {wrong}"))
    assert s.code in told
    await s.first.presses(s.code)
    assert (await s.ticket()).state is State.IN_PROGRESS
    assert "PA2611" not in "\n".join(await s.first.says("/nhan PA9901-ZZZZ")).replace("PA9901", "")


async def test_an_answer_longer_than_the_commune_allows_is_refused_whole(talk: Talk) -> None:
    s = await scene(talk)
    s.forget()
    told = "\n".join(await s.first.says(f"/traloi {s.code} " + "dài " * 1200))
    assert "4" in told
    assert _heard(s) == ""
    assert (await s.ticket()).state is State.NEW


@pytest.mark.parametrize(
    "command", ["/ghichu {code} ", "/chuyen {code} congan ", "/sualai {code} "]
)
async def test_what_is_written_in_one_line_is_as_short_as_what_is_asked_for(
    approving: Talk, command: str
) -> None:
    admin = await approving.official("admin", name="Quản trị")
    await approving.official("leader", name="Chủ tịch")
    s = await scene(approving)
    await s.first.says(f"/traloi {s.code} {DONE}")
    before = await approving.read.history(s.code)
    s.forget()
    admin.forgets()
    (told,) = await admin.says(command.format(code=s.code) + "dài " * 5000)
    assert "dài quá" in told
    assert await approving.read.history(s.code) == before
    assert s.first.new() == []
