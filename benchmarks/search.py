"""How well guides are found, beside SQLite FTS5 and a plain BM25 on the procedures' names.

All three are asked the same questions in the same run; those that name procedures are counted. An
answer is right where the right procedure is first, or among the first three. Where several may
be meant, any of them will do.
"""

import csv
import re
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import log

from benchmarks.programs import ROOT, Row
from handlers.procedures import Procedure
from handlers.search import Catalogue, load
from handlers.understanding import Intent, understand
from messages.vietnamese import fold

SETS = ("queries.csv", "questions_held_out.csv", "questions_of_a_stranger.csv")
MANY = 600

Finds = Callable[[str], Sequence[str]]


def questions(name: str) -> list[tuple[str, frozenset[str], bool]]:
    """Give each question that asks for procedures: its words, their codes, whether one is meant."""
    path = ROOT / "tests" / "understanding" / name
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        expected = row["expected_code_or_intent"]
        codes = re.findall(r"\d\.\d{6}", expected)
        if codes and not expected.startswith("intent:"):
            found.append((row["query"], frozenset(codes), "(clarify)" not in expected))
    return found


def ours(catalogue: Catalogue) -> Finds:
    """What the chat shows or offers."""

    def find(query: str) -> list[str]:
        understood = understand(query, catalogue)
        if understood.intent not in {Intent.PROCEDURE, Intent.CLARIFY}:
            return []
        return [code for code, _score in understood.procedures]

    return find


def fts5(procedures: Sequence[Procedure]) -> Finds:
    """SQLite's full text search on folded names, the words joined by OR."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE names USING fts5(code UNINDEXED, name)")
    database.executemany(
        "INSERT INTO names VALUES (?, ?)", [(p.code, fold(p.name)) for p in procedures]
    )

    def find(query: str) -> list[str]:
        words = re.findall(r"\w+", fold(query))
        if not words:
            return []
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = database.execute(
            "SELECT code FROM names WHERE names MATCH ? ORDER BY bm25(names) LIMIT 5", (asked,)
        )
        return [code for (code,) in rows]

    return find


def plain_bm25(procedures: Sequence[Procedure]) -> Finds:
    """BM25 as the books have it, on the folded words and pairs of names."""

    def terms(text: str) -> list[str]:
        words = re.findall(r"\w+", fold(text))
        return [*words, *(f"{a} {b}" for a, b in pairwise(words))]

    counts = [Counter(terms(p.name)) for p in procedures]
    usual = statistics.fmean(count.total() for count in counts)
    spread = Counter(term for count in counts for term in count)
    rarity = {t: log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for t, n in spread.items()}

    def find(query: str) -> list[str]:
        asked = set(terms(query)) & rarity.keys()
        scored = [
            (
                sum(
                    rarity[t] * c[t] * 2.2 / (c[t] + 1.2 * (0.25 + 0.75 * c.total() / usual))
                    for t in asked
                    if t in c
                ),
                p.code,
            )
            for p, c in zip(procedures, counts, strict=True)
        ]
        return [code for score, code in sorted(scored, key=lambda s: (-s[0], s[1]))[:5] if score]

    return find


def recall(find: Finds, name: str) -> tuple[float, float, int]:
    """Give recall@1, recall@3 and of how many questions; @1 leaves out those that ask back."""
    first, three = [], []
    for query, codes, one in questions(name):
        found = find(query)
        if one:
            first.append(found[0] in codes if found else False)
        three.append(not codes.isdisjoint(found[:3]))
    return statistics.fmean(first), statistics.fmean(three), len(three)


def of_many(catalogue: Catalogue, count: int = MANY) -> Catalogue:
    """Make a catalogue of so many procedures out of the shipped ones, no two with the same code."""
    made = []
    for number in range(count):
        one = catalogue.procedures[number % len(catalogue.procedures)]
        turn = number // len(catalogue.procedures)
        names = tuple(f"{alias} loại {turn}" for alias in one.aliases) if turn else one.aliases
        code, guide = f"9.{number:06}", f"{chr(65 + number // 100)}Q{number % 100:02}"
        made.append(replace(one, code=code, guide=guide, aliases=names, asks_back=()))
    return Catalogue(tuple(made), {})


def milliseconds(catalogue: Catalogue) -> tuple[float, float]:
    """Give the median and the slowest of a hundred of one search, on the held-out questions."""
    waits = []
    for query, _codes, _one in questions("questions_held_out.csv"):
        began = time.perf_counter()
        catalogue.find(query)
        waits.append((time.perf_counter() - began) * 1000)
    return statistics.median(waits), sorted(waits)[int(len(waits) * 0.99)]


def rows(_platform: int) -> list[Row]:
    """Measure recall and time of a search."""
    catalogue = load(ROOT / "commune")
    ways = (
        ("plain BM25 on names", plain_bm25(catalogue.procedures)),
        ("SQLite FTS5 on names", fts5(catalogue.procedures)),
        ("**guides, as the chat finds them**", ours(catalogue)),
    )
    told = []
    for title, find in ways:
        own, held_out, strange = (
            "{:.2f} / {:.2f} of {}".format(*recall(find, file)) for file in SETS
        )
        beside = f"held out: {held_out}; of a stranger: {strange}"
        told.append((f"{title}: recall@1 / recall@3", own, beside))
    median, slowest = milliseconds(of_many(catalogue))
    title = f"a search among {MANY} procedures, p50 / p99"
    return [*told, (title, f"{median:.2f} / {slowest:.2f} ms", "")]
