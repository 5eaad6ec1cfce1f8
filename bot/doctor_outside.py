"""The machine's clock, and the certificate of the address by which people reach the service."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.app import clock_of
from bot.findings import Finding, ok, warn, wrong
from bot.settings import Settings
from messages.text import _
from storage.database import Store
from storage.newest import newest_message

RENEWED_WITHIN = timedelta(days=14)
"""Caddy renews a certificate a month before its end: one that is nearer was not renewed."""

PATIENCE = 5.0
"""Seconds that the address may take to answer."""

JITTER = timedelta(minutes=1)
"""By so much clocks of two processes may differ."""

HTTPS = 443


def certificate(settings: Settings, context: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """Look at the certificate under which people reach the service; nothing without https.

    Args:
        settings: where that is.
        context: whose certificates are believed; None = those that the machine believes.
    """
    address = urlsplit(settings.public_url)
    if address.scheme != "https" or not address.hostname:
        return
    try:
        ends = _ends(address.hostname, address.port or HTTPS, context)
    except ssl.SSLCertVerificationError as error:
        yield wrong(
            _(
                "The certificate of {address} is refused ({reason}): see Caddy's log.",
                address=settings.public_url,
                reason=error.verify_message,
            )
        )
        return
    except OSError as error:
        # From behind a router a machine may not reach its own public name.
        yield warn(
            _(
                "{address} cannot be asked for its certificate from here ({reason}).",
                address=settings.public_url,
                reason=error.strerror or str(error),
            )
        )
        return
    if ends - clock_of(settings)() < RENEWED_WITHIN:
        yield warn(_("The certificate ends {at} and was not renewed: see Caddy's log.", at=ends))
    else:
        yield ok(_("The certificate holds until {at}.", at=ends))


def _ends(host: str, port: int, context: ssl.SSLContext | None) -> datetime:
    context = context or ssl.create_default_context()
    with (
        socket.create_connection((host, port), PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        told: dict[str, Any] = secured.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def clock_is_kept(_settings: Settings) -> Iterator[Finding]:
    """Look whether the machine's clock is kept right; nothing where the machine does not say."""
    program = shutil.which("timedatectl")
    if program is None:
        return
    try:
        told = subprocess.run(  # noqa: S603 - the machine's own program
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    if told.stdout.strip() == "no":
        yield warn(_("The machine's clock is not kept right: timedatectl set-ntp true"))


async def not_behind(store: Store, now: datetime) -> Finding:
    """Compare the clock with what was kept: nothing was received in the future."""
    newest = await newest_message(store)
    if newest is not None and newest - now > JITTER:
        return wrong(
            _(
                "The clock is {n} minutes behind the newest message: deadlines would be wrong.",
                n=int((newest - now) / timedelta(minutes=1)),
            )
        )
    return ok(_("The clock is not behind what was kept."))
