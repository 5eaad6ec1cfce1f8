"""`key rotate`: alone on the store, and the new secret stands in the place of the old one."""

from pathlib import Path

from bot.alone import alone, beside_others
from storage.sealing import KEY_FILE, NEXT_KEY_FILE
from tests.command_line.terminal import Terminal


def _var(terminal: Terminal) -> Path:
    return Path(terminal.settings["BOT_VAR_DIR"])


async def test_the_new_key_takes_the_place_of_the_old_one(bare: Terminal) -> None:
    await bare("invite", "--role", "officer", "--name", "Một")
    before = (_var(bare) / KEY_FILE).read_text()
    answer = await bare("key", "rotate", "--yes")
    assert answer.code == 0
    assert "khóa mới" in answer.out
    assert (_var(bare) / KEY_FILE).read_text() != before
    assert not (_var(bare) / NEXT_KEY_FILE).exists()
    assert (await bare("tickets")).code == 0
    # The old key opens the store no more.
    (_var(bare) / KEY_FILE).write_text(before)
    refused = await bare("tickets")
    assert refused.code == 1
    assert "khóa khác" in refused.reason


async def test_beside_a_running_service_it_is_refused(bare: Terminal) -> None:
    await bare("migrate")
    before = (_var(bare) / KEY_FILE).read_text()
    with beside_others(_var(bare)):
        refused = await bare("key", "rotate", "--yes")
    assert refused.code == 1
    assert "đang chạy" in refused.reason
    assert (_var(bare) / KEY_FILE).read_text() == before


async def test_while_it_goes_on_nothing_else_starts(bare: Terminal) -> None:
    with alone(_var(bare)):
        refused = await bare("tickets")
    assert refused.code == 1
    assert "đang được thay" in refused.reason


async def test_a_key_from_the_environment_needs_its_successor_there(terminal: Terminal) -> None:
    refused = await terminal("key", "rotate", "--yes")
    assert refused.code == 1
    assert "BOT_NEXT_SECRET_KEY" in refused.reason
    same = terminal.settings["BOT_SECRET_KEY"]
    assert (await terminal("key", "rotate", "--yes", BOT_NEXT_SECRET_KEY=same)).code == 1
    changed = "another secret for tests only"
    assert (await terminal("key", "rotate", "--yes", BOT_NEXT_SECRET_KEY=changed)).code == 0
    assert (await terminal("tickets")).code == 1
    assert (await terminal("tickets", BOT_SECRET_KEY=changed)).code == 0
