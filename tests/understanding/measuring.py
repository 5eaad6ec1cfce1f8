"""The sets of questions and how an answer to one is judged.

The development sets were used for tuning; the held-out ones were split off by a hash of the text
before any rule or alias was written and only ever counted. All but `queries.csv` have the rules'
own author, so that they flatter: `denunciations_hard.csv` was written after the last change of a
rule, to be hard, and counted once; rounds like it went into the development set before.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from handlers.search import Catalogue
from handlers.understanding import Intent, forbidden, understand

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Counted:
    """Shares of a set of questions, 0 to 1."""

    intents: float
    first: float
    first_three: float


@dataclass(frozen=True)
class Alarms:
    """Of denunciations the share found, of look-alikes the share taken for one."""

    recall: float
    false: float


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codes(expected: str) -> list[str]:
    """Procedure codes of an expectation; an intent's bracket explains and expects none."""
    if expected.startswith("intent:"):
        return []
    return re.findall(r"\d\.\d{6}", expected)


def count(name: str, catalogue: Catalogue) -> Counted:
    right: list[bool] = []
    first: list[bool] = []
    three: list[bool] = []
    for row in rows(name):
        expected = row["expected_code_or_intent"]
        found = understand(row["query"], catalogue)
        offered = [code for code, _ in found.procedures]
        wanted = codes(expected)
        if not wanted:
            right.append(found.intent.value in re.findall(r"intent:(\w+)", expected))
            continue
        asks = "(clarify)" in expected
        right.append(
            found.intent is (Intent.CLARIFY if asks else Intent.PROCEDURE)
            and not set(wanted).isdisjoint(offered[:3])
        )
        shown = found.intent in {Intent.PROCEDURE, Intent.CLARIFY}
        if not asks:
            first.append(shown and offered[:1] == wanted[:1])
        three.append(shown and not set(wanted).isdisjoint(offered[:3]))
    return Counted(_share(right), _share(first), _share(three))


def alarms(name: str) -> Alarms:
    found: dict[str, list[bool]] = {"yes": [], "no": []}
    for row in rows(name):
        found[row["denunciation"]].append(forbidden(row["query"]) is Intent.DENUNCIATION)
    return Alarms(_share(found["yes"]), _share(found["no"]))


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)
