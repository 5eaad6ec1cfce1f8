import asyncio

import pytest
import structlog
from aiohttp import ClientSession

from bot.channels.channel import Letter
from bot.channels.telegram.channel import TelegramChannel
from messages.envelope import Address, Choice, Incoming, Kind, Outgoing
from tests.channels.telegram.conftest import Door, Listen, Opened, Pauses
from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.wire import Call


def polls(call: Call) -> bool:
    return call.method == "getUpdates"


def offset(call: Call) -> int:
    return int(call.body.get("offset", 0))


async def test_a_message_is_confirmed_after_it_was_kept(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    await telegram.person().says("Xin chào")
    listen(channel)
    await door.holds(1)
    await telegram.until(lambda: not telegram.updates.pending)
    assert [kept.text for kept in door.kept] == ["Xin chào"]
    assert offset(telegram.made("getUpdates")[0]) == 0


async def test_the_offset_stays_while_the_store_fails_and_the_same_updates_come_again(
    channel: TelegramChannel,
    telegram: TelegramEmulator,
    door: Door,
    listen: Listen,
    pauses: Pauses,
) -> None:
    door.shut = lambda _incoming: True
    for word in ("một", "hai"):
        await telegram.person().says(word)
    listen(channel)
    await telegram.until(lambda: len(door.asked) >= 3)
    assert len(telegram.updates.pending) == 2
    assert {offset(call) for call in telegram.made("getUpdates")} <= {0}
    # One person's second message is not tried before the first is kept.
    assert {incoming.text for incoming in door.asked} == {"một"}
    door.shut = lambda _incoming: False
    await door.holds(2)
    await telegram.until(lambda: not telegram.updates.pending)
    assert [kept.text for kept in door.kept] == ["một", "hai"]
    assert pauses.taken[:2] == [1.0, 2.0]


async def test_one_failing_message_confirms_none_of_its_batch_and_is_kept_once(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    door.shut = lambda incoming: incoming.sender.id == "2" and len(door.asked) < 5
    for number in (1, 2, 3):
        await telegram.person(number).says(f"{number}")
    listen(channel)
    await telegram.until(lambda: not telegram.updates.pending)
    assert sorted(kept.text for kept in door.kept) == ["1", "2", "3"]


async def test_one_persons_messages_are_kept_in_their_order(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    for number in range(60):
        await telegram.person(1 + number % 3).says(str(number))
    listen(channel)
    await door.holds(60)
    for person in ("1", "2", "3"):
        said = [int(kept.text) for kept in door.kept if kept.sender.id == person]
        assert said == sorted(said)


async def test_the_same_update_twice_is_one_message(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    await telegram.person().says("Xin chào")
    # The platform never hears that the message was taken, so it sends it again.
    telegram.fails(faults.RESET_READ, when=lambda call: polls(call) and offset(call) > 0)
    listen(channel)
    await telegram.until(lambda: not telegram.updates.pending)
    assert len(door.kept) == 1


async def test_an_unreadable_update_is_passed_over_and_the_next_is_read(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    telegram.updates.add("message", {"message_id": 1, "text": {"not": "a text"}}, 1)
    telegram.updates.add("message", {}, 1)
    await telegram.person().says("Xin chào")
    with structlog.testing.capture_logs() as logs:
        listen(channel)
        await door.holds(1)
        await telegram.until(lambda: not telegram.updates.pending)
    assert [kept.text for kept in door.kept] == ["Xin chào"]
    unreadable = [line for line in logs if line["event"] == "telegram: unreadable update"]
    assert len(unreadable) == 2
    assert "not" not in unreadable[0]["reason"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.HTTP_500,
        faults.HTTP_401,
        faults.NOT_JSON,
        faults.HALF_JSON,
        faults.RESET_READ,
        faults.RESET_UNREAD,
        Fault(
            "409", status=409, body=b'{"ok":false,"description":"Conflict: terminated by other"}'
        ),
        faults.says(200, b'{"ok":true,"result":{"not":"a list"}}'),
        faults.says(200, b'{"ok":true,"result":[5]}'),
    ],
    ids=lambda fault: fault.name,
)
async def test_whatever_telegram_does_polling_goes_on(
    fault: Fault,
    channel: TelegramChannel,
    telegram: TelegramEmulator,
    door: Door,
    listen: Listen,
    pauses: Pauses,
) -> None:
    # An answer that is well-formed and nonsense can only come to this one method.
    telegram.fails(fault, times=8, when=polls if fault.status == 200 else lambda _call: True)
    task = listen(channel)
    await telegram.person().says("Xin chào")
    await door.holds(1)
    assert not task.done()
    assert set(pauses.taken) <= {1.0, 2.0, 4.0, 8.0, 16.0, 30.0}
    await telegram.until(lambda: not telegram.updates.pending)
    assert channel.trouble == ""


async def test_the_pauses_double_up_to_half_a_minute_and_one_line_tells_of_it(
    channel: TelegramChannel, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    telegram.fails(faults.HTTP_500, times=10_000, when=polls)
    with structlog.testing.capture_logs() as logs:
        listen(channel)
        await telegram.until(lambda: len(pauses.taken) >= 8)
    assert pauses.taken[:8] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert len([line for line in logs if line.get("what") == "getUpdates"]) == 1
    assert channel.trouble


async def test_a_refused_token_is_told_clearly_and_ends_nothing(
    open_channel: Opened, telegram: TelegramEmulator, listen: Listen, pauses: Pauses
) -> None:
    channel = open_channel(telegram_token="7100000001:AAWrongWrongWrongWrongWrongWrongWrong")
    with structlog.testing.capture_logs() as logs:
        task = listen(channel)
        await telegram.until(lambda: len(pauses.taken) >= 6)
    assert not task.done()
    told = [line for line in logs if line["log_level"] == "error"]
    assert any("BOT_TELEGRAM_TOKEN" in line["event"] for line in told)
    assert "AAWrong" not in repr(logs)


async def test_a_webhook_that_stands_in_the_way_is_taken_down_without_losing_messages(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    await telegram.person().says("trước")
    telegram.updates.webhook = None
    listen(channel)
    await door.holds(1)
    async with ClientSession() as session:
        url = f"{telegram.url}/bot{telegram.token}/setWebhook"
        await (await session.post(url, json={"url": "http://127.0.0.1:9/"})).read()
    await telegram.person().says("sau")
    await door.holds(2)
    assert [kept.text for kept in door.kept] == ["trước", "sau"]
    deleted = telegram.made("deleteWebhook")
    assert len(deleted) >= 2
    assert not any(call.body.get("drop_pending_updates") for call in deleted)


async def test_getme_failing_at_the_start_stops_nothing(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    telegram.fails(faults.HTTP_502, times=5, when=lambda call: call.method == "getMe")
    listen(channel)
    await telegram.person().says("Xin chào")
    await door.holds(1)
    await telegram.wait_for(lambda call: call.method == "setMyCommands")


async def test_a_button_is_answered_at_once_and_once_kept(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    person = telegram.person()
    await person.starts()
    listen(channel)
    await door.holds(1)
    to = Address("telegram", str(person.id))
    [card] = await channel.send(Letter(1, to, Outgoing("Chọn", (Choice("/gopy", "Góp ý"),))))
    await person.presses(person.letters[0], "Góp ý")
    kept = await door.holds(2)
    assert (kept[1].choice, kept[1].text, kept[1].reply_to) == ("/gopy", "", card)
    await telegram.until(lambda: person.alerts == [{"text": "", "show_alert": False}])


async def test_an_answer_to_a_button_that_comes_too_late_is_no_trouble(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    person = telegram.person()
    await person.starts()
    to = Address("telegram", str(person.id))
    await channel.send(Letter(1, to, Outgoing("Chọn", (Choice("/gopy", "Góp ý"),))))
    query = await person.presses(person.letters[0], "Góp ý")
    del telegram.callbacks[query]
    with structlog.testing.capture_logs() as logs:
        task = listen(channel)
        await telegram.wait_for(lambda call: call.method == "answerCallbackQuery")
        await door.holds(2)
        await asyncio.sleep(0)
    assert not task.done()
    assert not [line for line in logs if line["log_level"] in {"warning", "error"}]


async def test_a_reply_names_the_letter_by_the_id_that_sending_gave(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    officer, group = telegram.person(), telegram.group()
    await officer.starts()
    to = Address("telegram", str(officer.id))
    [card] = await channel.send(Letter(1, to, Outgoing("PA2611-0000")))
    [shared] = await channel.send(Letter(2, to, Outgoing("PA2611-0000", group=str(group.id))))
    assert card != shared
    await officer.says("Đã sửa", reply_to=officer.letters[0])
    await group.says(officer, "Đã sửa", reply_to=group.letters[0])
    listen(channel)
    kept = await door.holds(3)
    found = {incoming.group: incoming.reply_to for incoming in kept[1:]}
    assert found == {"": card, str(group.id): shared}


async def _all(telegram: TelegramEmulator) -> None:
    person = telegram.person()
    await person.starts("q_KS01")
    message = await person.says("đèn hỏng")
    await person.edits(message, "đèn đường hỏng")
    await person.sends_album([b"\xff\xd8\xff1", b"\xff\xd8\xff2"], "hai ảnh")
    await person.sends_document("đơn.pdf", b"%PDF")
    await person.sends_voice()
    await person.sends_video()
    await person.sends_sticker()
    await person.sends_location(20.75, 106.61)
    await person.sends_contact("+84900000000")
    await person.blocks()
    await person.unblocks()
    await telegram.group().says(person, "/viec@than_thien_bot")


async def test_all_that_a_person_can_send_arrives(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    await _all(telegram)
    listen(channel)
    kept = await door.holds(14)
    assert [_told(incoming) for incoming in kept] == [
        "message /start q_KS01",
        "message đèn hỏng",
        "edit đèn đường hỏng",
        "message hai ảnh image album",
        "message image album",
        "message file",
        "message audio",
        "message video",
        "message sticker",
        "message location",
        "message contact",
        "left",
        "followed",
        "message /viec group",
    ]


def _told(incoming: Incoming) -> str:
    kinds = [one.kind.value for one in incoming.attachments]
    more = ["album"] * bool(incoming.album) + ["group"] * bool(incoming.group)
    words = [incoming.kind.value, incoming.text, incoming.payload, *kinds, *more]
    return " ".join(word for word in words if word)


async def test_files_that_arrive_can_be_fetched(
    channel: TelegramChannel, telegram: TelegramEmulator, door: Door, listen: Listen
) -> None:
    await telegram.person().sends_photo(b"\xff\xd8\xff a photo")
    listen(channel)
    [kept] = await door.holds(1)
    assert await channel.fetch(kept.attachments[0]) == b"\xff\xd8\xff a photo"
    assert kept.kind is Kind.MESSAGE


async def test_cancelling_ends_the_channel_at_once(
    channel: TelegramChannel, telegram: TelegramEmulator, listen: Listen
) -> None:
    task = listen(channel)
    await telegram.wait_for(lambda call: call.method == "setChatMenuButton")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await channel.close()
