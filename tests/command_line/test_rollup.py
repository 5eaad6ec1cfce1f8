"""`rollup`: the communes' reports become the city's table, all of them or none."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import COUNTED
from scoring.rollup import BadReport, read
from tests.command_line.terminal import Terminal
from tests.transcript import Talk

Told = dict[str, Any]


@pytest.fixture
async def report(terminal: Terminal, talk: Talk) -> Told:
    """What a commune with a piece of feedback reports."""
    await talk.person().says("/gopy Đèn đường thôn 3 tắt ba đêm nay, đi lại khó")
    told: Told = json.loads((await terminal("report", "--format", "json")).out)
    return told


def _file(folder: Path, name: str, told: Told, **counts: float) -> str:
    told = copy.deepcopy(told)
    for full, number in counts.items():
        subject, _, count = full.partition("_")
        told["counts"][subject][count] = number
    path = folder / f"{name}.json"
    path.write_text(json.dumps(told), "utf-8")
    return str(path)


async def test_what_report_writes_is_what_rollup_adds(
    bare: Terminal, report: Told, tmp_path: Path
) -> None:
    one = _file(tmp_path, "Nghi Dương", report, rating_count=1, rating_average=5)
    two = _file(tmp_path, "An Lão", report, rating_count=3, rating_average=3.5, feedback_received=9)
    answer = await bare("rollup", one, two, "--format", "json")
    assert (answer.code, answer.err) == (0, "")
    told = json.loads(answer.out)
    assert told["period"] == report["period"]
    assert [each["name"] for each in told["communes"]] == ["Nghi Dương", "An Lão"]
    city = told["city"]
    assert city["communes"] == 2
    assert city["counts"]["feedback"]["received"] == 10
    # (1 · 5 + 3 · 3.5) / 4
    assert city["counts"]["rating"] == {"count": 4, "average": 3.88}
    assert "days" not in city["counts"]["publication"]
    assert city["total"]["min"] == report["total"]["min"]
    assert sum(city["levels"].values()) == 2


async def test_the_text_has_a_line_for_each_commune_and_one_for_all(
    bare: Terminal, report: Told, tmp_path: Path
) -> None:
    files = [_file(tmp_path, name, report) for name in ("Nghi Dương", "An Lão", "Cát Hải")]
    answer = await bare("rollup", *files)
    title, heads, *lines = answer.out.splitlines()
    assert report["period"]["name"] in title
    assert "phản ánh" in heads
    assert [line.split("  ")[0] for line in lines[:3]] == ["Nghi Dương", "An Lão", "Cát Hải"]
    assert lines[3].startswith("cả 3 xã")
    assert len({len(line) for line in (heads, *lines[:4])}) == 1


async def test_each_file_that_does_not_fit_is_named_with_its_reason(
    bare: Terminal, report: Told, tmp_path: Path
) -> None:
    good = _file(tmp_path, "good", report)
    other = {**report, "period": {"name": "2026-Q3", "start": "2026-07-01", "end": "2026-09-30"}}
    late = _file(tmp_path, "late", other)
    (tmp_path / "torn.json").write_text('{"period": {')
    missing = _file(tmp_path, "missing", {k: v for k, v in report.items() if k != "counts"})
    reason = (
        await bare("rollup", good, late, str(tmp_path / "torn.json"), missing, good, "/no/such")
    ).reason
    for named in ("2026-Q3", "torn.json", "counts", "/no/such"):
        assert named in reason
    assert reason.count("good.json") == 1


@pytest.mark.parametrize("wrong", [-1, 1.5, True, None, "9", float("nan"), float("inf"), [], {}])
def test_a_figure_that_cannot_be_is_refused(wrong: object) -> None:
    told = _whole()
    told["counts"]["feedback"]["received"] = wrong
    with pytest.raises(BadReport):
        read("xã", told)


def _whole() -> Told:
    counts = {subject: dict.fromkeys(names, 0) for subject, names in COUNTED.items()}
    return {
        "period": {"name": "2026-H2", "start": "2026-07-01", "end": "2026-12-31"},
        "counts": counts,
        "criteria": [],
        "total": {"min": 0, "max": 100, "unknown_points": 100},
        "level": {"min": None, "max": None, "source": "x"},
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["", *_whole()]))
def test_no_content_makes_it_fail_but_with_a_sentence(content: object, place: str) -> None:
    told = {**_whole(), place: content} if place else content
    with contextlib.suppress(BadReport):
        assert read("xã", told).low <= 100
