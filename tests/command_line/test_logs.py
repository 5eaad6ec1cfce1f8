"""One line an event, and never a secret."""

import asyncio
import gc
import io
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import NoReturn

import pytest
import structlog
from aiohttp import web

from bot.logs import set_up, where
from tests.command_line.terminal import _logging_as_it_was

TOKEN = "123456:AAE-geheim/token"
PASSWORD = "geheimes \"wort'"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with _logging_as_it_was():
        stream = io.StringIO()
        with redirect_stderr(stream):
            set_up([TOKEN, PASSWORD, "", "kurz"])
        yield stream


def _fail(error: Exception) -> NoReturn:
    raise error


def test_an_event_of_ours_and_of_a_library_is_one_line_each(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("letter: sent", letter=7, words="two\nlines")
    logging.getLogger("theirs").warning("slow %s", "two\nlines", extra={"field": "a\nb"})
    first, second = lines.getvalue().splitlines()
    for line, level, name in ((first, "info", "ours"), (second, "warning", "theirs")):
        assert line.startswith("timestamp=")
        assert f"level={level}" in line
        assert f"logger={name}" in line
    assert "letter=7" in first


def test_the_number_of_the_message_in_hand_stands_in_every_line(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(inbox=42):
        structlog.get_logger("ours").info("turn")
        logging.getLogger("theirs").warning("beside it")
    structlog.get_logger("ours").info("after it")
    assert ["inbox=42" in line for line in lines.getvalue().splitlines()] == [True, True, False]


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"https://api.example.vn/bot{TOKEN}/getMe",
        "https://api.example.vn/?t=123456%3AAAE-geheim%2Ftoken",
        [TOKEN],
        {"deep": (TOKEN, {"deeper": TOKEN})},
        TOKEN.encode(),
        ValueError(TOKEN),
        PASSWORD,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_secret_is_cut_out_wherever_it_stands(lines: io.StringIO, value: object) -> None:
    structlog.get_logger("ours").info("event", value=value)
    structlog.get_logger("ours").info("event %s", value)
    structlog.get_logger("ours").info(f"about {value}")
    logging.getLogger("theirs").warning("value %s", value)
    logging.getLogger("theirs").warning("value", extra={"value": value})
    assert lines.getvalue().count("…") >= 5
    assert "geheim" not in lines.getvalue()


def test_an_exception_is_one_line_without_the_secret_in_it(lines: io.StringIO) -> None:
    try:
        _fail(ConnectionError(f"cannot reach {TOKEN}"))
    except ConnectionError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")
    assert len(lines.getvalue().splitlines()) == 2
    assert "geheim" not in lines.getvalue()
    assert "ConnectionError" in lines.getvalue()


def test_short_values_stay_since_they_would_cut_words(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("es ist kurz")
    assert "kurz" in lines.getvalue()


def test_what_failed_is_told_by_its_place_and_not_by_its_words() -> None:
    try:
        _fail(KeyError("lời riêng của một người"))
    except KeyError as error:
        told = where(error)
        group = where(ExceptionGroup("two", [error, ExceptionGroup("in", [ValueError("riêng")])]))
    assert told.startswith("test_logs.test_what_failed_is_told")
    assert re.search(r" > test_logs\._fail:\d+ > KeyError$", told)
    assert "riêng" not in told + group
    assert group == f"{told}; ValueError"


async def test_a_request_that_cannot_be_read_leaves_neither_its_words_nor_who_sent_it(
    lines: io.StringIO,
) -> None:
    async def hello(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/", hello)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        for request in (
            b"GET / HTTP/1.1\r\nHost: x\r\nCookie: person=geheim\x00\r\n\r\n",
            b"GET /geheim" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            reading, writing = await asyncio.open_connection(*runner.addresses[0])
            writing.write(request)
            assert b" 400 " in await reading.readline()
            writing.close()
    finally:
        await runner.cleanup()
    assert "aiohttp.server" in lines.getvalue()
    for word in ("geheim", "127.0.0.1"):
        assert word not in lines.getvalue()


async def test_a_task_that_nobody_waited_for_is_told_without_its_words(
    lines: io.StringIO,
) -> None:
    async def fails() -> None:
        raise ValueError("lời riêng của một người")

    # The task goes at once, and with it comes the record.
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    assert "never retrieved" in lines.getvalue()
    assert "ValueError" in lines.getvalue()
    assert "riêng" not in lines.getvalue()


def test_an_exception_is_told_by_its_place_and_not_by_its_words(lines: io.StringIO) -> None:
    try:
        _fail(ValueError("lời riêng của một người"))
    except ValueError:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")
    assert lines.getvalue().count("ValueError") == 2
    assert "riêng" not in lines.getvalue()
