"""Refusals of the Bot API that depend on time, state, uploads or speed."""

from __future__ import annotations

import io
import json
import struct

import aiohttp
import pytest

from tests.emulators.telegram import Pace, Person, TelegramEmulator
from tests.emulators.telegram.caller import BotApi
from tests.emulators.telegram.cast import TALKING, TEAM, UPGRADED_TEAM
from tests.emulators.wire import Clock, Json

ONE_BUTTON: Json = {"inline_keyboard": [[{"text": "Gửi", "callback_data": "x"}]]}


async def test_an_upgraded_group_names_its_successor(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    answer = await bot_api("sendMessage", chat_id=UPGRADED_TEAM, text="a")
    assert answer["parameters"] == {"migrate_to_chat_id": TEAM}


async def test_an_edit_that_changes_nothing_is_refused(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    same = await bot_api("editMessageText", chat_id=TALKING, message_id=2, text=" b ")
    assert same["description"].startswith("Bad Request: message is not modified: ")
    changed = await bot_api("editMessageText", chat_id=TALKING, message_id=2, text="c")
    assert changed["result"]["text"] == "c"
    same = await bot_api("editMessageText", chat_id=TALKING, message_id=2, text="c")
    assert same["error_code"] == 400
    none = await bot_api("editMessageReplyMarkup", chat_id=TALKING, message_id=2)
    assert none["description"].startswith("Bad Request: message is not modified: ")


@pytest.mark.parametrize(
    ("token", "words"),
    [("7100000001:other", "Unauthorized"), ("x", "Unauthorized: invalid token specified")],
)
async def test_a_wrong_token_is_unauthorized(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, token: str, words: str
) -> None:
    async with http.get(f"{telegram.url}/bot{token}/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {"ok": False, "error_code": 401, "description": words}
    async with http.get(f"{telegram.url}/file/bot{token}/photos/a.jpg") as answer:
        assert answer.status == 401


async def test_what_is_no_method_is_not_found(
    telegram: TelegramEmulator, http: aiohttp.ClientSession
) -> None:
    for path in ("/", "/getMe", f"/bot{telegram.token}"):
        async with http.get(telegram.url + path) as answer:
            assert answer.status == 404
            assert (await answer.json())["description"] == "Not Found"


async def test_markdown_is_not_pretended_to_be_read(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person
) -> None:
    answer = await bot_api("sendMessage", chat_id=TALKING, text="*a*", parse_mode="MarkdownV2")
    assert answer["error_code"] == 501


async def test_a_press_must_be_answered_soon_and_once(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, clock: Clock
) -> None:
    await bot_api("sendMessage", chat_id=TALKING, text="?", reply_markup=ONE_BUTTON)
    letter = (await telegram.letters_to(me))[-1]
    first = await me.presses(letter, "Gửi")
    answered = await bot_api("answerCallbackQuery", callback_query_id=first, text="ok")
    assert answered["result"] is True
    assert me.alerts == [{"text": "ok", "show_alert": False}]
    again = await bot_api("answerCallbackQuery", callback_query_id=first)
    assert "query is too old" in again["description"]
    second = await me.presses(letter, "x")
    clock.advance(seconds=61)
    late = await bot_api("answerCallbackQuery", callback_query_id=second)
    assert "query is too old" in late["description"]
    with pytest.raises(LookupError, match="only \\['Gửi'\\]"):
        await me.presses(letter, "Huỷ")


async def test_a_message_can_be_deleted_for_48_hours(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, clock: Clock
) -> None:
    clock.advance(hours=48, seconds=1)
    late = await bot_api("deleteMessage", chat_id=TALKING, message_id=2)
    assert late["description"] == "Bad Request: message can't be deleted"
    await bot_api("sendMessage", chat_id=TALKING, text="c")
    letter = me.letters[-1]
    done = await bot_api("deleteMessage", chat_id=TALKING, message_id=letter.message_id)
    assert done["result"] is True
    assert letter.deleted


# -- uploads


def png(width: int, height: int, size: int = 100) -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return head.ljust(size, b"\0")


@pytest.mark.parametrize(
    ("method", "content", "status", "words"),
    [
        ("sendPhoto", png(800, 600), 200, ""),
        ("sendPhoto", b"", 400, "file must be non-empty"),
        ("sendPhoto", b"%PDF", 400, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", png(9000, 1001), 400, "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", png(2100, 100), 400, "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", png(1, 1, (10 << 20) + 1), 400, "file of size 10485761 bytes is too big"),
        ("sendDocument", b"%PDF", 200, ""),
        ("sendDocument", bytes((50 << 20) + 1), 413, "Request Entity Too Large"),
        ("sendDocument", b"", 400, "file must be non-empty"),
    ],
)
async def test_an_upload_is_looked_at(
    telegram: TelegramEmulator,
    http: aiohttp.ClientSession,
    me: Person,
    method: str,
    content: bytes,
    status: int,
    words: str,
) -> None:
    name = method.removeprefix("send").lower()
    answer = await upload(telegram, http, method, {"chat_id": str(TALKING)}, {name: content})
    assert answer.get("error_code", 200) == status
    assert words in answer.get("description", "")
    assert len(me.letters) == 1 + (status == 200)


async def upload(
    telegram: TelegramEmulator,
    http: aiohttp.ClientSession,
    method: str,
    fields: dict[str, str],
    files: dict[str, bytes],
) -> Json:
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in fields.items():
            form.append(value).set_content_disposition("form-data", name=name)
        for name, content in files.items():
            part = form.append(io.BytesIO(content))
            part.set_content_disposition("form-data", name=name, filename=f"{name}.bin")
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with http.post(url, data=form) as answer:
        found: Json = await answer.json()
        return found


async def test_an_album_holds_one_sort_of_media(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, me: Person
) -> None:
    def media(*kinds: str) -> dict[str, str]:
        items = [
            {"type": kind, "media": f"attach://f{place}", "caption": f"ảnh {place}"}
            for place, kind in enumerate(kinds)
        ]
        return {"chat_id": str(TALKING), "media": json.dumps(items)}

    files = {"f0": png(10, 10), "f1": png(10, 10)}
    mixed = await upload(telegram, http, "sendMediaGroup", media("photo", "document"), files)
    assert mixed["description"] == "Bad Request: document can't be mixed with other media types"
    missing = await upload(telegram, http, "sendMediaGroup", media("photo"), {"x": b"x"})
    assert missing["description"] == "Bad Request: there is no photo in the request"
    sent = await upload(telegram, http, "sendMediaGroup", media("photo", "photo"), files)
    assert len({message["media_group_id"] for message in sent["result"]}) == 1
    assert [letter.text for letter in me.letters[1:]] == ["ảnh 0", "ảnh 1"]


async def test_a_file_above_20_mb_cannot_be_fetched(
    telegram: TelegramEmulator, http: aiohttp.ClientSession, bot_api: BotApi, me: Person
) -> None:
    big = await me.sends_document("a.zip", b"x", size=(20 << 20) + 1)
    answer = await bot_api("getFile", file_id=big["document"]["file_id"])
    assert answer["description"] == "Bad Request: file is too big"
    photo = await me.sends_photo(b"\xff\xd8\xff", "Ổ gà")
    known = await bot_api("getFile", file_id=photo["photo"][-1]["file_id"])
    url = f"{telegram.url}/file/bot{telegram.token}/{known['result']['file_path']}"
    async with http.get(url) as download:
        assert await download.read() == b"\xff\xd8\xff"
    async with http.get(url + "x") as download:
        assert download.status == 404


async def test_the_link_to_a_file_is_asked_for_anew_after_an_hour(
    telegram: TelegramEmulator,
    http: aiohttp.ClientSession,
    bot_api: BotApi,
    me: Person,
    clock: Clock,
) -> None:
    """Bot API, getFile: the link is guaranteed to be valid for at least one hour."""
    photo = (await me.sends_photo(b"\xff\xd8\xff"))["photo"][-1]["file_id"]
    path = telegram.files.by_id[photo].path
    url = f"{telegram.url}/file/bot{telegram.token}/{path}"

    async def status() -> int:
        async with http.get(url) as download:
            return download.status

    assert await status() == 404
    assert (await bot_api("getFile", file_id=photo))["result"]["file_path"] == path
    clock.advance(minutes=60)
    assert await status() == 200
    clock.advance(seconds=1)
    assert await status() == 404
    await bot_api("getFile", file_id=photo)
    assert await status() == 200


async def test_a_file_keeps_its_type_when_it_is_sent_again(bot_api: BotApi, me: Person) -> None:
    document = (await me.sends_document("a.pdf", b"%PDF"))["document"]["file_id"]
    photo = (await me.sends_photo(b"\xff\xd8\xff"))["photo"][-1]["file_id"]
    assert (await bot_api("sendPhoto", chat_id=TALKING, photo=photo))["ok"]
    wrong = await bot_api("sendPhoto", chat_id=TALKING, photo=document)
    assert wrong["description"] == "Bad Request: can't use file of type Document as Photo"


# -- flood limits


async def test_too_many_messages_to_one_chat_must_wait(
    telegram: TelegramEmulator,
    http: aiohttp.ClientSession,
    bot_api: BotApi,
    me: Person,
    clock: Clock,
) -> None:
    telegram.pace = Pace()
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    assert (await bot_api("sendMessage", chat_id=TALKING, text="a"))["ok"]
    async with http.post(url, json={"chat_id": TALKING, "text": "a"}) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "1"
        assert await answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
    clock.advance(seconds=1)
    assert (await bot_api("sendMessage", chat_id=TALKING, text="a"))["ok"]
    assert len(me.letters) == 3


async def test_twenty_messages_a_minute_go_to_a_group(
    telegram: TelegramEmulator, bot_api: BotApi, me: Person, clock: Clock
) -> None:
    telegram.pace = Pace()
    body = {"chat_id": TEAM, "text": "a"}
    for _ in range(20):
        assert (await bot_api("sendMessage", **body))["ok"]
    refused = await bot_api("sendMessage", **body)
    wait = refused["parameters"]["retry_after"]
    assert 55 <= wait <= 60
    clock.advance(seconds=wait)
    assert (await bot_api("sendMessage", **body))["ok"]


async def test_thirty_messages_a_second_in_all(telegram: TelegramEmulator, bot_api: BotApi) -> None:
    telegram.pace = Pace()
    for number in range(31):
        telegram.person(100 + number).started = True
    results = [await bot_api("sendMessage", chat_id=100 + number, text="a") for number in range(31)]
    assert [result["ok"] for result in results] == [True] * 30 + [False]
    assert results[-1]["error_code"] == 429


async def test_a_real_webhook_needs_https_a_known_port_and_a_public_address(
    clock: Clock, http: aiohttp.ClientSession
) -> None:
    async with TelegramEmulator(clock=clock) as strict:
        rows = {
            "http://xa.vn/hook": "bad webhook: An HTTPS URL must be provided for webhook",
            "https://xa.vn:8080/hook": (
                "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            ),
            "https://127.0.0.1/hook": "bad webhook: IP address 127.0.0.1 is reserved",
        }
        for url, words in rows.items():
            answer = await BotApi(strict, http)("setWebhook", url=url)
            assert answer["description"] == f"Bad Request: {words}"
        assert (await BotApi(strict, http)("setWebhook", url="https://xa.vn:8443/hook"))["ok"]
