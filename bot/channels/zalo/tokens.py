"""The OA's rotating pair of tokens: renewed early, by exactly one process, kept before it is used.

Zalo's access token lives 25 hours; its refresh token works once and lives three months. When a new
pair is issued the old access token is dead at once. What follows from that:

- The pair is renewed at half its life, so that there is half a day to notice a failure.
- Only the holder of the database's lease asks Zalo. The others wait and read what it kept.
- The answer is kept before it is used. Where the database fails at that moment the pair stays in
  memory and is kept as soon as it can be; the process does not let it go before.
- A crash between Zalo's answer and the commit loses the pair: Zalo offers no second look at it. The
  access token at hand is dead then too, every letter ends in `ConsentNeeded`, and an administrator
  consents again by `python -m bot zalo connect`, or sets BOT_ZALO_REFRESH_TOKEN to a new token.
- The setting is taken once for each value it ever had: setting a token from a new consent replaces
  the pair, a restart with the old setting changes nothing.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.channel import Misconfigured, Refused, Throttled, Unknown, Unreachable
from bot.channels.zalo.client import Client
from bot.channels.zalo.errors import RATE, TokenRefused, reason
from bot.settings import Settings
from storage.credentials import LEASE, Credential, Credentials
from storage.database import StoreUnavailable
from storage.sealing import CannotUnseal

log = structlog.get_logger(__name__)

NAME: Final = "zalo"

PATH: Final = "/v4/oa/access_token"

LIFE: Final = timedelta(hours=25)
"""How long an access token lives where the answer does not say."""

LONGEST: Final = timedelta(days=365)

PATIENCE: Final = 10.0
"""Seconds that a letter waits for another process to renew; the outbox tries it again later."""

LOOK: Final = 0.25
"""Seconds between two looks whether the other process is ready."""

PAUSE: Final = timedelta(minutes=1)
"""Between two tries to renew early, while the pair at hand still serves."""


PENANCE: Final = timedelta(minutes=5)
"""How long Zalo is not asked again for a refresh token that it refused, while somebody may be
repairing the app in its console."""

FAREWELL: Final = 6.0
"""Seconds that a renewal under way gets when the service ends, which has ten in all."""


class ConsentNeeded(Misconfigured):
    """Only an administrator's new consent to the OA opens it again.

    Args:
        reason: as in SendError.
        episode: tells this loss of the consent from the next.
        sent: as in SendError.
    """

    def __init__(self, reason: str = "", *, episode: str = "", sent: tuple[str, ...] = ()) -> None:
        super().__init__(reason, sent=sent)
        self.episode = episode


@dataclass(frozen=True, slots=True)
class _Dead:
    """A refresh token that Zalo refused."""

    refresh: str = field(repr=False)
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Won:
    """A pair that came from Zalo and is not kept yet."""

    used: str = field(repr=False)
    pair: Credential


class Tokens:
    """Gives the access token.

    Args:
        settings: the app's id and secret, the first refresh token, the address of the OAuth server.
        kept: the pairs in the database.
        client: asks Zalo.
        clock: tells how old a pair is.
    """

    def __init__(
        self,
        settings: Settings,
        kept: Credentials,
        client: Client,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._kept = kept
        self._client = client
        self._clock = clock
        self._pair: Credential | None = None
        self._won: _Won | None = None
        self._dead: _Dead | None = None
        self._renewing: asyncio.Task[Credential] | None = None
        self._early_from: datetime | None = None
        self._seeded = False

    async def access(self) -> str:
        """Give an access token that should work; renew it where it has run out.

        At half its life it is renewed in the background while the one at hand serves on.

        Raises:
            ConsentNeeded: only a new consent helps; the reason says so.
            Unreachable: Zalo or the database cannot be reached, or another process is renewing.
        """
        pair = self._pair
        now = self._clock()
        if pair is None or not _serves(pair, now):
            pair = await self._renew("")
        elif now >= due(pair) and (self._early_from is None or now >= self._early_from):
            self._early_from = now + PAUSE
            self._start(pair.access)
        return pair.access

    async def renew(self, refused: str) -> str:
        """Give another access token than the one that Zalo just refused; raises as `access`."""
        pair = await self._renew(refused)
        if pair.access == refused:
            # It joined a renewal that had begun before anybody knew of the refusal.
            pair = await self._renew(refused)
        return pair.access

    async def keep_fresh(self) -> datetime:
        """Renew the pair if it is due and tell when it is next; raises as `access`."""
        pair = self._pair
        now = self._clock()
        if pair is None or not _serves(pair, now):
            pair = await self._renew("")
        if now >= due(pair):
            pair = await self._renew(pair.access)
        return due(pair)

    async def consented(self, code: str, verifier: str) -> None:
        """Trade the code of a new consent for a pair and keep it.

        Args:
            code: what came to the callback; it works once, for ten minutes.
            verifier: the words of which the consent link carried the hash (PKCE).

        Raises:
            ConsentNeeded: Zalo does not take the code.
            Throttled: not now; the code may still work.
            Unreachable: no answer, or the pair that came could not be kept: consent again.
        """
        form = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
        pair = await self._pair_for(form, episode="code")
        try:
            await self._kept.consented(NAME, pair)
        except StoreUnavailable as error:
            raise Unreachable("the store of the token cannot be reached") from error
        log.info("zalo consent kept", expires_at=pair.expires_at)
        self._pair, self._dead, self._early_from = pair, None, None

    async def close(self) -> None:
        """Let a renewal that is under way come to its end, so that its pair is not lost."""
        if self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=FAREWELL)
        if self._won is not None:
            try:
                await self._keep_won()
            except StoreUnavailable:
                log.critical("zalo token lost", reason="it could not be kept before the end")

    async def _renew(self, refused: str) -> Credential:
        task = self._start(refused)
        # Whoever waits may be cancelled; the request that uses up the refresh token must not be.
        return await asyncio.shield(task)

    def _start(self, refused: str) -> asyncio.Task[Credential]:
        """Begin a renewal, or join the one under way."""
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._settle(refused), name="zalo token")
            self._renewing.add_done_callback(self._ended)
        return self._renewing

    def _ended(self, task: asyncio.Task[Credential]) -> None:
        self._renewing = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("zalo token not renewed", error=type(error).__name__, reason=str(error))

    async def _settle(self, refused: str) -> Credential:
        """Come to a pair whose access token is not the refused one."""
        try:
            self._pair = await self._obtain(refused)
        except StoreUnavailable as error:
            raise Unreachable("the store of the token cannot be reached") from error
        except CannotUnseal as error:
            raise ConsentNeeded(
                "the kept token was sealed with another secret key: consent again",
                episode="sealed otherwise",
            ) from error
        self._early_from = None
        return self._pair

    async def _obtain(self, refused: str) -> Credential:
        await self._keep_won()
        await self._seed()
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            pair = await self._kept.read(NAME)
            if pair is None:
                raise ConsentNeeded(
                    "no consent yet: python -m bot zalo connect, or BOT_ZALO_REFRESH_TOKEN",
                    episode="first",
                )
            if self._is_other(pair, refused):
                return pair
            leased = await self._kept.lease(NAME)
            if leased is not None:
                break
            if loop.time() >= until:
                raise Unreachable("another process is renewing the token")
            await asyncio.sleep(LOOK)
        lease, pair = leased
        try:
            # Another process may have renewed between our look and our lease.
            if self._is_other(pair, refused):
                return pair
            self._won = _Won(pair.refresh, await self._ask(pair.refresh))
            await self._keep_won()
        finally:
            await self._release(lease)
        return await self._obtain_kept()

    def _is_other(self, pair: Credential, refused: str) -> bool:
        return pair.access != refused and _serves(pair, self._clock())

    async def _obtain_kept(self) -> Credential:
        pair = await self._kept.read(NAME)
        if pair is None or not pair.access:
            # A new consent came in between; the next one who needs a token renews from it.
            raise Unreachable("a new consent replaced the token")
        return pair

    async def _release(self, lease: str) -> None:
        try:
            await self._kept.release(NAME, lease)
        except StoreUnavailable:
            log.warning("zalo token lease not returned", seconds=LEASE.total_seconds())

    async def _seed(self) -> None:
        """Take the refresh token of the settings, once in the life of the process."""
        token = self._settings.zalo_refresh_token.get_secret_value()
        if token and not self._seeded and await self._kept.seed(NAME, token):
            log.info("zalo token taken from the settings")
        self._seeded = True

    async def _keep_won(self) -> None:
        """Keep the pair that was won, now or when the database can be written again."""
        if self._won is None:
            return
        if not await self._kept.replace(NAME, self._won.used, self._won.pair):
            log.warning("zalo token dropped", reason="a newer consent stands there")
        self._won = None

    async def _ask(self, refresh: str) -> Credential:
        """Ask Zalo for the next pair; only one who holds the lease may."""
        dead, episode = self._dead, hashlib.sha256(refresh.encode()).hexdigest()
        if dead is not None and dead.refresh == refresh and self._clock() < dead.until:
            raise ConsentNeeded(dead.why, episode=episode)
        form = {"refresh_token": refresh, "grant_type": "refresh_token"}
        try:
            return await self._pair_for(form, episode)
        except ConsentNeeded as error:
            self._dead = _Dead(refresh, error.reason, self._clock() + PENANCE)
            raise

    async def _pair_for(self, form: Mapping[str, str], episode: str) -> Credential:
        """Ask the OAuth server for a pair; what it refuses only a new consent helps."""
        whole = {**form, "app_id": self._settings.zalo_app_id}
        headers = {"secret_key": self._settings.zalo_app_secret.get_secret_value()}
        try:
            answer = await self._client.post_form(
                self._settings.zalo_oauth_url + PATH, whole, headers
            )
        except Unknown as error:
            # Asked again: where Zalo did renew it will say that the token is used up.
            raise Unreachable(error.reason) from error
        except (TokenRefused, Refused) as error:
            raise _lost(str(error), episode) from None
        pair = _pair(answer, self._clock())
        if pair is not None:
            log.info("zalo token renewed", expires_at=pair.expires_at)
            return pair
        code = number(answer.get("error"))
        words = answer.get("error_name") or answer.get("message")
        if code == RATE:
            raise Throttled(reason(code, words), after=10.0)
        raise _lost(reason(code, words), episode)


def _lost(why: str, episode: str) -> ConsentNeeded:
    return ConsentNeeded(f"consent to the OA again, its token is refused: {why}", episode=episode)


def due(pair: Credential) -> datetime:
    """When a pair is to be renewed: at half its life."""
    if pair.expires_at is None or pair.renewed_at is None:
        raise ValueError("a pair without an access token has no life")
    return pair.renewed_at + (pair.expires_at - pair.renewed_at) / 2


def number(value: object) -> int:
    """Read an error number, which comes as a number or as a string; 1 where it is neither."""
    if isinstance(value, (int, str)):
        try:
            return int(value)
        except ValueError:
            return 1
    return 1


def _serves(pair: Credential, now: datetime) -> bool:
    return bool(pair.access) and pair.expires_at is not None and now < pair.expires_at


def _pair(answer: object, now: datetime) -> Credential | None:
    """Read the answer; any without an access token is a failure, whatever else it says."""
    if not isinstance(answer, dict):
        return None
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if not isinstance(access, str) or not isinstance(refresh, str) or not access or not refresh:
        return None
    seconds = number(answer.get("expires_in"))
    life = timedelta(seconds=seconds) if 1 < seconds < LONGEST.total_seconds() else LIFE
    return Credential(access=access, refresh=refresh, expires_at=now + life, renewed_at=now)
