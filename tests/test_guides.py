"""What the pages for operators and officers tell people to type works, and is there."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.__main__ import parser
from handlers import router
from tests.command_line.terminal import Terminal
from tests.running import ROOT
from tests.test_readme import BLOCK, LINK, TARGET

PAGES = ("operating", "first-week", "when-something-is-wrong")
TEXTS = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in PAGES}
PYTHON = ".venv/bin/python"
SETTING = re.compile(r"^BOT_[A-Z_]+=\S+$")
CODE = re.compile(r"`([^`\n]+)`")
OF_OFFICERS = ("first-week", "when-something-is-wrong")


def _typed(name: str, kind: str) -> list[str]:
    blocks = [body for found, body in BLOCK.findall(TEXTS[name]) if found == kind]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_says_whether_it_is_tested(name: str) -> None:
    assert {kind for kind, _body in BLOCK.findall(TEXTS[name])} <= {"sh", "console", "text"}


@pytest.mark.parametrize("name", PAGES)
async def test_every_command_of_a_page_works_one_after_the_other(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "commune", tmp_path / "commune")
    terminal = Terminal(tmp_path, {})
    for line in _typed(name, "sh"):
        words = shlex.split(line)
        settings = dict(words.pop(0).split("=", 1) for word in [*words] if SETTING.match(word))
        if words[0] == "make":
            assert words[1] in TARGET.findall((ROOT / "Makefile").read_text("utf-8")), line
            continue
        program, module, bot, *typed = words
        assert (program, module, bot) == (PYTHON, "-m", "bot"), line
        answer = await terminal(*typed, **settings)
        assert (answer.code, answer.err) == (0, ""), line


@pytest.mark.parametrize("name", PAGES)
def test_what_only_root_can_type_is_shell_and_names_files_and_units_that_exist(name: str) -> None:
    lines = _typed(name, "console")
    shell = ["bash", "-n", "-c", "\n".join(lines)]
    assert subprocess.run(shell, check=False).returncode == 0  # noqa: S603 - it only reads them
    for line in lines:
        for path in re.findall(r"(?<![\w/.-])deploy/[\w.-]+", line):
            assert (ROOT / path).is_file(), line
        if line.startswith("systemctl") and "daemon-reload" not in line:
            units = [word for word in line.split()[2:] if not word.startswith("-")]
            assert units, line
            for unit in units:
                kind = "" if "." in unit else ".service"
                assert unit == "caddy" or (ROOT / "deploy" / f"{unit}{kind}").is_file(), line
        if "-m bot" in line:
            parser().parse_args(shlex.split(line.partition("-m bot ")[2]))


@pytest.mark.parametrize("name", PAGES)
def test_every_command_within_a_sentence_exists(name: str) -> None:
    for code in CODE.findall(BLOCK.sub("", TEXTS[name])):
        if "python -m bot" in code:
            parser().parse_args(shlex.split(code.partition("-m bot ")[2]))
        elif re.match(r"/[a-z]{2,}( |$)", code):
            word = code[1:].split()[0]
            assert word in {*router.names(), "healthz", "metrics", "demo", "start", "chat"}, code
        elif re.match(r"(deploy|docs)/[\w./-]+$", code):
            assert (ROOT / code).exists(), code


@pytest.mark.parametrize("name", PAGES)
def test_every_setting_that_a_page_names_exists(name: str) -> None:
    known = (ROOT / ".env.example").read_text("utf-8")
    for setting in re.findall(r"BOT_[A-Z_]+", TEXTS[name]):
        assert f"\n{setting}=" in known, setting


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    for link in LINK.findall(TEXTS[name]):
        assert link.startswith("https://") or (ROOT / "docs" / link).is_file(), link


@pytest.mark.parametrize("name", OF_OFFICERS)
def test_officers_pages_are_in_their_language_and_short(name: str) -> None:
    text = TEXTS[name]
    assert "ông/bà" in text.lower()
    assert len(text.splitlines()) <= 160
