"""The reply window: told before it shuts, and the way out when it has."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.channel import Misconfigured
from bot.channels.zalo.channel import ALIVE
from bot.channels.zalo.errors import ZBS_MEANINGS, ZBS_WAITS
from handlers.office import Office
from storage.channel_facts import fact
from storage.database import Store
from storage.outbox import HELD, WAITING
from storage.people import invite
from tests.channels.zalo.wired import Wired, wired
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.wire import Call
from tests.emulators.zalo import Citizen, ZaloEmulator
from tests.emulators.zalo.refusals import ZNS_REFUSALS
from tests.transcript import Somebody, code_in

TROUBLE = "Đường trước cổng trường có ổ gà rất sâu"
TEMPLATE = "7895417a7d3f9461cd2e"
PHONE = "84912345678"


def with_template(office: Office, template: str = TEMPLATE) -> Office:
    waiting = office.commune.zalo.letter_waiting.model_copy(
        update={"template": template, "office": "don_vi"}
    )
    own = office.commune.zalo.model_copy(update={"letter_waiting": waiting})
    return replace(office, commune=office.commune.model_copy(update={"zalo": own}))


@pytest.fixture
async def service(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, tmp_path: Path
) -> AsyncIterator[Wired]:
    zalo.templates.add(TEMPLATE, "ma_phieu", "don_vi")
    zalo.templates.phone(PHONE)
    async with wired(store, with_template(office), hands, zalo, tmp_path) as whole:
        yield whole


async def brought(service: Wired) -> tuple[Somebody, Citizen, str]:
    """An officer on the web, a citizen on Zalo and the code of what they brought."""
    officer = await service.official()
    citizen = service.zalo.citizen()
    await citizen.says(f"/gopy {TROUBLE}")
    await service.settle()
    code = code_in(letter.text for letter in citizen.letters)
    return officer, citizen, code


def is_template(call: Call) -> bool:
    return call.path == "/message/template"


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (0, "Còn 47 giờ trả lời miễn phí"),
        (16.9, "Còn 31 giờ trả lời miễn phí"),
        (47.5, "Còn chưa đầy một giờ trả lời miễn phí"),
        (50, "còn 117 giờ nữa"),
        (24 * 7 - 0.5, "Còn chưa đầy một giờ để gửi"),
        (24 * 7 + 1, "câu trả lời sẽ được giữ lại"),
    ],
)
async def test_the_officer_is_told_how_long_an_answer_may_take(
    service: Wired, hours: float, told: str
) -> None:
    officer, _, code = await brought(service)
    (card,) = officer.new()
    assert "Còn 48 giờ trả lời miễn phí" in card
    await service.move(hours=hours)
    officer.forgets()
    for command in ("/phieu", "/nhan", "/traloi"):
        assert told in "".join(await officer.says(f"{command} {code}")), command


async def test_of_a_citizen_on_the_web_no_window_is_told(service: Wired) -> None:
    officer, citizen = await service.official(), service.person("c", "web")
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    told = "".join([*officer.new(), *await officer.says(f"/traloi {code}")])
    assert "miễn phí" not in told
    assert "giữ lại" not in told


async def test_what_is_left_of_the_package_is_told_where_an_answer_costs(service: Wired) -> None:
    service.zalo.package(7)
    officer, citizen, code = await brought(service)
    await service.move(hours=50)
    await officer.says(f"/traloi {code} Xã đang xem")
    assert "Xã đang xem" in citizen.letters[-1].text
    known = await fact(service.store, "zalo", "quota")
    assert known is not None
    assert known.value == "6"
    assert "Gói tin còn 6 tin" in "".join(await officer.says(f"/phieu {code}"))
    # What was bought meanwhile is seen at the next look.
    service.zalo.package(500)
    await service.channel._attend()
    assert "Gói tin còn 500 tin" in "".join(await officer.says(f"/phieu {code}"))


async def held(service: Wired, *, phone: str = PHONE) -> tuple[Somebody, Citizen, str]:
    """An answer outside the window to a citizen who left a number."""
    officer, citizen, code = await brought(service)
    if phone:
        await citizen.says(f"/sodienthoai {phone}")
        await service.settle()
    await service.move(days=8)
    officer.forgets()
    await officer.says(f"/traloi {code} Đã vá xong")
    return officer, citizen, code


async def test_outside_the_window_a_paid_notice_says_that_an_answer_waits(service: Wired) -> None:
    _, citizen, code = await held(service)
    (sent,) = service.zalo.templates.sent
    assert sent["phone"] == PHONE
    assert sent["template_data"]["ma_phieu"] == code
    assert sent["template_data"]["don_vi"] == service.office.commune.office.say()
    assert "Đã vá xong" not in str(sent)
    assert HELD in [state for state, _ in await service.fates()]
    before = len(citizen.letters)
    await citizen.says("Tôi đây")
    await service.settle()
    assert any("Đã vá xong" in one.text for one in citizen.letters[before:])


async def test_the_officer_hears_of_the_notice(service: Wired) -> None:
    officer, _, _ = await held(service)
    assert "tin Zalo có phí" in "\n".join(officer.everything())


async def test_a_second_letter_within_a_day_makes_no_second_notice(service: Wired) -> None:
    officer, _, code = await held(service)
    await officer.says(f"/traloi {code} Xin đính chính")
    assert len(service.zalo.templates.sent) == 1
    await service.move(hours=25)
    await officer.says(f"/traloi {code} Xin đính chính lần nữa")
    assert len(service.zalo.templates.sent) == 2


@pytest.mark.parametrize("lacks", ["number", "template"])
async def test_without_number_or_template_the_letter_is_held_as_ever(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, tmp_path: Path, lacks: str
) -> None:
    own = office if lacks == "template" else with_template(office)
    async with wired(store, own, hands, zalo, tmp_path) as service:
        officer, _, _ = await held(service, phone="" if lacks == "number" else PHONE)
        assert HELD in [state for state, _ in await service.fates()]
        assert not any(is_template(call) for call in zalo.calls)
        assert "được giữ lại" in "\n".join(officer.everything())


async def test_a_letter_about_no_ticket_makes_no_notice(service: Wired) -> None:
    citizen = service.zalo.citizen()
    await citizen.says(f"/sodienthoai {PHONE}")
    await service.inbox_worker.work()
    await service.move(days=8)
    assert service.zalo.templates.sent == []


@pytest.mark.parametrize("code", sorted({*ZNS_REFUSALS, *ZBS_MEANINGS} - {-124}))
async def test_whatever_a_template_is_refused_with_the_letter_is_held_and_the_channel_open(
    service: Wired, code: int
) -> None:
    service.zalo.refuses(code, when=is_template)
    admin = await service.official("admin", name="Lãnh đạo")
    await held(service)
    assert HELD in [state for state, _ in await service.fates()]
    assert any(str(code) in reason for _, reason in await service.fates())
    assert service.outbox_worker.shut == {}
    is_ours_to_mend = ZBS_MEANINGS.get(code) is Misconfigured
    assert any("zalo" in one.lower() and str(code) in one for one in admin.everything()) == (
        is_ours_to_mend
    )


def test_every_number_of_the_templates_table_has_its_row() -> None:
    assert set(ZNS_REFUSALS) - {*ZBS_MEANINGS, *ZBS_WAITS} == {-124}


async def test_a_refused_token_is_renewed_for_a_notice_too(service: Wired) -> None:
    service.zalo.refuses(-124, when=is_template)
    await held(service)
    assert len(service.zalo.templates.sent) == 1


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (faults.HTTP_500, 1),
        (faults.RESET_UNREAD, 0),
        (faults.RESET_READ, 0),
        (faults.RESET_ACCEPTED, 1),
        (faults.NOT_JSON, 1),
        (faults.HALF_JSON, 0),
    ],
)
async def test_a_notice_is_never_paid_for_twice(service: Wired, fault: Fault, sent: int) -> None:
    service.zalo.fails(fault, when=is_template)
    await held(service)
    for _ in range(5):
        await service.move(minutes=6)
    assert len(service.zalo.templates.sent) == sent
    states = [state for state, _ in await service.fates()]
    assert HELD in states
    assert WAITING not in states


async def test_what_was_written_while_we_were_away_is_fetched_once(service: Wired) -> None:
    zalo = service.zalo
    citizen, other = zalo.citizen(), zalo.citizen("246845883529190000", "Trần Thị B")
    await citizen.says("/gopy Việc cũ đã biết từ trước")
    await service.settle()
    await service.channel._live(service.inbox.accept)
    here, zalo.webhook.url = zalo.webhook.url, ""
    await service.move(hours=5)
    for number in range(12):
        zalo.clock.advance(seconds=1)
        citizen.remember(
            1,
            "text",
            {"text": f"/gopy Việc mới số {number}", "msg_id": f"missed-{number}"},
            str(zalo.clock.milliseconds()),
        )
    citizen.interacts()
    other.interacts()
    other.remember(
        1, "text", {"text": "Xin chào", "msg_id": "missed-b"}, str(zalo.clock.milliseconds())
    )
    zalo.webhook.url = here
    service.channel._caught_up = False
    await service.channel._live(service.inbox.accept)
    await service.settle()
    tickets = await service.read.all_tickets()
    words = [(await service.read.words(one.code))[0].text for one in tickets]
    assert words == ["Việc cũ đã biết từ trước", *(f"Việc mới số {n}" for n in range(12))]
    assert other.letters
    # Again, as another process would: the inbox knows them all.
    service.channel._caught_up = False
    service.hands.move(hours=1)
    await service.channel._live(service.inbox.accept)
    await service.settle()
    assert len(await service.read.all_tickets()) == 13


async def test_the_first_start_and_a_short_absence_fetch_nothing(service: Wired) -> None:
    citizen = service.zalo.citizen()
    citizen.interacts()
    old = {"text": "/gopy Trước khi có dịch vụ", "msg_id": "old"}
    citizen.remember(1, "text", old, str(service.zalo.clock.milliseconds()))
    for _ in range(2):
        service.channel._caught_up = False
        await service.channel._live(service.inbox.accept)
        await service.move(seconds=90)
    assert await service.read.all_tickets() == []
    assert not service.zalo.made("listrecentchat")


async def test_where_zalo_does_not_tell_the_service_goes_on(service: Wired) -> None:
    await service.channel._live(service.inbox.accept)
    await service.move(hours=3)
    service.channel._caught_up = False
    service.zalo.refuses(-224, when=lambda call: call.method == "listrecentchat")
    await service.channel._live(service.inbox.accept)
    assert service.channel._caught_up


async def test_where_zalo_is_away_catching_up_is_tried_again(service: Wired) -> None:
    await service.channel._live(service.inbox.accept)
    before = await fact(service.store, "zalo", ALIVE)
    await service.move(hours=3)
    service.channel._caught_up = False
    service.zalo.fails(faults.HTTP_502, when=lambda call: call.method == "listrecentchat")
    await service.channel._live(service.inbox.accept)
    assert not service.channel._caught_up
    # Nor is the absence forgotten.
    assert await fact(service.store, "zalo", ALIVE) == before
    await service.channel._live(service.inbox.accept)
    assert service.channel._caught_up


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"src": 1},
        {"src": 1, "time": None, "message_id": "x", "message": "a"},
        {"src": 1, "time": "now", "message_id": "x", "message": "a"},
        {"src": "1", "time": 1, "message_id": "x", "message": "a"},
        {"src": 1, "time": 10**30, "message_id": ["x"], "message": {"a": 1}},
    ],
)
async def test_lines_that_cannot_be_read_are_left(service: Wired, line: dict[str, object]) -> None:
    await service.channel._live(service.inbox.accept)
    await service.move(hours=3)
    citizen = service.zalo.citizen()
    citizen.interacts()
    citizen.remember(
        1, "text", {"text": "Xin chào", "msg_id": "good"}, str(service.zalo.clock.milliseconds())
    )
    citizen.history.insert(0, line)
    service.channel._caught_up = False
    await service.channel._live(service.inbox.accept)
    await service.settle()
    assert service.channel._caught_up
    assert citizen.letters


async def test_an_answer_quotes_what_the_citizen_brought(service: Wired) -> None:
    officer, citizen, code = await brought(service)
    asked = citizen.history[0]["message_id"]
    await officer.says(f"/traloi {code} Đã vá xong")
    assert "Đã vá xong" in citizen.letters[-1].text
    assert citizen.letters[-1].quotes == asked


async def test_an_officer_answers_by_quoting_the_card(service: Wired) -> None:
    officer = service.zalo.citizen("246845883529190099", "Cán bộ")
    web = await service.official("admin", name="Quản trị", on_duty=False)
    digest = service.store.box.digest("invite", "ABCD1234")
    await service.store.write(
        lambda connection: invite(
            connection,
            code_hash=digest,
            role="officer",
            unit="",
            name="Đào Thị Trực",
            now=service.hands(),
        )
    )
    await officer.says("/start ABCD1234")
    await service.settle()
    await officer.says("/truc on")
    await service.settle()
    citizen = service.zalo.citizen()
    await citizen.says(f"/gopy {TROUBLE}")
    await service.settle()
    card = next(one for one in officer.letters if "Còn 48 giờ" in one.text)
    await officer.says("Đã vá xong ổ gà", quote=card.message_id)
    await service.settle()
    assert "Đã vá xong ổ gà" in citizen.letters[-1].text
    # Nobody but the officer on duty was told of it.
    assert not any(TROUBLE in one for one in web.everything())
