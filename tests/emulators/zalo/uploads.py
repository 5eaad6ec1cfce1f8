"""Uploads of the account (Zalo OA sheet A4) and the server of the citizens' photos."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.emulators.wire import Answer, Call, Clock
from tests.emulators.zalo.refusals import Refusal, invalid

MEGABYTE = 1024 * 1024
ASSET_LIFE = timedelta(days=7)
UPLOADS_A_MONTH = 5000


@dataclass(frozen=True, slots=True)
class UploadKind:
    extensions: tuple[str, ...]
    limit: int
    answer_name: str


KINDS = {
    "image": UploadKind((".jpg", ".jpeg", ".png"), MEGABYTE, "attachment_id"),
    "gif": UploadKind((".gif",), 5 * MEGABYTE, "attachment_id"),
    "file": UploadKind((".pdf", ".doc", ".docx", ".csv"), 5 * MEGABYTE, "token"),
}


class Uploads:
    """POST /v2.0/oa/upload/{image,gif,file}: ids that work for seven days, then -100."""

    def __init__(self, clock: Clock) -> None:
        self.assets: dict[str, tuple[str, datetime, bytes]] = {}
        self._clock = clock

    def take(self, call: Call) -> Answer:
        kind_name = call.method
        kind = KINDS[kind_name]
        if not call.headers.get("Content-Type", "").startswith("multipart/form-data"):
            raise invalid("Content-Type")
        upload = call.files.get("file")
        if upload is None or not upload.content:
            raise invalid("file")
        if len(upload.content) > kind.limit:
            raise Refusal(-210)
        if len(self.assets) >= UPLOADS_A_MONTH:
            raise Refusal(-211)
        if not upload.name.lower().endswith(kind.extensions):
            # A4: the extension decides; a wrong one brings success with empty data, no number.
            return Answer({"data": {}, "error": 0, "message": "Success"})
        asset = secrets.token_urlsafe(32)
        self.assets[asset] = (kind_name, self._clock.now(), upload.content)
        return Answer({"data": {kind.answer_name: asset}, "error": 0, "message": "Success"})

    def check(self, asset: object, kind: str) -> None:
        """An asset named in a message: unknown or of another kind -201, older than 7 days -100."""
        name = "token" if kind == "file" else "attachment_id"
        if not isinstance(asset, str) or asset not in self.assets:
            raise invalid(name)
        known_kind, since, _ = self.assets[asset]
        if known_kind != kind:
            raise invalid(name)
        if self._clock.now() - since >= ASSET_LIFE:
            raise Refusal(-100)


@dataclass(slots=True)
class Medium:
    content: bytes
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class MediaServer:
    """The host that events point to for photos and files: http, no token asked (A4)."""

    def __init__(self) -> None:
        self.media: dict[str, Medium] = {}
        self.origin = ""

    def publish(self, content: bytes, suffix: str, content_type: str) -> str:
        """Makes the bytes available; returns the address that an event names."""
        path = f"/media/{secrets.token_hex(12)}.{suffix}"
        self.media[path] = Medium(content, content_type)
        return self.origin + path

    def redirect(self, target: str) -> str:
        """An address that sends the fetcher elsewhere, e.g. to a private network."""
        path = f"/media/{secrets.token_hex(12)}.jpg"
        self.media[path] = Medium(b"", "text/html", 302, {"Location": target})
        return self.origin + path

    def expire(self, url: str) -> None:
        """How long an address lives is unknown (A4): from now on this one is gone."""
        self.media.pop(url.removeprefix(self.origin), None)

    def serve(self, call: Call) -> Answer:
        medium = self.media.get(call.path)
        if medium is None:
            return Answer(status=404, raw=b"Not Found", content_type="text/plain")
        return Answer(
            status=medium.status,
            raw=medium.content,
            content_type=medium.content_type,
            headers=medium.headers,
        )
