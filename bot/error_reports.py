"""Errors told to a Sentry server of the commune's choice: the log's own line, and nothing else.

No variable, no request, no breadcrumb, no address of anybody: what is left out of the log, because
a person's words or a secret might stand in it, never leaves the house either.
"""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from sentry_sdk import Client

QUIET = ("sentry_sdk", "urllib3")
"""Whose own records are not told: they may be about the telling."""

PATIENCE = 1.0
"""Seconds that the end of the service waits for what is not told yet."""


class ErrorReports(logging.Handler):
    """Tells every record of an error; its formatter must give the record's fields as JSON.

    Telling never waits: a thread sends, and drops what is too much for it.

    Args:
        dsn: the address of a project on the server, with its key.
        site: the commune's public address, by which several on one server are told apart.
    """

    def __init__(self, dsn: str, site: str) -> None:
        super().__init__(logging.ERROR)
        self._client = Client(
            dsn=dsn,
            server_name=urlsplit(site).hostname or "",
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            max_breadcrumbs=0,
            send_client_reports=False,
            auto_session_tracking=False,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a record."""
        if record.name.startswith(QUIET):
            return
        try:
            fields: dict[str, Any] = json.loads(self.format(record))
        except Exception:  # noqa: BLE001 - the journal's own handler tells of a record that has no form
            return
        event, at = fields.pop("event", ""), fields.pop("error", "")
        self._client.capture_event({
            "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
            "logger": record.name,
            "message": f"{event}: {at}" if at else event,
            # One fault is one issue there, whatever else its line says.
            "fingerprint": [record.name, event, at],
            "extra": fields,
        })  # fmt: skip

    def close(self) -> None:
        """Send what is left, as far as a short time allows."""
        self._client.close(timeout=PATIENCE)
        super().close()
