"""`qr`: what it writes, what it refuses."""

from pathlib import Path

import pytest
from PIL import Image

from tests.command_line.terminal import Terminal
from tests.posters.test_posters import PLACE, URL, scanned


async def test_the_command_writes_every_sheet_and_tells_where(
    bare: Terminal, tmp_path: Path
) -> None:
    out = tmp_path / "to" / "print"
    typed = ("qr", "ks01", "#GY01", "--out", str(out), "--place", PLACE, "--place", "Chợ")
    answer = await bare(*typed, BOT_PUBLIC_URL=URL)
    assert (answer.code, answer.err) == (0, "")
    told = [Path(line) for line in answer.out.splitlines()]
    assert len(told) == len(set(told)) == 2 * 2 * 3 * 3
    assert sorted(told) == sorted(out.iterdir())
    assert out / "KS01-nha-van-hoa-thon-3-a4.pdf" in told
    assert out / "GY01-cho-stickers.svg" in told
    for path in told:
        if path.suffix == ".png":
            code, place = path.stem.split("-")[0], "cho" if "-cho-" in path.stem else "nha-van"
            with Image.open(path) as picture:
                assert scanned(picture)[0].startswith(f"{URL}/q/{code}?place={place}")


@pytest.mark.parametrize(
    "typed", [("ZZ99",), ("KS01", "nothing"), ("2.000986",), ("KS01", "--place", "!!!")]
)
async def test_what_has_no_poster_is_refused_and_nothing_is_written(
    bare: Terminal, tmp_path: Path, typed: tuple[str, ...]
) -> None:
    out = tmp_path / "none"
    answer = await bare("qr", *typed, "--out", str(out), BOT_PUBLIC_URL=URL)
    assert answer.reason
    assert not out.exists()
