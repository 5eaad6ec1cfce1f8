"""Photos and voice notes that a page sent and no conversation has decided about yet."""

import base64
import contextlib
import hashlib
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
SOUNDS = {"webm": "audio/webm", "ogg": "audio/ogg", "m4a": "audio/mp4"}
"""What browsers record (MediaRecorder), by the ending of the file that keeps it."""

_MIMES = {**dict(FORMATS.values()), **SOUNDS}
_REF = re.compile(
    r"upload:([0-9a-f]{8}\.[0-9a-f]{8}\.[0-9a-f]{32}\.(jpg|png|webp|webm|ogg|m4a)):([A-Za-z0-9_-]{43})"
)

EACH_FILES, EACH_BYTES = 60, 64 << 20
"""What one person may have waiting: six tickets of ten photos, as phones make them smaller."""

AN_ADDRESS = 4
"""An internet address may fill a fourth of the room: a whole village may share one address."""

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
    """A folder of sealed photos and voice notes.

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

    def keep(self, data: bytes, *, person: str, address: str = "") -> Attachment:
        """Check a photo or voice note and keep it sealed.

        Args:
            data: its bytes.
            person: who sent it, by their id on the web.
            address: from which internet address, "" where that tells nothing.

        Raises:
            BadUpload: it is neither, too large, more than a fair share, or there is no room.
        """
        if len(data) > PHOTO_BYTES:
            raise too_large()
        ending, mime = _look_at(data)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whose, whence = _tag("person", person), _tag("address", address) if address else "0" * 8
        self._make_sure_of_room(len(data), whose, whence)
        sealed, key = seal_once(data)
        name = f"{whose}.{whence}.{secrets.token_hex(16)}.{ending}"
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
        return Attachment(_kind(mime), ref=f"upload:{name}:{told}", mime=mime, size=len(data))

    def _make_sure_of_room(self, wanted: int, whose: str, whence: str) -> None:
        """Refuse what is more than the room, or a person's or an internet address's share of it."""
        files = [(path.name.split("."), size) for path, _age, size in self._files()]
        if sum(size for _name, size in files) + wanted > self._room:
            raise no_room()
        own = [size for name, size in files if name[0] == whose]
        there = [size for name, size in files if name[1:2] == [whence]]
        shared = whence.strip("0") and sum(there) + wanted > self._room // AN_ADDRESS
        if shared or len(own) >= EACH_FILES or sum(own) + wanted > EACH_BYTES:
            raise BadUpload(
                429,
                _("You have sent very many photos. Please wait until tomorrow, or call us."),
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
        mime = _MIMES[parts[2]]
        return Attachment(_kind(mime), ref=ref, mime=mime, size=size)

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
        """Delete the files about which nobody decided in time; say how many."""
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


def _tag(kind: str, value: str) -> str:
    """Name a person or an internet address in a file's name, so that neither can be read there."""
    return hashlib.blake2s(value.encode(), digest_size=4, person=kind.encode()).hexdigest()


def _kind(mime: str) -> AttachmentKind:
    return AttachmentKind.AUDIO if mime.startswith("audio/") else AttachmentKind.IMAGE


def _sound(data: bytes) -> str:
    """Give the file ending of a recording by how it begins, "" where it is none."""
    if data.startswith(b"\x1aE\xdf\xa3") and b"webm" in data[:64]:
        return "webm"
    if data.startswith(b"OggS") and b"Opus" in data[:64]:
        return "ogg"
    return "m4a" if data[4:8] == b"ftyp" else ""


def _look_at(data: bytes) -> tuple[str, str]:
    """Give the file ending and media type of a photo or recording, by its content alone."""
    if ending := _sound(data):
        return ending, SOUNDS[ending]
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
