"""Photos from people: recognised by content, freed of what a camera writes into them."""

import io
import warnings

from PIL import Image, ImageOps

LONGEST = 2048
"""Pixels of the longer side that are kept: enough to read a number plate or a meter."""

MOST_PIXELS = 60_000_000
"""More than any telephone takes; a small file that unpacks to more is an attack."""

QUALITY = 85

SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
)


FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
"""What telephones send; the decoders of everything else are not reached."""


class BadPhoto(Exception):
    """It is not a picture, or it is damaged or too large to be opened."""


def mime_of(content: bytes) -> str:
    """Tell a file's media type by how it begins."""
    for sign, mime in SIGNS:
        if content.startswith(sign):
            return mime
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return "application/octet-stream"


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
        return ImageOps.exif_transpose(image).convert("RGB")
