"""What each way of failing means for a letter, and that no secret comes out with it."""

import asyncio
import json
import logging
import socket
import traceback

import pytest
import structlog
from telegram.error import TimedOut

from bot.channels.channel import (
    CannotFetch,
    Letter,
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.refusals import meaning
from bot.channels.telegram.request import AiohttpRequest, TelegramBot
from messages.envelope import Address, Attachment, AttachmentKind, Outgoing
from tests.channels.telegram.conftest import Opened
from tests.emulators import faults
from tests.emulators.faults import Fault, says
from tests.emulators.telegram import TelegramEmulator

LAN = Address("telegram", "5200000001")
HELLO = Letter(1, LAN, Outgoing("Xin chào"))


def refusal(code: int, description: str, **parameters: object) -> Fault:
    body = {"ok": False, "error_code": code, "description": description}
    return says(
        code, json.dumps({**body, **({"parameters": parameters} if parameters else {})}).encode()
    )


FAILURES: dict[str, tuple[Fault, type[SendError], str]] = {
    "429": (refusal(429, "Too Many Requests: retry after 7", retry_after=7), Throttled, "429"),
    "429 of a proxy": (Fault("429", status=429, body=b"slow down"), Throttled, "HTTP 429"),
    "blocked": (
        refusal(403, "Forbidden: bot was blocked by the user"),
        PersonGone,
        "blocked by the user",
    ),
    "deactivated": (refusal(403, "Forbidden: user is deactivated"), PersonGone, "deactivated"),
    "never started": (
        refusal(403, "Forbidden: bot can't initiate conversation with a user"),
        PersonGone,
        "initiate",
    ),
    "thrown out": (
        refusal(403, "Forbidden: bot was kicked from the supergroup chat"),
        PersonGone,
        "kicked",
    ),
    "unknown chat": (refusal(400, "Bad Request: chat not found"), PersonGone, "hat not found"),
    "another bot": (
        refusal(403, "Forbidden: bots can't send messages to bots"),
        Refused,
        "to bots",
    ),
    "no right to write": (
        refusal(400, "Bad Request: not enough rights to send text messages to the chat"),
        Refused,
        "rights",
    ),
    "upgraded": (
        refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
        Refused,
        "-1009",
    ),
    "bad button": (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Refused, "utton_data"),
    "too large": (refusal(413, "Request Entity Too Large"), Refused, "413"),
    "a teapot": (Fault("418", status=418, body=b"<html>"), Refused, "HTTP 418"),
    "wrong token": (refusal(401, "Unauthorized"), Misconfigured, "Unauthorized"),
    "401 without words": (faults.HTTP_401, Misconfigured, "HTTP 401"),
    "403 of a proxy": (Fault("403", status=403, body=b"<html>no"), Refused, "HTTP 403"),
    "no such bot": (refusal(404, "Not Found"), Misconfigured, "Not Found"),
    "500": (faults.HTTP_500, Unreachable, "HTTP 500"),
    "502": (faults.HTTP_502, Unreachable, "HTTP 502"),
    "504": (Fault("504", status=504, body=b"<html>"), Unknown, "HTTP 504"),
    "a redirect": (
        Fault("302", status=302, headers=(("Location", "http://127.0.0.1:9/"),)),
        Unreachable,
        "HTTP 302",
    ),
    "reset": (faults.RESET_READ, Unknown, ""),
    "reset after it was sent": (faults.RESET_ACCEPTED, Unknown, ""),
    "no JSON": (faults.NOT_JSON, Unknown, "not JSON"),
    "half of an answer": (faults.HALF_JSON, Unknown, "not JSON"),
    "no result": (says(200, b'{"ok": true}'), Unknown, "no result"),
    "no object": (says(200, b"[]"), Unknown, "not an object"),
    "deep": (says(200, b"[" * 100_000), Unknown, "not JSON"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_has_its_meaning(
    name: str, channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    telegram.person(int(LAN.id)).started = True
    fault, meant, said = FAILURES[name]
    telegram.fails(fault)
    with pytest.raises(SendError) as failure:
        await channel.send(HELLO)
    assert type(failure.value) is meant
    assert said in failure.value.reason
    assert "<html>" not in failure.value.reason
    telegram.person(77).started = True
    assert await channel.send(Letter(2, Address("telegram", "77"), Outgoing("x")))


async def test_where_nobody_listens_nothing_was_sent(open_channel: Opened) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        await open_channel(telegram_api_url=f"http://127.0.0.1:{port}").send(HELLO)


async def test_where_no_answer_comes_it_may_have_arrived(telegram: TelegramEmulator) -> None:
    person = telegram.person(int(LAN.id))
    person.started = True
    telegram.fails(faults.SILENT_ACCEPTED)
    transport = AiohttpRequest(telegram.token, reading=0.05)
    with pytest.raises(TimedOut) as failure:
        await TelegramBot(telegram.token, telegram.url, transport).send_message(person.id, "x")
    assert isinstance(meaning(failure.value), Unknown)
    assert len(person.letters) == 1
    await transport.shutdown()


async def test_a_429_holds_that_chat_and_no_other(
    channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    telegram.person(int(LAN.id)).started = True
    telegram.person(77).started = True
    telegram.fails(refusal(429, "Too Many Requests: retry after 30", retry_after=30))
    with pytest.raises(Throttled) as first:
        await channel.send(HELLO)
    assert first.value.after == 30
    with pytest.raises(Throttled) as second:
        await channel.send(HELLO)
    assert 28 < second.value.after <= 30
    assert len(telegram.calls) == 1
    assert await channel.send(Letter(2, Address("telegram", "77"), Outgoing("x")))


async def test_without_an_override_the_written_limits_hold_letters_back(
    open_channel: Opened, telegram: TelegramEmulator
) -> None:
    channel = open_channel(pacing=None)
    people = [telegram.person(number) for number in range(1, 31)]
    for person in people:
        person.started = True
    to = [Address("telegram", str(person.id)) for person in people]
    letters = [Letter(n, address, Outgoing("x")) for n, address in enumerate([to[0], *to])]
    now = asyncio.get_running_loop().time
    began = now()
    await asyncio.gather(channel.send(letters[0]), channel.send(letters[1]))
    # One a second to one chat: a busy machine only makes it longer.
    assert now() - began > 0.95
    began = now()
    await asyncio.gather(*(channel.send(letter) for letter in letters[2:]))
    assert now() - began > 0.95
    assert len(telegram.made("sendMessage", accepted=True)) == 31


async def test_a_proxy_is_asked_instead_of_telegram(
    open_channel: Opened, telegram: TelegramEmulator
) -> None:
    telegram.person(int(LAN.id)).started = True
    channel = open_channel(
        telegram_api_url="http://api.telegram.invalid", telegram_proxy=telegram.url
    )
    assert await channel.send(HELLO)
    assert telegram.calls[0].headers["Host"] == "api.telegram.invalid"


# -- fetching


def attachment(ref: str, size: int = 0) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, ref, size=size)


async def test_a_file_is_fetched_as_it_was_sent(
    channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    stored = telegram.files.keep(b"a photo" * 100_000, "photos", "tên tệp.jpg")
    assert await channel.fetch(attachment(stored.file_id)) == stored.content


async def test_a_file_too_large_is_not_even_asked_for(
    channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    with pytest.raises(CannotFetch):
        await channel.fetch(attachment("F", size=(20 << 20) + 1))
    assert not telegram.calls


async def test_a_file_whose_size_was_not_told_ends_at_the_limit(
    channel: TelegramChannel, telegram: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = telegram.files.keep(b"x", "videos", "a.mp4", size=21 << 20)
    with pytest.raises(CannotFetch, match="too big"):
        await channel.fetch(attachment(large.file_id))
    lying = telegram.files.keep(bytes((20 << 20) + 1), "videos", "a.mp4", size=5)
    with pytest.raises(CannotFetch, match="too big"):
        await channel.fetch(attachment(lying.file_id))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (refusal(400, "Bad Request: invalid file_id"), CannotFetch),
        (
            refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
            Unreachable,
        ),
        (refusal(401, "Unauthorized"), Misconfigured),
        (refusal(429, "Too Many Requests", retry_after=3), Throttled),
        (faults.HTTP_500, Unreachable),
        (faults.RESET_READ, Unreachable),
        (faults.NOT_JSON, Unreachable),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
async def test_a_file_that_does_not_come_is_tried_again_or_given_up(
    fault: Fault, expected: type[Exception], channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    stored = telegram.files.keep(b"x", "photos", "a.jpg")
    telegram.fails(fault)
    with pytest.raises(expected):
        await channel.fetch(attachment(stored.file_id))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (refusal(404, "Not Found"), CannotFetch),
        (faults.HTTP_502, Unreachable),
        (faults.RESET_READ, Unreachable),
    ],
    ids=["gone", "502", "reset"],
)
async def test_a_download_that_breaks_is_tried_again_and_a_gone_file_is_not(
    fault: Fault, expected: type[Exception], channel: TelegramChannel, telegram: TelegramEmulator
) -> None:
    stored = telegram.files.keep(b"x", "photos", "a.jpg")
    # Twice, for aiohttp itself asks again where a connection broke.
    telegram.fails(fault, times=2, when=lambda call: call.path.startswith("/file/"))
    with pytest.raises(expected):
        await channel.fetch(attachment(stored.file_id))


# -- secrets


async def test_the_token_is_in_no_log_and_no_reason(
    open_channel: Opened, telegram: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.person(int(LAN.id)).started = True
    stored = telegram.files.keep(b"x", "photos", "a.jpg")
    secret = telegram.token
    echo = f"/bot{secret}/sendMessage"
    failures = [
        *(fault for fault, _meant, _said in FAILURES.values()),
        *(Fault("echo", status=status, body=echo.encode()) for status in range(400, 505)),
        *(refusal(status, f"Cannot POST {echo}") for status in range(400, 505)),
    ]
    told = []
    with structlog.testing.capture_logs() as logs:
        channel = open_channel()
        assert await channel.send(HELLO)
        for number, fault in enumerate(failures, start=100):
            telegram.fails(fault, times=2)
            letter = Letter(number, Address("telegram", str(number)), HELLO.body)
            for doing in (channel.send(letter), channel.fetch(attachment(stored.file_id))):
                with pytest.raises((SendError, CannotFetch)) as failure:
                    await doing
                told.extend(traceback.format_exception(failure.value))
            telegram.works_again()
        with pytest.raises(SendError) as failure:
            await open_channel(telegram_api_url="http://127.0.0.1:1").send(HELLO)
        told.extend(traceback.format_exception(failure.value))
    # The access log is the emulator's own; nobody who calls Telegram has Telegram's.
    logged = [r.getMessage() for r in caplog.records if r.name != "aiohttp.access"]
    said = "\n".join([*told, *logged, repr(logs)])
    assert "Cannot POST /bot<token>/sendMessage" in said
    # The library writes what was said in small letters.
    assert secret.split(":")[1].lower() not in said.lower()
