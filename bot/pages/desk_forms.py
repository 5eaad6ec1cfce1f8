"""Reading a form of the desk, with the photos and documents that came with it."""

import re
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot.channels.web.uploads import PHOTO_BYTES, BadUpload, too_large
from bot.pages.forms import UNREADABLE, form_of
from messages.text import _

MOST_FILES = 3
FORM_BYTES = 64 * 1024
"""What a form may have beside its files."""

MOST_PARTS = 16
"""Fields and files of a form, over twice what the largest of ours has: empty ones count as well."""

WHOLE_BYTES = MOST_FILES * PHOTO_BYTES + FORM_BYTES

FILES = "files"
"""The field of the files; the others come before it."""

_LONGEST_NAME = 100
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent.

    Attributes:
        fields: name → text.
        files: name and bytes of each.
        refused: why the form cannot be taken; then `fields` are those that came before it was
            refused, to be given back, and there are no files.
    """

    fields: dict[str, str]
    files: tuple[tuple[str, bytes], ...] = ()
    refused: BadUpload | None = None


NOTHING = Sent({})


async def sent(request: web.Request) -> Sent:
    """Read a form, no more of it than it may have.

    Too many files, or too large ones, are told in it.

    Raises:
        web.HTTPBadRequest: it cannot be read, or has more parts than a form of ours.
        web.HTTPRequestEntityTooLarge: it is larger than a request may be.
    """
    if request.content_type != "multipart/form-data":
        return Sent({name: str(value) for name, value in (await form_of(request)).items()})
    fields: dict[str, str] = {}
    try:
        return Sent(fields, tuple(await _files(request, fields)))
    except BadUpload as error:
        return Sent(fields, refused=error)
    except UNREADABLE:
        raise web.HTTPBadRequest from None


async def _files(request: web.Request, fields: dict[str, str]) -> list[tuple[str, bytes]]:
    """Read a form's parts: give the files, and put the others into `fields` as they come.

    Raises:
        BadUpload: it has too many files, or too large ones.
    """
    files: list[tuple[str, bytes]] = []
    room, parts = FORM_BYTES, 0
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        parts += 1
        if parts > MOST_PARTS or not isinstance(part, BodyPartReader) or not part.name:
            raise web.HTTPBadRequest
        if part.name == FILES:
            if (request.content_length or 0) > WHOLE_BYTES:
                raise too_large()
            data = await _read(part, PHOTO_BYTES)
            # A browser sends an empty part where no file was chosen.
            if data:
                files.append((_UNSAFE.sub("_", part.filename or "")[:_LONGEST_NAME], data))
            if len(files) > MOST_FILES:
                raise BadUpload(413, _("At most {n} files can be sent at once.", n=MOST_FILES))
        else:
            data = await _read(part, room)
            room -= len(data)
            fields[part.name] = data.decode()
    return files


async def _read(part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        data += chunk
        if len(data) > most:
            raise too_large()
    return bytes(data)
