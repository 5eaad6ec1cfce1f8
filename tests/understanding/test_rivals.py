"""Guides are found better than by what one would use instead, on the same questions."""

import pytest

from benchmarks.search import fts5, of_many, ours, plain_bm25, questions, recall
from handlers.search import Catalogue


@pytest.mark.parametrize(
    ("name", "first", "three"),
    [
        ("queries.csv", 0.85, 0.97),
        ("questions_held_out.csv", 0.85, 0.93),
        ("questions_of_a_stranger.csv", 0.85, 0.93),
    ],
)
def test_recall_is_what_was_aimed_at_and_above_that_of_names_alone(
    catalogue: Catalogue, name: str, first: float, three: float
) -> None:
    own = recall(ours(catalogue), name)
    assert own[0] >= first
    assert own[1] >= three
    for rival in (fts5(catalogue.procedures), plain_bm25(catalogue.procedures)):
        assert recall(rival, name)[:2] < own[:2]


def test_the_rivals_do_find_what_is_called_by_its_name(catalogue: Catalogue) -> None:
    for rival in (fts5(catalogue.procedures), plain_bm25(catalogue.procedures)):
        for procedure in catalogue.procedures:
            assert procedure.code in rival(procedure.name)[:3]


def test_a_large_catalogue_is_one_of_distinct_procedures(catalogue: Catalogue) -> None:
    many = of_many(catalogue)
    assert len({p.code for p in many.procedures}) == len(many.procedures) == 600
    assert len({p.guide for p in many.procedures}) == 600
    for query, _codes, _one in questions("queries.csv"):
        assert len(many.find(query)) == 5
