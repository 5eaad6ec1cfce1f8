"""What README and CONTRIBUTING tell people to type works, and what they point to is there."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.command_line.terminal import Terminal
from tests.running import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
OURS = re.compile(
    r"`((?:bot|handlers|scoring|storage|messages|commune|tests|benchmarks)/[\w./-]*)`"
)
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
PYTHON = ".venv/bin/python"


def _commands() -> list[str]:
    """Every line that the README's blocks for the shell tell people to type."""
    blocks = [body for kind, body in BLOCK.findall(README) if kind in {"sh", "bash", "shell"}]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _make(*typed: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "--no-print-directory", *typed],  # noqa: S607 - whichever make there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_every_block_says_what_it_is() -> None:
    assert {kind for kind, _ in BLOCK.findall(README)} <= {"sh", "mermaid", "toml", "json", "text"}
    assert "" not in {kind for kind, _ in BLOCK.findall(CONTRIBUTING)}
    assert len(_commands()) >= 8


@pytest.mark.parametrize("line", [line for line in _commands() if line.startswith(PYTHON)])
async def test_every_command_of_the_readme_works_on_a_fresh_folder(
    line: str, tmp_path: Path
) -> None:
    _, module, bot, *typed = shlex.split(line)
    assert (module, bot) == ("-m", "bot")
    terminal = Terminal(ROOT, {"BOT_VAR_DIR": str(tmp_path / "var")})
    answer = await terminal(*typed)
    assert (answer.code, answer.err) == (0, ""), line
    assert answer.out


@pytest.mark.parametrize("line", [line for line in _commands() if not line.startswith(PYTHON)])
def test_every_other_command_is_a_target_of_the_makefile(line: str) -> None:
    first, target = line.split()
    assert first == "make"
    assert target in TARGET.findall((ROOT / "Makefile").read_text("utf-8"))
    assert _make("-n", target).strip()


def test_help_lists_every_target_with_what_it_does() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    told = dict(line.split(maxsplit=1) for line in _make("help").splitlines())
    assert set(told) == targets
    assert all(len(words) > 8 for words in told.values())
    assert {"install", "run", "test", "lint", "bench", "help"} <= targets


@pytest.mark.parametrize("target", ["run", "test", "bench"])
def test_making_names_only_files_that_exist(target: str) -> None:
    # As on a bare machine: with everything to be made anew.
    plan = _make("--dry-run", "--always-make", target)
    assert "-m venv .venv" in plan
    for file in re.findall(r"-r (\S+)", plan):
        assert (ROOT / file).is_file(), file
    for module in re.findall(r"\.venv/bin/python -m (\S+)", plan):
        assert (ROOT / module / "__main__.py").is_file(), module
    for folder in ("bot", "handlers", "scoring", "storage", "messages", "commune"):
        assert (ROOT / folder).is_dir()


@pytest.mark.parametrize("link", [*LINK.findall(README), *LINK.findall(CONTRIBUTING)])
def test_every_file_that_is_linked_exists(link: str) -> None:
    assert link.startswith("https://") or (ROOT / link).is_file()


@pytest.mark.parametrize("path", sorted({*OURS.findall(README), *OURS.findall(CONTRIBUTING)}))
def test_every_path_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists() or "NAME" in path


def test_every_package_it_depends_on_has_its_reason_in_the_readme() -> None:
    listed = (ROOT / "pyproject.toml").read_text("utf-8").partition("dependencies = [")[2]
    names = re.findall(r'^  "([a-z][a-z-]*)', listed.partition("\n]")[0], re.MULTILINE)
    table = README.partition("## What it is built on")[2]
    assert [name for name in names if name not in table] == []
