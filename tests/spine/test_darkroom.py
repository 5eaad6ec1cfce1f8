import asyncio
import io
import os
import resource
import sys
from collections.abc import AsyncIterator

import pytest
import segno
from PIL import Image

from bot.darkroom import Broken, Darkroom
from bot.photos import BadPhoto
from tests.spine.test_photos import VALID, _png_of


@pytest.fixture
async def darkroom() -> AsyncIterator[Darkroom]:
    one = Darkroom()
    yield one
    await one.close()


def _process(darkroom: Darkroom) -> int:
    process = darkroom._process
    assert process is not None
    return process.pid


@pytest.mark.parametrize("form", VALID)
async def test_a_picture_comes_back_as_the_same_jpeg_as_in_this_process(
    darkroom: Darkroom, form: str
) -> None:
    kept, mime = await darkroom.without_traces(VALID[form])
    assert mime == "image/jpeg"
    assert Image.open(io.BytesIO(kept)).format == "JPEG"
    assert b"Exif" not in kept


async def test_what_is_no_picture_is_refused_and_the_next_one_is_opened(
    darkroom: Darkroom,
) -> None:
    bomb, bigger = _png_of(8000, 8000), _png_of(30_000, 30_000)
    for bad in (b"", b"<html>", bomb, bigger, VALID["JPEG"][:200]):
        with pytest.raises(BadPhoto):
            await darkroom.without_traces(bad)
    first = _process(darkroom)
    await darkroom.without_traces(VALID["JPEG"])
    assert _process(darkroom) == first


async def test_pictures_that_come_at_once_each_get_their_own(darkroom: Darkroom) -> None:
    sizes = [(10 + n, 20) for n in range(8)]
    files = []
    for size in sizes:
        file = io.BytesIO()
        Image.new("RGB", size).save(file, "PNG")
        files.append(file.getvalue())
    kept = await asyncio.gather(*(darkroom.without_traces(one) for one in files))
    assert [Image.open(io.BytesIO(one)).size for one, _mime in kept] == sizes


async def test_the_process_gives_way_to_everything_else(darkroom: Darkroom) -> None:
    await darkroom.without_traces(VALID["PNG"])
    assert os.getpriority(os.PRIO_PROCESS, _process(darkroom)) == 19
    assert resource.prlimit(_process(darkroom), resource.RLIMIT_AS) == (1 << 30, 1 << 30)


async def test_a_process_that_is_killed_is_started_anew(darkroom: Darkroom) -> None:
    await darkroom.without_traces(VALID["PNG"])
    first = _process(darkroom)
    os.kill(first, 9)
    with pytest.raises(Broken):
        await darkroom.without_traces(VALID["PNG"])
    await darkroom.without_traces(VALID["PNG"])
    assert _process(darkroom) != first


async def test_a_picture_that_takes_too_long_is_refused() -> None:
    darkroom = Darkroom(patience=0.001)
    with pytest.raises(BadPhoto, match="too long"):
        await darkroom.without_traces(VALID["JPEG"])
    await darkroom.close()


async def test_who_stops_waiting_leaves_no_answer_behind_for_the_next(darkroom: Darkroom) -> None:
    file = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(file, "PNG")
    asking = asyncio.create_task(darkroom.without_traces(file.getvalue()))
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    kept, _mime = await darkroom.without_traces(VALID["PNG"])
    assert Image.open(io.BytesIO(kept)).size == (20, 20)


def _coded(text: str) -> bytes:
    file = io.BytesIO()
    segno.make(text).save(file, kind="png", scale=6, border=4)
    return file.getvalue()


async def test_codes_are_read_in_the_process_between_pictures(darkroom: Darkroom) -> None:
    await darkroom.without_traces(VALID["PNG"])
    first = _process(darkroom)
    assert await darkroom.codes_in(_coded("H24.107-261116-0001")) == ["H24.107-261116-0001"]
    assert await darkroom.codes_in(_coded("mã hồ sơ")) == ["mã hồ sơ"]
    assert await darkroom.codes_in(VALID["JPEG"]) == []
    with pytest.raises(BadPhoto):
        await darkroom.codes_in(b"no picture")
    kept, _mime = await darkroom.without_traces(VALID["PNG"])
    assert Image.open(io.BytesIO(kept)).size == (20, 20)
    assert _process(darkroom) == first


async def test_no_decoder_of_codes_is_read_into_the_service() -> None:
    found = "import sys, bot.app, bot.dossier_work; print('zxingcpp' in sys.modules)"
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", found, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await done.communicate()
    assert out.split() == [b"False"]
