"""docs/commands.md lists the words that the chat takes: each of them, and no other."""

import re

from handlers import COMMANDS, OFFICIAL_COMMANDS, router
from tests.running import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")
ROW = re.compile(r"^\| `/(\w+)[^`]*` \| ([^|]*)\|", re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
ROLES = {
    "Everybody": set[str](),
    "Officers": {"officer"},
    "Staff and leaders": {"staff", "leader"},
    "Leaders": {"leader"},
    "Administrators": {"admin"},
}


def _listed() -> dict[str, tuple[str, set[str]]]:
    """Give word → the heading under which it stands, and its other forms."""
    _before, *parts = HEADING.split(PAGE)
    return {
        word: (title, set(re.findall(r"`/(\w+)`", others)))
        for title, part in zip(parts[::2], parts[1::2], strict=True)
        for word, others in ROW.findall(part)
    }


def test_every_word_stands_on_the_page_with_its_other_forms_and_no_other_does() -> None:
    commands = {command.names[0]: set(command.names[1:]) for command in router.commands.values()}
    assert {word: others for word, (_title, others) in _listed().items()} == commands


def test_a_word_stands_under_those_who_may_use_it() -> None:
    for word, (title, _others) in _listed().items():
        roles = set(router.commands[word].roles)
        assert ROLES[title] <= roles if ROLES[title] else not roles, word


def test_what_a_platform_lists_is_a_word_of_the_chat() -> None:
    shown = [COMMANDS, *OFFICIAL_COMMANDS.values()]
    assert {name for listed in shown for name, _what in listed} <= set(router.names())
