"""The arguments of a call, whichever of the four ways they came (Bot API, "Making requests")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.emulators.telegram.refusals import Refusal, bad_request
from tests.emulators.wire import Call, Json, Upload

READ = ("application/json", "application/x-www-form-urlencoded")
"""Bodies that carry parameters beside multipart/form-data (Bot API, "Making requests")."""


class Parameters:
    """Query, form, multipart or JSON; in the first three a nested value is JSON text."""

    def __init__(self, call: Call) -> None:
        kind = call.headers.get("Content-Type", "").lower()
        if call.raw and not any(known in kind for known in READ):
            # tdlib, HttpReader.cpp: any other body is content of no meaning, never parameters.
            call.body, call.unreadable = {}, False
        if call.unreadable:
            raise bad_request("can't parse request body as JSON object")
        self._values: Mapping[str, Any] = {**call.query, **call.body} if call.query else call.body
        self.files = call.files

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name)
        if value is None:
            return default
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        try:
            words.encode()
        except UnicodeEncodeError as problem:
            # A lone surrogate: tdlib's check_utf8.
            raise bad_request("strings must be encoded in UTF-8") from problem
        return words

    def integer(self, name: str, default: int = 0) -> int:
        """Like the server: what is no number counts as 0 (Client.cpp, get_integer_arg)."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0

    def boolean(self, name: str) -> bool:
        """Client.cpp, to_bool."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def nested(self, name: str, problem: str) -> Any:  # noqa: ANN401 - any JSON value
        """A JSON-serialised argument, or None when it is absent; `problem` words the refusal."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(problem) from error

    def upload(self, name: str) -> Upload | str | None:
        """A file argument: the upload, or a file_id or address as text, or None.

        `attach://<name>` points at another part of the same request (Bot API, InputFile).
        """
        value = self.text(name)
        if value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name) or value or None


def required(value: Json, name: str, kind: type, where: str) -> Any:  # noqa: ANN401 - as `kind`
    """A field of a nested object, refused as tdlib's JsonBuilder words it."""
    if name not in value:
        raise bad_request(f'{where}: Can\'t find field "{name}"')
    found = value[name]
    if not isinstance(found, kind):
        type_name = {str: "String", int: "Number", dict: "Object", list: "Array"}[kind]
        raise bad_request(f'{where}: Field "{name}" must be of type {type_name}')
    return found


def too_large() -> Refusal:
    """Bot API, "Sending files": 50 MB by upload; the web server in front says so."""
    return Refusal(413, "Request Entity Too Large")
