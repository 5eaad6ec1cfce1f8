"""How the Bot API says no: an HTTP status, the same number in the body, a sentence."""

from __future__ import annotations

from tests.emulators.wire import Answer, Json


class Refusal(Exception):
    """`{"ok":false,"error_code":…,"description":…}` (Bot API, "Making requests")."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        self.code = code
        self.description = description
        self.parameters = parameters
        super().__init__(f"{code}: {description}")

    def answer(self) -> Answer:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        headers = {}
        if self.parameters:
            body["parameters"] = self.parameters
            if "retry_after" in self.parameters:
                headers["Retry-After"] = str(self.parameters["retry_after"])
        return Answer(body, status=self.code, headers=headers)


def bad_request(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    return Refusal(403, f"Forbidden: {reason}")


def too_many(retry_after: int) -> Refusal:
    """429 (Bot API, ResponseParameters): wait so many seconds."""
    reason = f"Too Many Requests: retry after {retry_after}"
    return Refusal(429, reason, {"retry_after": retry_after})
