"""What cannot be taken back is asked once more: a typed word, or `--yes`; else nothing is done."""

import io
from pathlib import Path

import pytest

from bot.asked_again import be_sure
from bot.refusal import Refusal
from messages.text import _
from tests.command_line.terminal import Terminal
from tests.transcript import Talk


class Typed(io.StringIO):
    """What somebody at a terminal types."""

    def isatty(self) -> bool:
        return True


def _asked(typed: io.StringIO, *, yes: bool = False) -> None:
    be_sure(_("Nothing was changed."), "revoke", yes=yes, typed=typed)


@pytest.mark.parametrize("yes", [(), ("--yes",)])
async def test_a_script_revokes_at_once(
    terminal: Terminal, talk: Talk, monkeypatch: pytest.MonkeyPatch, yes: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    await talk.official(unit="congan", name="Đào Thị Trực")
    assert (await terminal("revoke", "Đào Thị Trực", *yes)).code == 0
    assert not await talk.read.officers("congan")


async def test_at_a_terminal_the_typed_word_is_enough(
    terminal: Terminal, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.official(unit="congan", name="Đào Thị Trực")
    monkeypatch.setattr("sys.stdin", Typed("không\n"))
    answer = await terminal("revoke", "Đào Thị Trực")
    assert answer.code == 1
    assert "Đào Thị Trực" in answer.err
    assert await talk.read.officers("congan")
    monkeypatch.setattr("sys.stdin", Typed("revoke\n"))
    assert (await terminal("revoke", "Đào Thị Trực")).code == 0
    assert not await talk.read.officers("congan")


async def test_a_new_key_is_asked_for_twice(
    bare: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    await bare("migrate")
    key = Path(bare.settings["BOT_VAR_DIR"]) / "secret.key"
    before = key.read_bytes()
    assert "--yes" in (await bare("key", "rotate")).reason
    assert key.read_bytes() == before


async def test_a_store_is_replaced_only_where_that_is_said_twice(
    bare: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    file = str(tmp_path / "none.tar.gz")
    assert "--yes" in (await bare("restore", file, "--over")).reason
    # Into an empty place nothing can be lost: that is not asked.
    assert "--yes" not in (await bare("restore", file)).reason


@pytest.mark.parametrize("word", ["", "\n", "yes\n", "REVOKE\n", "revoke it\n"])
def test_any_other_word_changes_nothing(word: str) -> None:
    with pytest.raises(Refusal):
        _asked(Typed(word))


def test_who_said_yes_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    _asked(Typed(""), yes=True)
    _asked(Typed(" revoke \n"))
    assert capsys.readouterr().out == ""
