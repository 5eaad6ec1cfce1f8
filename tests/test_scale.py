"""docs/scale.md works out what it says, from the figures that the README has."""

import ast
import operator
import re

import pytest

from tests.running import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
INPUTS = {
    name: float(value)
    for name, value in re.findall(r"^\| (\w+) \| ([\d.]+) \| ", PAGE, re.MULTILINE)
}
ROWS = re.findall(r"^\| ([^|*]+) \| `([^`]+)` \| ([\d.]+) \|$", PAGE, re.MULTILINE)
WORKS = {ast.Mult: operator.mul, ast.Div: operator.truediv}


def worked_out(node: ast.expr) -> float:
    match node:
        case ast.BinOp(left, op, right):
            return float(WORKS[type(op)](worked_out(left), worked_out(right)))
        case ast.Name(name):
            return INPUTS[name]
        case ast.Constant(int(value)):
            return float(value)
    raise ValueError(ast.dump(node))


@pytest.mark.parametrize(("question", "formula", "answer"), ROWS, ids=[row[0] for row in ROWS])
def test_each_answer_is_what_its_formula_comes_to(question: str, formula: str, answer: str) -> None:
    places = len(answer.partition(".")[2])
    found = worked_out(ast.parse(formula, mode="eval").body)
    assert f"{found:.{places}f}" == answer, question


def test_every_figure_is_used_and_there_are_many() -> None:
    used = {word for _q, formula, _a in ROWS for word in re.findall(r"[a-z]+", formula)}
    assert used == INPUTS.keys()
    assert len(ROWS) >= 15


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("webhooks", r"\*\*\(a\)\*\*[^|]*\| ([\d,]+)/s"),
        ("turns", r"\*\*\(c\)\*\*[^|]*\| ([\d,]+) turns/s"),
        ("memory", r"\*\*\(d\)\*\*[^|]*\| ([\d,]+) MB"),
    ],
)
def test_what_is_called_measured_is_what_the_readme_measured(name: str, line: str) -> None:
    found = re.search(line, README)
    assert found
    assert float(found[1].replace(",", "")) == INPUTS[name]
