"""The threat model names tests that exist, and the locks are what it says they are."""

import ast
import re
import tomllib

import pytest

from tests.running import ROOT

TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "**" not in line[:4]]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    rows = [row.strip("| ").split(" | ") for row in ROWS[1:]]
    assert len(rows) >= 35
    for row in rows:
        assert len(row) == 3, row[0]
        assert row[1].strip(), row[0]
        assert "::test_" in row[2], row[0]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda value: str(value).rpartition("/")[2])
def test_every_test_that_it_names_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_by_its_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if re.match(r"[a-z]", line)]
    assert len(wanted) > 20
    for line in wanted:
        assert re.match(r"[\w.-]+(?:\[[\w,-]+\])?==\S+", line), line
        assert "--hash=sha256:" in line, line


def test_every_direct_dependency_has_its_reason_and_stands_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for listed in project["optional-dependencies"].values() for one in listed]
    wanted = {re.split(r"[\[<>=]", one)[0] for one in (*project["dependencies"], *extras)}
    table = (ROOT / "README.md").read_text("utf-8").partition("## What it is built on")[2]
    told = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    reasons = {
        name.strip(): why
        for names, why in told
        for name in re.sub(r"\([^)]*\)", "", names).split(",")
    }
    locked = set(re.findall(r"^([a-z][\w.-]*)", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE))
    for name in sorted(wanted):
        assert len(reasons.get(name, "")) > 10, f"README tells no reason for {name}"
        assert name in locked, name
