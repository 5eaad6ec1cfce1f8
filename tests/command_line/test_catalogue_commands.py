"""`understand` and `procedures check`: the commune's files are all they need."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from handlers.intents import Intent
from handlers.office import Office
from handlers.understanding import understand
from tests.command_line.terminal import Answer, Terminal
from tests.conftest import COMMUNE
from tests.running import ROOT

NOWHERE = {
    "BOT_DATABASE_URL": "nonsense://nowhere",
    "BOT_PORT": "no number",
    "BOT_NOW": "never",
    "BOT_VAR_DIR": "/proc/nobody/can/write/here",
    "BOT_TELEGRAM_MODE": "pigeon",
}
HEAVY = ("aiohttp", "telegram", "alembic", "jinja2", "PIL", "structlog", "bot.app", "bot.service")


def _lines(answer: Answer) -> list[dict[str, object]]:
    assert answer.code == 0, answer
    assert answer.err == ""
    return [json.loads(line) for line in answer.out.splitlines()]


async def test_each_text_is_one_line_with_these_keys_understood_as_in_the_chat(
    bare: Terminal, office: Office
) -> None:
    texts = ("toi muon lam giay khai sinh", "Xin chào", "đăng ký kết hôn cần gì", "asdf qwer")
    lines = _lines(await bare("understand", *texts, "--format", "json"))
    assert [line["text"] for line in lines] == list(texts)
    for text, line in zip(texts, lines, strict=True):
        assert list(line) == ["text", "intent", "procedures"]
        meant = understand(text, office.catalogue)
        assert line["intent"] == meant.intent
        told = [(found["code"], found["score"]) for found in line["procedures"]]  # type: ignore[attr-defined] # JSON
        assert told == [(code, round(score, 4)) for code, score in meant.procedures]
        assert len(told) <= 5
        assert told == sorted(told, key=lambda found: (-found[1], found[0]))
    assert lines[0]["procedures"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\x00",
        "\ud800",
        "kh\udcffai sinh",
        "😀" * 500,
        "x" * 100_000,
        "tôi muốn làm giấy khai sinh " * 4000,
        "{name} %s {0}",
        '"}\n{"text":"forged"',
        "\u202etfel",
        unicodedata.normalize("NFD", "Tôi muốn đăng ký kết hôn"),
    ],
    ids=lambda text: ascii(text)[:30],
)
async def test_every_text_is_answered_in_one_line_and_told_back_as_it_came(
    bare: Terminal, text: str
) -> None:
    (line,) = _lines(await bare("understand", text))
    assert line["text"] == text
    assert line["intent"] in set(Intent)


async def test_no_other_setting_matters_to_it(bare: Terminal) -> None:
    assert _lines(await bare("understand", "xin chào", **NOWHERE))
    assert (await bare("procedures", "check", **NOWHERE)).code == 0
    assert not (bare.folder / "var").exists()


def test_as_a_process_it_needs_no_input_no_encoding_and_takes_torn_bytes() -> None:
    marked = unicodedata.normalize("NFD", "giấy khai sinh")
    typed: list[str | bytes] = ["understand", "", b"kh\xff\xc4ai", marked, "y" * 100_000]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    given = {**clean, **NOWHERE, "BOT_COMMUNE_DIR": str(COMMUNE)}
    answer = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *typed],
        cwd=ROOT,
        env={**given, "PYTHONIOENCODING": "ascii:strict"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, b"")
    texts = [json.loads(line)["text"] for line in answer.stdout.decode("utf-8").splitlines()]
    assert texts == ["", "kh\udcff\udcc4ai", marked, "y" * 100_000]


@pytest.mark.parametrize("typed", [("understand", "xin chào"), ("procedures", "check")], ids=str)
def test_it_starts_without_what_only_a_service_needs(typed: tuple[str, ...]) -> None:
    program = (
        f"import sys; from bot.__main__ import main; code = main({typed!r}); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    answer = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.decode("utf-8").splitlines()[-1] == "[] 0"


async def test_the_shipped_catalogue_can_be_offered(bare: Terminal, office: Office) -> None:
    answer = await bare("procedures", "check")
    assert answer.code == 0
    assert str(len(office.catalogue.procedures)) in answer.out


def _with(folder: Path, line: int, cells: str) -> Path:
    """A copy of the catalogue, elsewhere and under another name, with one line replaced."""
    lines = (COMMUNE / "procedures.csv").read_text("utf-8").splitlines()
    lines[line - 1] = cells
    path = folder / "mới.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


async def test_a_catalogue_elsewhere_is_checked_beside_the_communes_repealed_codes(
    bare: Terminal, tmp_path: Path
) -> None:
    first = (COMMUNE / "procedures.csv").read_text("utf-8").splitlines()[0]
    assert (await bare("procedures", "check", str(_with(tmp_path, 1, first)))).code == 0


@pytest.mark.parametrize(
    ("line", "cells"),
    [(1, "code;name"), (3, "one,two"), (4, "9.9,x" + "," * 11)],
    ids=["columns", "cells", "code"],
)
async def test_what_is_wrong_in_a_catalogue_is_told_by_file_and_line(
    bare: Terminal, tmp_path: Path, line: int, cells: str
) -> None:
    path = _with(tmp_path, line, cells)
    reason = (await bare("procedures", "check", str(path))).reason
    assert reason.startswith(f"{path}:{line}: ")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"never closed', b"\x00" * 100])
async def test_a_file_that_is_no_catalogue_is_refused(
    bare: Terminal, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    assert str(path) in (await bare("procedures", "check", str(path))).reason


async def test_a_catalogue_that_is_not_there_is_refused(bare: Terminal, tmp_path: Path) -> None:
    assert "gone.csv" in (await bare("procedures", "check", str(tmp_path / "gone.csv"))).reason
    assert str(tmp_path) in (await bare("procedures", "check", str(tmp_path))).reason
