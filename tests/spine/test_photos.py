import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.media_types import mime_of
from bot.photos import LONGEST, BadPhoto, without_traces

PLACE = b"20.7213, 106.6604 secret place"


def _encoded(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def _photo() -> bytes:
    """A photo as a telephone takes it: on its side, with time, place and device."""
    image = Image.new("RGB", (60, 40), "white")
    xmp = b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"
    image.paste("red", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it to the right to see it upright
    exif[0x010F] = "Brand of telephone"
    exif[0x0132] = "2026:11:23 09:00:00"
    exif[0x8825] = {1: "N", 2: (20.0, 43.0, 16.7), 3: "E", 4: (106.0, 39.0, 37.4)}
    return _encoded(image, "JPEG", exif=exif, comment=PLACE, xmp=xmp)


VALID = {
    "JPEG": _photo(),
    "PNG": _encoded(Image.new("RGBA", (20, 20), (1, 2, 3, 4)), "PNG"),
    "WEBP": _encoded(Image.new("RGB", (20, 20)), "WEBP"),
    "GIF": _encoded(Image.new("P", (20, 20)), "GIF"),
    "TIFF": _encoded(Image.new("L", (20, 20)), "TIFF"),
}


def test_a_kept_photo_tells_neither_place_nor_time_nor_device() -> None:
    taken = _photo()
    assert PLACE in taken
    assert b"Brand of telephone" in taken
    kept, mime = without_traces(taken)
    assert mime == "image/jpeg"
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    for trace in (PLACE, b"Brand", b"2026", b"Exif", b"GPS"):
        assert trace not in kept


def test_a_kept_photo_stands_upright() -> None:
    kept, _ = without_traces(_photo())
    image = Image.open(io.BytesIO(kept)).convert("RGB")
    assert image.size == (40, 60)
    top, bottom = image.getpixel((20, 5)), image.getpixel((20, 55))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[1] < 80 < bottom[1]


def test_a_large_photo_is_made_smaller_and_keeps_its_form() -> None:
    kept, _ = without_traces(_encoded(Image.new("RGB", (4000, 1000)), "JPEG"))
    assert Image.open(io.BytesIO(kept)).size == (LONGEST, LONGEST // 4)


@pytest.mark.parametrize("form", VALID)
def test_what_telephones_send_becomes_a_jpeg(form: str) -> None:
    kept, mime = without_traces(VALID[form])
    assert mime_of(kept) == mime == "image/jpeg"


def _png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as this."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(8000, 8000), (30_000, 30_000), (1, 2**31 - 1), (2**31 - 1, 2**31 - 1)]
)
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadPhoto):
        without_traces(_png_of(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF8",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        *(whole[: len(whole) // 2] for whole in VALID.values()),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BadPhoto):
        without_traces(content)


@given(
    form=st.sampled_from(sorted(VALID)),
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 10**6),
)
def test_a_damaged_picture_is_refused_or_kept_and_nothing_else_happens(
    form: str, damage: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(VALID[form])
    for place, byte in damage:
        content[place % len(content)] = byte
    if cut % 3 == 0:
        del content[cut % len(content) :]
    try:
        kept, _ = without_traces(bytes(content))
    except BadPhoto:
        return
    assert mime_of(kept) == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00ABCD", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_files_kind_is_told_by_its_content(content: bytes, mime: str) -> None:
    assert mime_of(content) == mime
