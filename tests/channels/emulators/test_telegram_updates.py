"""Updates by getUpdates and by webhook, what people do, and python-telegram-bot against it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, InvalidToken

from tests.emulators.receiver import Receiver
from tests.emulators.telegram import Person, TelegramEmulator
from tests.emulators.telegram.caller import BotApi
from tests.emulators.wire import Clock, Json


@pytest.fixture
def me(telegram: TelegramEmulator) -> Person:
    return telegram.person(11)


async def poll(telegram: TelegramEmulator, http: aiohttp.ClientSession, **body: Any) -> list[Json]:  # noqa: ANN401
    found: list[Json] = (await BotApi(telegram, http)("getUpdates", **body))["result"]
    return found


async def test_updates_stay_until_a_higher_offset_confirms_them(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    for words in ("một", "hai", "ba"):
        await me.says(words)
    first = await poll(telegram, http, limit=2)
    assert [update["message"]["text"] for update in first] == ["một", "hai"]
    assert await poll(telegram, http, limit=2) == first
    rest = await poll(telegram, http, offset=first[0]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["hai", "ba"]
    assert rest[1]["update_id"] == first[0]["update_id"] + 2
    assert await poll(telegram, http, offset=rest[-1]["update_id"] + 1) == []
    assert await poll(telegram, http) == []


async def test_a_negative_offset_keeps_the_latest_only(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    for words in ("một", "hai", "ba"):
        await me.says(words)
    kept = await poll(telegram, http, offset=-1)
    assert [update["message"]["text"] for update in kept] == ["ba"]
    assert await poll(telegram, http) == kept


async def test_updates_are_kept_for_a_day(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person, clock: Clock
) -> None:
    await me.says("một")
    clock.advance(hours=24, seconds=1)
    await me.says("hai")
    assert [update["message"]["text"] for update in await poll(telegram, http)] == ["hai"]


async def test_a_long_poll_ends_with_the_next_update(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    waiting = asyncio.create_task(poll(telegram, http, timeout=50))
    await telegram.until(lambda: telegram.updates.is_polled)
    await me.says("một")
    assert [update["message"]["text"] for update in await waiting] == ["một"]


async def test_a_second_poller_ends_the_first(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    first = asyncio.create_task(BotApi(telegram, http)("getUpdates", timeout=50))
    await telegram.until(lambda: telegram.updates.is_polled)
    second = asyncio.create_task(BotApi(telegram, http)("getUpdates", timeout=50))
    conflict = await first
    assert conflict["error_code"] == 409
    assert "terminated by other getUpdates request" in conflict["description"]
    await me.says("một")
    assert len((await second)["result"]) == 1


async def test_only_the_allowed_kinds_are_queued_from_then_on(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    message = await me.says("một")
    await poll(telegram, http, offset=-1, allowed_updates=["edited_message"])
    await me.says("hai")
    await me.edits(message, "một!")
    kinds = [set(update) - {"update_id"} for update in await poll(telegram, http)]
    assert kinds == [{"message"}, {"edited_message"}]
    info = (await BotApi(telegram, http)("getWebhookInfo"))["result"]
    assert info["allowed_updates"] == ["edited_message"]


async def test_a_webhook_shuts_out_pollers(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, receiver: Receiver
) -> None:
    waiting = asyncio.create_task(BotApi(telegram, http)("getUpdates", timeout=50))
    await telegram.until(lambda: telegram.updates.is_polled)
    await BotApi(telegram, http)("setWebhook", url=receiver.url)
    assert (await waiting)["description"] == "Conflict: terminated by setWebhook request"
    shut_out = await BotApi(telegram, http)("getUpdates")
    assert shut_out["error_code"] == 409
    assert shut_out["description"].startswith("Conflict: can't use getUpdates method while webhook")
    assert (await BotApi(telegram, http)("deleteWebhook"))["description"] == "Webhook was deleted"
    assert (await BotApi(telegram, http)("getUpdates"))["ok"]


async def test_a_webhook_gets_the_secret_and_what_waited(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, receiver: Receiver, me: Person
) -> None:
    await me.says("một")
    url = receiver.url
    first = await BotApi(telegram, http)("setWebhook", url=url, secret_token="S_1-x")
    assert first["description"] == "Webhook was set"
    again = await BotApi(telegram, http)("setWebhook", url=url, secret_token="S_1-x")
    assert again["description"] == "Webhook is already set"
    await me.says("hai")
    await telegram.until(lambda: not telegram.updates.pending)
    assert [got.event["message"]["text"] for got in receiver.received] == ["một", "hai"]
    assert {got.headers["X-Telegram-Bot-Api-Secret-Token"] for got in receiver.received} == {
        "S_1-x"
    }


async def test_a_refused_update_comes_again_before_the_next_of_its_chat(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, receiver: Receiver, me: Person
) -> None:
    telegram.updates.retry_scale = 0.001
    receiver.statuses = [503, 500, 200]
    await BotApi(telegram, http)("setWebhook", url=receiver.url)
    await me.says("một")
    await me.says("hai")
    await telegram.until(lambda: not telegram.updates.pending)
    texts = [got.event["message"]["text"] for got in receiver.received]
    assert texts == ["một", "một", "một", "hai"]
    assert [attempt.status for attempt in telegram.updates.attempts] == [503, 500, 200, 200]
    info = (await BotApi(telegram, http)("getWebhookInfo"))["result"]
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")
    assert info["pending_update_count"] == 0


async def test_updates_wait_for_a_webhook_that_is_down(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, receiver: Receiver, me: Person
) -> None:
    telegram.updates.retry_scale = 0.001
    await BotApi(telegram, http)("setWebhook", url=receiver.url)
    await receiver.stop()
    await me.says("một")
    await telegram.until(lambda: len(telegram.updates.attempts) > 1)
    info = (await BotApi(telegram, http)("getWebhookInfo"))["result"]
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == "Connection refused"
    assert info["last_error_date"] > 0
    await receiver.start()
    await telegram.until(lambda: not telegram.updates.pending)
    assert len(receiver.received) == 1


async def test_a_webhook_that_hangs_or_is_taken_away_loses_nothing(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, receiver: Receiver, me: Person
) -> None:
    telegram.updates.read_timeout, receiver.delay = 0.05, 0.2
    await BotApi(telegram, http)("setWebhook", url=receiver.url)
    await me.says("một")
    await telegram.until(lambda: bool(telegram.updates.attempts))
    info = (await BotApi(telegram, http)("getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Read timeout expired"
    await BotApi(telegram, http)("setWebhook", url="")
    assert [update["message"]["text"] for update in await poll(telegram, http)] == ["một"]
    await BotApi(telegram, http)("setWebhook", url=receiver.url, drop_pending_updates=True)
    assert not telegram.updates.pending


async def test_pending_updates_can_be_dropped(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.says("một")
    await BotApi(telegram, http)("deleteWebhook", drop_pending_updates=True)
    assert await poll(telegram, http) == []


Deed = Callable[[Person], Awaitable[object]]
CONTENTS: list[tuple[str, Deed]] = [
    ("text", lambda person: person.says("a")),
    ("photo", lambda person: person.sends_photo(b"\xff\xd8\xff")),
    ("document", lambda person: person.sends_document("a.pdf", b"%PDF")),
    ("voice", lambda person: person.sends_voice()),
    ("video", lambda person: person.sends_video()),
    ("sticker", lambda person: person.sends_sticker()),
    ("location", lambda person: person.sends_location(20.8, 106.6)),
    ("contact", lambda person: person.sends_contact("84912345678")),
]


@pytest.mark.parametrize(("kind", "deed"), CONTENTS)
async def test_python_telegram_bot_reads_what_people_send(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person, kind: str, deed: Deed
) -> None:
    await deed(me)
    (raw,) = await poll(telegram, http)
    update = Update.de_json(raw, None)
    assert update.message is not None
    assert getattr(update.message, kind)
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "vi"
    assert update.message.chat.type == "private"


async def test_a_start_link_carries_its_payload(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.starts("q_KS01")
    (update,) = await poll(telegram, http)
    assert update["message"]["text"] == "/start q_KS01"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_an_album_is_several_messages_with_one_id(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.sends_album([b"\xff\xd8\xff1", b"\xff\xd8\xff2"], "Ổ gà")
    first, second = (update["message"] for update in await poll(telegram, http))
    assert first["media_group_id"] == second["media_group_id"]
    assert first["caption"] == "Ổ gà"
    assert "caption" not in second


async def test_blocking_and_unblocking_are_told(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.says("a")
    await me.blocks()
    refused = await BotApi(telegram, http)("sendMessage", chat_id=me.id, text="b")
    assert refused["error_code"] == 403
    await me.says("c")
    statuses = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in await poll(telegram, http)
        if "my_chat_member" in update
    ]
    assert statuses == ["kicked", "member"]
    assert (await BotApi(telegram, http)("sendMessage", chat_id=me.id, text="b"))["ok"]


async def test_in_a_group_the_bot_hears_commands_and_replies_to_it(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    group = telegram.group()
    await group.adds_bot(me)
    await BotApi(telegram, http)("sendMessage", chat_id=group.id, text="Phiếu PA2611-7K3M")
    (card,) = await telegram.letters_to(group)
    await group.says(me, "nói chuyện riêng")
    await group.says(me, "@than_thien_bot ơi")
    await group.says(me, "/nhan@other_bot PA2611-7K3M")
    await group.says(me, "/nhan PA2611-7K3M")
    await group.says(me, "Đã sửa xong", reply_to=card)
    updates = await poll(telegram, http)
    heard = [update["message"] for update in updates if "message" in update]
    assert [message["text"] for message in heard] == ["/nhan PA2611-7K3M", "Đã sửa xong"]
    assert heard[1]["reply_to_message"]["message_id"] == card.message_id
    assert heard[1]["chat"]["type"] == "supergroup"
    assert updates[0]["my_chat_member"]["new_chat_member"]["status"] == "member"


async def test_parameters_may_come_in_any_of_the_four_ways(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.says("a")
    url = f"{telegram.url}/bot{telegram.token}/SENDmessage"
    markup = '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}'
    fields = {"chat_id": "11", "text": "b", "reply_markup": markup}
    form = aiohttp.FormData(fields, default_to_multipart=True)
    requests: list[Json] = [
        {"params": fields},
        {"data": fields},
        {"data": form},
        {"json": fields | {"chat_id": 11}},
    ]
    for arguments in requests:
        async with http.post(url, **arguments) as answer:
            assert (await answer.json())["ok"]
    assert [len(letter.buttons) for letter in me.letters] == [1, 1, 1, 1]


async def test_html_becomes_entities_counted_in_utf_16(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.says("a")
    text = ' 😀 <b>Mã &lt;phiếu&gt;</b>: <a href="https://xa.vn/?a=1&amp;b=2">xem</a> '
    sent = await BotApi(telegram, http)("sendMessage", chat_id=11, text=text, parse_mode="HTML")
    assert sent["result"]["text"] == "😀 Mã <phiếu>: xem"
    assert sent["result"]["entities"] == [
        {"type": "bold", "offset": 3, "length": 10},
        {"type": "text_link", "offset": 15, "length": 3, "url": "https://xa.vn/?a=1&b=2"},
    ]


async def test_a_row_of_buttons_ends_with_the_eighth(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    await me.says("a")
    row = [{"text": str(number), "callback_data": str(number)} for number in range(9)]
    markup = {"inline_keyboard": [row]}
    await BotApi(telegram, http)("sendMessage", chat_id=11, text="b", reply_markup=markup)
    assert len(me.letters[0].buttons) == 8


async def test_python_telegram_bot_works_against_the_emulator(
    telegram: TelegramEmulator, me: Person
) -> None:
    await me.says("/start")
    bot = Bot(telegram.token, base_url=telegram.url + "/bot")
    async with bot:
        assert bot.username == telegram.username
        assert bot.can_join_groups
        (update,) = await bot.get_updates(timeout=0)
        assert update.message is not None
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Góp ý", callback_data="gopy")]])
        sent = await bot.send_message(me.id, "Chào ông/bà", reply_markup=keyboard)
        letter = await me.hears("Chào")
        await me.presses(letter, "Góp ý")
        _, pressed = await bot.get_updates(timeout=0)
        assert pressed.callback_query is not None
        assert pressed.callback_query.data == "gopy"
        assert await pressed.callback_query.answer()
        edited = await bot.edit_message_text("Mời viết", me.id, sent.message_id)
        assert isinstance(edited, Message)
        assert edited.text == "Mời viết"
        assert edited.reply_markup is None
        assert [version["text"] for version in letter.versions] == ["Chào ông/bà"]
        assert await bot.set_my_commands([("gopy", "Góp ý")], language_code="vi")
        assert [command.command for command in await bot.get_my_commands(language_code="vi")] == [
            "gopy"
        ]
        assert (await bot.get_chat(me.id)).first_name == "Anh"
        assert (await bot.get_webhook_info()).url == ""
        assert await bot.set_my_description("Bot của xã")
        assert (await bot.get_my_description()).description == "Bot của xã"
        assert await bot.send_chat_action(me.id, "typing")
        photo = await bot.send_photo(me.id, b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "Sơ đồ")
        assert (await bot.get_file(photo.photo[-1].file_id)).file_size == 58
        with pytest.raises(BadRequest, match="too long"):
            await bot.send_message(me.id, "a" * 4097)
        me.blocked = True
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(me.id, "a")
    stranger = Bot("1:wrong", base_url=telegram.url + "/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
