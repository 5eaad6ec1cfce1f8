"""Files on Telegram: photos, documents, voice; file_id, getFile, the download address."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.emulators.telegram.parameters import too_large
from tests.emulators.telegram.refusals import bad_request
from tests.emulators.wire import Answer, Clock, Json, Upload

# Bot API, "Sending files" and getFile; MAX_PHOTO also in tdlib's FileLoaderUtils.cpp.
MAX_PHOTO = 10 << 20
MAX_UPLOAD = 50 << 20
MAX_DOWNLOAD = 20 << 20
LINK_LIFE = timedelta(hours=1)
MAX_SIDES = 10_000
MAX_RATIO = 20
IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
PNG = IMAGES[1]


@dataclass(slots=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    content: bytes
    size: int
    name: str = ""
    content_type: str = "application/octet-stream"
    link_until: datetime | None = None

    def record(self) -> Json:
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }


class Files:
    """Every file that was sent, by file_id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}

    def keep(
        self,
        content: bytes,
        folder: str,
        name: str,
        *,
        size: int | None = None,
        content_type: str = "application/octet-stream",
    ) -> StoredFile:
        """`size` may claim more bytes than there are, to stand for a very large file."""
        number = len(self.by_id) + 1
        suffix = name.rsplit(".", 1)[-1] if "." in name else "bin"
        stored = StoredFile(
            file_id=f"AgACAgUAAxkBAAI{number:08d}",
            unique_id=f"AQAD{number:08d}",
            path=f"{folder}/file_{number}.{suffix}",
            content=content,
            size=len(content) if size is None else size,
            name=name,
            content_type=content_type,
        )
        self.by_id[stored.file_id] = self.by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> Json:
        """getFile: bots can download files of up to 20 MB."""
        if not file_id:
            raise bad_request("file_id not specified")
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if stored.size > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        stored.link_until = self._clock.now() + LINK_LIFE
        return {**stored.record(), "file_path": stored.path}

    def download(self, path: str) -> Answer:
        """Bot API, getFile: the link is sure for an hour; then, and before, there is none."""
        stored = self.by_path.get(path)
        if stored is None or stored.link_until is None or self._clock.now() > stored.link_until:
            return Answer({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Answer(raw=stored.content, content_type="application/octet-stream")

    def received(self, file: Upload | str | None, kind: str) -> StoredFile:
        """The file of a send method: an upload, or a file_id of one already here."""
        if file is None:
            raise bad_request(f"there is no {kind} in the request")
        if isinstance(file, str):
            return self._named(file, kind)
        if not file.content:
            raise bad_request("file must be non-empty")
        if len(file.content) > MAX_UPLOAD:
            raise too_large()
        if kind == "photo":
            _check_photo(file.content)
        return self.keep(
            file.content, f"{kind}s", file.name, content_type=file.content_type.split(";")[0]
        )

    def _named(self, value: str, kind: str) -> StoredFile:
        if value.startswith(("http://", "https://")):
            # No fetching from here; in the field it fails too (chatwoot issue 12126).
            raise bad_request("failed to get HTTP URL content")
        stored = self.by_id.get(value)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if not stored.path.startswith(f"{kind}s/"):
            # Bot API, "Sending by file_id": the type cannot be changed; words of FileManager.cpp.
            known = stored.path.split("s/")[0].capitalize()
            raise bad_request(f"can't use file of type {known} as {kind.capitalize()}")
        return stored


def _check_photo(content: bytes) -> None:
    """Bot API, sendPhoto: at most 10 MB, sides together at most 10000, ratio at most 20."""
    if len(content) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    if not content.startswith(IMAGES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if content.startswith(PNG) and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        too_long = max(width, height) > MAX_RATIO * min(width, height)
        if width + height > MAX_SIDES or too_long:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
