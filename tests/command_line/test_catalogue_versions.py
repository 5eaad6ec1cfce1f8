"""`procedures shown`: what stood in the catalogue on a day."""

from datetime import timedelta

import pytest

from storage.database import Store
from storage.published import keep_version
from tests.command_line.terminal import Terminal
from tests.conftest import Hands


async def test_the_file_of_a_day_is_printed_as_it_stood(
    terminal: Terminal, store: Store, hands: Hands
) -> None:
    await keep_version(store, "mã,tên\n1,cũ\n".encode(), hands.now - timedelta(days=9))
    await keep_version(store, "mã,tên\n1,mới\n".encode(), hands.now - timedelta(days=2))
    for day, words in (
        ("2026-11-14", "cũ"),
        ("2026-11-20", "cũ"),
        ("2026-11-21", "mới"),
        ("", "mới"),
    ):
        answer = await terminal("procedures", "shown", *(("--on", day) if day else ()))
        assert (answer.code, answer.err) == (0, "")
        assert answer.out == f"mã,tên\n1,{words}\n"


@pytest.mark.parametrize("day", ["2026-11-01", "hôm qua"])
async def test_a_day_of_which_nothing_is_kept_is_refused(
    terminal: Terminal, store: Store, hands: Hands, day: str
) -> None:
    await keep_version(store, b"x", hands.now)
    assert (await terminal("procedures", "shown", "--on", day)).reason
