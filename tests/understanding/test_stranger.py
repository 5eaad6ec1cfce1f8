"""The set of a stranger: written from the procedures' names alone, before its author saw an alias.

It was frozen by this hash before anything was measured with it; whoever changes a line of it has
made another set, and the figure in the README is no longer its figure.
"""

import hashlib
from pathlib import Path

from benchmarks.search import questions

NAME = "questions_of_a_stranger.csv"
FROZEN = "58ffd70a0c0dcc8d14efc23506f842d1a9b97b4c27f94ac4cb41f120c7d4765c"


def test_the_set_is_the_one_that_was_frozen_before_it_was_measured() -> None:
    assert hashlib.sha256((Path(__file__).parent / NAME).read_bytes()).hexdigest() == FROZEN


def test_it_asks_at_least_150_times_for_a_procedure() -> None:
    assert len(questions(NAME)) >= 150
