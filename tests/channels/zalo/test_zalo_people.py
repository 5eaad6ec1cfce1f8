"""What people do on Zalo beside writing, from the wire to what the service makes of it."""

import pytest

from storage.erasure import erase_waiting
from tests.channels.zalo.wired import Wired
from tests.emulators.zalo import Citizen
from tests.transcript import Somebody, code_in

TROUBLE = "Đường trước cổng trường có ổ gà rất sâu"


async def answered(service: Wired) -> tuple[Somebody, Citizen, str]:
    officer, citizen = await service.official(), service.zalo.citizen()
    await citizen.says(f"/gopy {TROUBLE}")
    await service.settle()
    code = code_in(letter.text for letter in citizen.letters)
    await officer.says(f"/traloi {code} Đã vá xong")
    return officer, citizen, code


@pytest.mark.parametrize(
    ("how", "word"), [("receives", "đã đến máy"), ("sees", "đã xem"), ("reacts", "đã xem")]
)
async def test_zalos_receipts_reach_the_officer(service: Wired, how: str, word: str) -> None:
    officer, citizen, code = await answered(service)
    before = len(citizen.letters)
    delivery = await getattr(citizen, how)(citizen.letters[-1].message_id)
    assert delivery.status == 200
    await service.settle()
    assert word in "".join(await officer.says(f"/phieu {code}"))
    # No receipt is answered.
    assert len(citizen.letters) == before


async def test_an_official_in_the_console_silences_the_service(service: Wired) -> None:
    _, citizen, _ = await answered(service)
    await citizen.is_answered_by_hand("Tôi là cán bộ một cửa")
    await service.settle()
    before = len(citizen.letters)
    await citizen.says("Dạ vâng, cảm ơn cán bộ")
    await service.settle()
    assert len(citizen.letters) == before
    await service.move(hours=3)
    await citizen.says("Xin chào")
    await service.settle()
    assert len(citizen.letters) == before + 1


async def test_the_services_own_echo_silences_nothing(service: Wired) -> None:
    service.zalo.switches.echoes = True
    _, citizen, _ = await answered(service)
    before = len(citizen.letters)
    await citizen.echoes(
        "oa_send_text", {"text": "Đã vá xong", "msg_id": citizen.letters[-1].message_id}
    )
    await service.settle()
    await citizen.says("Xin chào")
    await service.settle()
    assert len(citizen.letters) == before + 1


async def test_who_withdraws_asks_for_erasure_once(service: Wired) -> None:
    citizen = service.zalo.citizen()
    await citizen.says("/sodienthoai 0912345678")
    await service.settle()
    for _ in range(2):
        assert (await citizen.withdraws()).status == 200
        await service.settle()
    (ticket,) = await service.read.all_tickets()
    assert ticket.kind == "data_erasure"
    assert await erase_waiting(service.ground.store, service.media, service.ground.clock()) == 1
    assert await service.read.phone_of(ticket.person_id) == ""


async def test_who_follows_is_welcomed_and_who_leaves_hears_nothing(service: Wired) -> None:
    citizen = service.zalo.citizen()
    await citizen.follows()
    await service.settle()
    assert len(citizen.letters) == 1
    await citizen.unfollows()
    await service.settle()
    assert len(citizen.letters) == 1
