"""What the house rules say of the code's shape, where import contracts cannot see it."""

import dataclasses
from pathlib import Path

import pytest

from handlers import COMMANDS, router
from handlers.routing import Turn

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "scoring", "storage", "messages")
VAGUE = {"util", "utils", "helper", "helpers", "common", "core", "base", "manager", "misc"}
LONGEST = 450


def _files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations/versions" not in path.as_posix()
    ]


def test_a_turn_has_seven_fields_and_asks_for_a_reason_before_an_eighth() -> None:
    names = [field.name for field in dataclasses.fields(Turn)]
    assert names == ["message", "person", "office", "read", "now", "chance", "words"]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in _files() if path.stem in VAGUE] == []


def test_no_file_asks_to_be_two() -> None:
    long = {p.name: n for p in _files() if (n := len(p.read_text("utf-8").splitlines())) > LONGEST}
    assert long == {}


def test_no_handler_asks_which_channel_it_is_on() -> None:
    for path in (ROOT / "handlers").glob("*.py"):
        text = path.read_text("utf-8")
        for channel in ("zalo", "telegram"):
            assert f'channel == "{channel}"' not in text, path.name


@pytest.mark.parametrize("name", [command for command, _ in COMMANDS])
def test_every_command_that_a_platform_lists_exists(name: str) -> None:
    assert name in router.names()


def test_every_step_is_asked_for_somewhere() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "handlers").glob("*.py"))
    for name in router.steps:
        function = name.partition(".")[2]
        uses = sources.count(function) - sources.count(f"async def {function}(")
        assert uses > 0, f"nobody asks for {name}"


def test_step_names_are_few_enough_for_the_table_of_people() -> None:
    assert all(len(name) <= 64 for name in router.steps)
