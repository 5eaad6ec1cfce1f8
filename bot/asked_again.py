"""The second question before a command that cannot be taken back: a typed word, or `--yes`."""

import argparse
import sys
from typing import TextIO

from bot.refusal import Refusal
from messages.languages import say
from messages.text import Sayable, _


def offer_yes(command: argparse.ArgumentParser) -> None:
    """Let a command be given its second answer at once, for scripts."""
    command.add_argument("--yes", action="store_true", help="do not ask once more")


def be_sure(
    what: Sayable, word: str, *, yes: bool, alone: bool = False, typed: TextIO | None = None
) -> None:
    """Go on only where whoever typed the command wants it a second time.

    Args:
        what: what the command would do, for whoever typed it.
        word: what they must type to go on.
        yes: whether they said so on the command line already.
        alone: whether it goes on where nobody can be asked: what a script must be able to end.
        typed: where they answer, None = standard input.

    Raises:
        Refusal: they did not, or nobody is there who could be asked.
    """
    if yes:
        return
    typed = sys.stdin if typed is None else typed
    if not typed.isatty():
        if alone:
            return
        raise Refusal(_("Nobody can be asked here whether it is meant: add --yes."))
    how = _("To go on, type {word}:", word=word)
    sys.stderr.write(f"{say(what)}\n{say(how)} ")
    sys.stderr.flush()
    if typed.readline().strip() != word:
        raise Refusal(_("Nothing was changed."))
