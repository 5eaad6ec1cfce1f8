"""What a file is, told by its content and never by what it is called."""

from messages.envelope import AttachmentKind

SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
"""How files begin."""

IN_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
"""What stands in the box of this name."""

BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"avif": "image/avif",
}
"""The brand of an ISO media file; every other is taken for a video."""

UNKNOWN = "application/octet-stream"

EXPECTED = {AttachmentKind.VIDEO: ("video/",), AttachmentKind.AUDIO: ("audio/",)}
"""What a kind must turn out to be; a document may be anything, a picture is opened."""


SOUND_ALONE = {"video/webm": "audio/webm", "video/mp4": "audio/mp4"}
"""What may hold pictures or sound alone; a voice note of a browser is the latter."""


def mime_as(kind: AttachmentKind, content: bytes) -> str:
    """Tell the media type of a file that was sent as a kind, by how it begins."""
    mime = mime_of(content)
    return SOUND_ALONE.get(mime, mime) if kind is AttachmentKind.AUDIO else mime


def mime_of(content: bytes) -> str:
    """Tell a file's media type by how it begins."""
    for sign, mime in SIGNS:
        if content.startswith(sign):
            return mime
    if content[:4] == b"RIFF":
        return IN_RIFF.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:12], "video/mp4")
    return UNKNOWN


def is_expected(kind: AttachmentKind, mime: str) -> bool:
    """Whether a file is what it was sent as."""
    return mime.startswith(EXPECTED.get(kind, ("",)))
