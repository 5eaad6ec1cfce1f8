"""The administrator's consent to the OA: its link, and the address to which Zalo brings it back.

`python -m bot zalo connect` writes down which state it waits for and prints the link; whichever
process of the service has the web part takes the callback, trades its code for the pair of tokens
and keeps it. The two meet in the database alone, so that they need not be one process.

Zalo's PKCE: the link carries the SHA-256 of a verifier. Whether the console's "Code Challenge" must
be the same is not certain (some say it is fixed there, some that it goes with each link), so the
verifier is always the same for one installation: it is derived from the secret key.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

import structlog
from aiohttp import web

from bot.channels.channel import SendError
from bot.channels.zalo.tokens import NAME, Tokens
from bot.settings import Settings
from messages.languages import DEFAULT, say
from messages.text import Text, _
from storage.credentials import Credentials
from storage.database import StoreUnavailable
from storage.sealing import Box, CannotUnseal

log = structlog.get_logger(__name__)

PATH: Final = "/zalo/callback"
PERMISSION: Final = "/v4/oa/permission"

WAITS: Final = timedelta(minutes=30)
"""How long a printed link can be used; the code that comes of it lives ten minutes."""

VERIFIER_LENGTH: Final = 43

LONGEST: Final = 2048
"""Characters of a code or a state; what is longer is none."""


def verifier_of(box: Box, app_id: str) -> str:
    """Give the words of which the consent link carries the hash."""
    return box.digest("zalo.verifier", app_id)[:VERIFIER_LENGTH]


def challenge_of(verifier: str) -> str:
    """Give a verifier's hash as the link carries it."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def callback_of(settings: Settings) -> str:
    """Give the address to be entered in the console as "Official Account Callback Url"."""
    return settings.public_url + PATH


async def link(settings: Settings, kept: Credentials, box: Box, now: datetime) -> str:
    """Make a consent link and wait, in the database, for what comes of it.

    Raises:
        StoreUnavailable: that it is waited for could not be written down.
    """
    state = secrets.token_urlsafe(24)
    await kept.expect(NAME, state, now + WAITS)
    asked = {
        "app_id": settings.zalo_app_id,
        "redirect_uri": callback_of(settings),
        "code_challenge": challenge_of(verifier_of(box, settings.zalo_app_id)),
        "state": state,
    }
    return f"{settings.zalo_oauth_url}{PERMISSION}?{urlencode(asked)}"


class Callback:
    """Takes what Zalo brings back after the administrator agreed.

    Args:
        settings: the OA that is to be opened.
        kept: knows which consent is waited for.
        tokens: trades the code for the pair.
        verifier: as for `verifier_of`.
        connected: told when the pair is kept.
    """

    def __init__(
        self,
        settings: Settings,
        kept: Credentials,
        tokens: Tokens,
        verifier: str,
        connected: Callable[[], None],
    ) -> None:
        self._oa_id = settings.zalo_oa_id
        self._kept = kept
        self._tokens = tokens
        self._verifier = verifier
        self._connected = connected

    async def get(self, request: web.Request) -> web.Response:
        """Answer the administrator's browser with one sentence."""
        status, sentence = await self._take(request)
        return web.Response(
            text=say(sentence, DEFAULT) + "\n",
            status=status,
            headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
        )

    async def _take(self, request: web.Request) -> tuple[int, Text]:
        code, state = (request.query.get(name, "") for name in ("code", "state"))
        account = request.query.get("oa_id", "")
        if not code or not state or max(len(code), len(state)) > LONGEST:
            return 400, _("This is no consent from Zalo: run `python -m bot zalo connect` again.")
        try:
            # Asked first: who has no state of ours must learn nothing, nor use up Zalo's patience.
            if not await self._kept.was_expected(NAME, state):
                log.warning("zalo consent that nobody waits for")
                return 403, _("This link was used or is too old. Run `zalo connect` again.")
            if self._oa_id and account and account != self._oa_id:
                log.warning("zalo consent of another account", account=account[:40])
                return 409, _(
                    "You agreed for the account {account}, but {ours} is set as BOT_ZALO_OA_ID.",
                    account=account[:40],
                    ours=self._oa_id,
                )
            await self._tokens.consented(code, self._verifier)
        except SendError as error:
            log.warning("zalo consent not taken", reason=error.reason)
            return 502, _("Zalo did not give the tokens: {reason}", reason=error.reason)
        except (StoreUnavailable, CannotUnseal) as error:
            log.warning("zalo consent not kept", error=type(error).__name__)
            return 503, _("The database cannot be written now. Please run `zalo connect` again.")
        self._connected()
        return 200, _("Zalo is connected. You may close this page.")
