"""Photos from people, freed of what a camera writes into them.

Run as a program it is the process in which pictures are opened: it stands alone, imports nothing of
ours, has the lowest priority and a limit of memory, so that no picture can slow or end the service.
"""

import contextlib
import io
import json
import os
import resource
import struct
import sys
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

LONGEST = 2048
"""Pixels of the longer side that are kept: enough to read a number plate or a meter."""

MOST_PIXELS = 60_000_000
"""More than any telephone takes; a small file that unpacks to more is an attack."""

QUALITY = 85

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
"""What telephones send; the decoders of everything else are not reached."""

MEMORY = 1 << 30
"""Bytes that the process may have; the largest picture that is opened needs about half."""

HEAD = struct.Struct(">BI")
"""Before each order: KEEP or LOOK_FOR_CODES, and its length; before each answer: whether it is a
picture, and its length."""

KEEP, LOOK_FOR_CODES = 1, 2


class BadPhoto(Exception):
    """It is not a picture, or it is damaged or too large to be opened."""


def without_traces(content: bytes) -> tuple[bytes, str]:
    """Give a picture upright and without the place, time and device its camera wrote into it.

    Returns:
        A JPEG of at most 2048 pixels a side, and its media type.

    Raises:
        BadPhoto: it cannot be opened as a picture.
    """
    upright = picture(content)
    upright.thumbnail((LONGEST, LONGEST))
    # Comments and the like would be written out with the pixels.
    upright.info.clear()
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=QUALITY)
    return kept.getvalue(), "image/jpeg"


def picture(content: bytes) -> Image.Image:
    """Open a photo upright, to be looked at and not kept.

    Raises:
        BadPhoto: it cannot be opened as a picture.
    """
    try:
        return _upright(content)
    except Exception as error:  # the decoders raise a dozen kinds of errors on damaged files
        raise BadPhoto(f"not a picture: {type(error).__name__}") from error


def _upright(content: bytes) -> Image.Image:
    """Decode a picture and turn it as its camera was held."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise BadPhoto("too many pixels")
        # A JPEG far larger than is kept is decoded at half or a quarter of its size.
        image.draft("RGB", (LONGEST, LONGEST))
        return ImageOps.exif_transpose(image).convert("RGB")


SIDES = (LONGEST, 1600, 1280, 1024, 800, 640)
"""Pixels of the longer side that are tried one after the other to make a picture small."""


def within(content: bytes, most: int) -> bytes:
    """Give a picture in at most so many bytes, as a JPEG without traces.

    Raises:
        BadPhoto: it cannot be opened as a picture, or not be made so small.
    """
    small, _mime = without_traces(content)
    for side in SIDES:
        if len(small) <= most:
            return small
        picture = Image.open(io.BytesIO(small))
        picture.thumbnail((side, side))
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=75)
        small = made.getvalue()
    if len(small) > most:
        raise BadPhoto("cannot be made small enough")
    return small


def codes_in(content: bytes) -> list[str]:
    """Give what the QR and bar codes in a photo say.

    Raises:
        BadPhoto: it cannot be opened as a picture.
    """
    import zxingcpp  # noqa: PLC0415 - the process that only makes photos anew does not need it

    return [one.text for one in zxingcpp.read_barcodes(picture(content)) if one.text]


def serve(orders: BinaryIO, answers: BinaryIO) -> None:
    """Answer each picture with what is kept of it or what its codes say, until no more come."""
    while head := orders.read(HEAD.size):
        order, length = HEAD.unpack(head)
        content = orders.read(length)
        try:
            if order == LOOK_FOR_CODES:
                answer = json.dumps(codes_in(content)).encode()
            else:
                answer, _mime = without_traces(content)
        except BadPhoto as error:
            _say(answers, 0, str(error).encode())
        except MemoryError:
            _say(answers, 0, b"not a picture: MemoryError")
        else:
            _say(answers, 1, answer)


def _say(answers: BinaryIO, good: int, payload: bytes) -> None:
    answers.write(HEAD.pack(good, len(payload)) + payload)
    answers.flush()


def _be_modest() -> None:
    """Give way to everything else on the machine, and have no more memory than is needed."""
    os.nice(19)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _be_modest()
    serve(sys.stdin.buffer, sys.stdout.buffer)
