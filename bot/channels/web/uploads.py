"""Photos that a page sent and no conversation has decided about yet."""

import base64
import contextlib
import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from bot.channels.channel import CannotFetch
from messages.envelope import Attachment, AttachmentKind
from messages.text import Text, _
from storage.sealing import CannotUnseal, seal_once, unseal_once

PHOTO_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""Above what phones take unless asked to; a forged header that claims more is not looked into."""

FORMATS = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
}
_MIMES = dict(FORMATS.values())
_REF = re.compile(r"upload:([0-9a-f]{32}\.(jpg|png|webp)):([A-Za-z0-9_-]{43})")

SEAL_BYTES = 16
"""What AES-GCM adds to the content."""


class BadUpload(Exception):
    """A photo cannot be taken.

    Args:
        status: the HTTP status.
        reason: what the person is told.
    """

    def __init__(self, status: int, reason: Text) -> None:
        super().__init__(reason.msgid)
        self.status = status
        self.reason = reason


class Uploads:
    """A folder of sealed photos.

    Each is sealed under a key of its own that stands only in the ref which the page is given, so
    that nobody can read the file once the message with the ref is gone.

    Args:
        folder: made where absent.
        now: our clock.
        keep: how long a conversation has to decide about a photo.
        room: how many bytes all of them may take.
    """

    def __init__(
        self,
        folder: Path,
        now: Callable[[], datetime],
        *,
        keep: timedelta = timedelta(hours=24),
        room: int = 1 << 30,
    ) -> None:
        self._folder = folder
        self._now = now
        self._keep = keep
        self._room = room

    def keep(self, data: bytes) -> Attachment:
        """Check a photo and keep it sealed.

        Raises:
            BadUpload: it is no photo, too large, or there is no room.
        """
        if len(data) > PHOTO_BYTES:
            raise too_large()
        ending, mime = _look_at(data)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(size for _path, _age, size in self._files()) + len(data) > self._room:
            raise no_room()
        sealed, key = seal_once(data)
        name = f"{secrets.token_hex(16)}.{ending}"
        path = self._folder / name
        try:
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(sealed)
        except OSError as error:
            # A full disk, most likely: half a photo would only take more of it.
            path.unlink(missing_ok=True)
            raise no_room() from error
        at = self._now().timestamp()
        os.utime(path, (at, at))
        told = base64.urlsafe_b64encode(key).rstrip(b"=").decode("ascii")
        return Attachment(
            AttachmentKind.IMAGE, ref=f"upload:{name}:{told}", mime=mime, size=len(data)
        )

    def find(self, ref: str) -> Attachment | None:
        """Give the photo that a ref stands for, None where there is none."""
        parts = _REF.fullmatch(ref)
        if parts is None:
            return None
        try:
            size = (self._folder / parts[1]).stat().st_size - SEAL_BYTES
        except OSError:
            return None
        return Attachment(AttachmentKind.IMAGE, ref=ref, mime=_MIMES[parts[2]], size=size)

    def open(self, ref: str) -> bytes:
        """Give the bytes of a photo.

        Raises:
            CannotFetch: there is none, or the ref's key is not its own.
        """
        parts = _REF.fullmatch(ref)
        if parts is None:
            raise CannotFetch("not a ref of the web chat")
        try:
            sealed = (self._folder / parts[1]).read_bytes()
            return unseal_once(sealed, base64.urlsafe_b64decode(parts[3] + "="))
        except OSError as error:
            raise CannotFetch("the photo is not there any more") from error
        except (CannotUnseal, ValueError) as error:
            raise CannotFetch("the photo does not open with this ref") from error

    def purge(self) -> int:
        """Delete the photos about which nobody decided in time; say how many."""
        oldest = (self._now() - self._keep).timestamp()
        old = [path for path, changed, _size in self._files() if changed < oldest]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _files(self) -> list[tuple[Path, float, int]]:
        """Give path, time and size of each photo; one that vanishes meanwhile is left out."""
        found = []
        with contextlib.suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    told = path.stat()
                    found.append((path, told.st_mtime, told.st_size))
        return found


def no_room() -> BadUpload:
    """Say that photos cannot be kept now."""
    return BadUpload(503, _("No photo can be taken at the moment. Please try again later."))


def too_large() -> BadUpload:
    """Say that a photo is above the limit."""
    return BadUpload(413, _("The photo is larger than {n} MB.", n=PHOTO_BYTES >> 20))


def _look_at(data: bytes) -> tuple[str, str]:
    """Give the file ending and media type of a photo, by its content alone."""
    refused = BadUpload(415, _("This is no photo that can be read. Please send JPEG, PNG or WebP."))
    try:
        with Image.open(BytesIO(data), formats=tuple(FORMATS)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise refused
            image.verify()
            return FORMATS[image.format or ""]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refused from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError) as error:
        # Pillow's readers raise any of these on damaged content.
        raise refused from error
