"""OAuth v4 of an Official Account: one rotating pair of tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from tests.emulators.wire import Answer, Call, Clock
from tests.emulators.zalo.refusals import OAUTH_REFUSALS, Refusal

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(hours=25)
REFRESH_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class App:
    """What the two consoles show; the ids are the documentation's sample ids."""

    app_id: str = "360846524940903967"
    app_secret: str = "APP_SECRET_TEST"
    oa_id: str = "388613280878808645"
    oa_secret_key: str = "OA_SECRET_TEST"
    oa_name: str = "UBND xã (giả lập)"
    callback: str = "https://xa.example.vn/zalo/callback"


class Grants:
    """The tokens in force. `access_life` may be short, so that a test sees them run out."""

    def __init__(self, app: App, clock: Clock, *, access_life: timedelta = ACCESS_LIFE) -> None:
        self.app = app
        self.access_life = access_life
        self.challenge = ""
        self.refreshes = 0
        self._clock = clock
        self._used: set[str] = set()
        self._codes: dict[str, datetime] = {}
        self._expired_in_turn = itertools.cycle((-216, -220))
        self._issue()

    def _issue(self) -> None:
        now = self._clock.now()
        self.access_token = "ACCESS-" + secrets.token_urlsafe(24)
        self.refresh_token = "REFRESH-" + secrets.token_urlsafe(24)
        self.access_until = now + self.access_life
        self.refresh_until = now + REFRESH_LIFE

    def consent(self, verifier: str = "") -> str:
        """An administrator pressed "Cho phép": the code that comes to the callback address.

        With a verifier the console's code challenge is set to its SHA-256 (sheet A2, PKCE).
        """
        if verifier:
            digest = hashlib.sha256(verifier.encode()).digest()
            self.challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        code = "CODE-" + secrets.token_urlsafe(16)
        self._codes[code] = self._clock.now() + CODE_LIFE
        return code

    def granted(self) -> None:
        """An administrator agreed anew and holds a pair in hand, as the API Explorer shows one."""
        self._issue()

    def revoke(self) -> None:
        """The administrator withdrew the consent: neither token works any more."""
        self.refresh_token = ""
        self.access_token = ""

    def expire_access(self) -> None:
        """The access token runs out now."""
        self.access_until = self._clock.now()

    def permission(self, call: Call, *, active: bool = True) -> Answer:
        """GET /v4/oa/permission: the consent page, on which the administrator agrees at once.

        Sheet A0, 1 and 4: an app that is not active and an address that is not the console's
        "Official Account Callback Url" are refused. Sheet A2: else `<callback>?code=…&oa_id=…`.
        """
        if not active or call.query.get("app_id") != self.app.app_id:
            return _oauth_answer(Refusal(-14002, OAUTH_REFUSALS[-14002]))
        if call.query.get("redirect_uri") != self.app.callback:
            return _oauth_answer(Refusal(-14003, OAUTH_REFUSALS[-14003]))
        self.challenge = call.query.get("code_challenge", self.challenge)
        given = {"code": self.consent(), "oa_id": self.app.oa_id}
        if "state" in call.query:
            given["state"] = call.query["state"]
        headers = {"Location": f"{self.app.callback}?{urlencode(given)}"}
        return Answer(status=302, raw=b"", content_type="text/html", headers=headers)

    def exchange(self, call: Call, *, active: bool = True) -> Answer:
        """POST /v4/oa/access_token (Zalo OA sheet A2); an app must be active (A0, 1)."""
        try:
            self._check_client(call, active=active)
            self._spend(call.body)
        except Refusal as refusal:
            return _oauth_answer(refusal)
        self._issue()
        return Answer(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                # A string in the real answer too (sheet A2): int("90000") is the client's work.
                "expires_in": str(int(self.access_life.total_seconds())),
            }
        )

    def _check_client(self, call: Call, *, active: bool) -> None:
        if not active:
            raise Refusal(-14002, OAUTH_REFUSALS[-14002])
        if call.headers.get("secret_key") != self.app.app_secret:
            raise Refusal(-14004, OAUTH_REFUSALS[-14004])
        # A JSON body leaves every form field empty, so it fails as an unknown app (sheet A2).
        is_form = call.headers.get("Content-Type", "").startswith(
            "application/x-www-form-urlencoded"
        )
        if call.verb != "POST" or not is_form or call.body.get("app_id") != self.app.app_id:
            raise Refusal(-14002, OAUTH_REFUSALS[-14002])

    def _spend(self, form: Mapping[str, str]) -> None:
        grant = form.get("grant_type")
        if grant == "authorization_code":
            self._redeem(form)
        elif grant == "refresh_token":
            self._refresh(form)
        else:
            raise Refusal(-14018, OAUTH_REFUSALS[-14018])

    def _redeem(self, form: Mapping[str, str]) -> None:
        # Sheet A2: the code lives 10 minutes and works once.
        until = self._codes.pop(form.get("code", ""), None)
        if until is None or until <= self._clock.now():
            raise Refusal(-14005, OAUTH_REFUSALS[-14005])
        if self.challenge:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            got = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if not hmac.compare_digest(got, self.challenge):
                # Which number a wrong verifier gets is not known; this one means "start again".
                raise Refusal(-118, OAUTH_REFUSALS[-118])

    def _refresh(self, form: Mapping[str, str]) -> None:
        token = form.get("refresh_token", "")
        if token in self._used:
            raise Refusal(-14020, OAUTH_REFUSALS[-14020])
        if not token or token != self.refresh_token or self._clock.now() >= self.refresh_until:
            raise Refusal(-14014, OAUTH_REFUSALS[-14014])
        self._used.add(token)
        self.refreshes += 1

    def check(self, call: Call, *, needs_proof: bool = False, expired: int = 0) -> None:
        """Raises the refusal that a call of the OpenAPI with bad credentials gets.

        `expired` replaces the two answers that stand for an expired token, which take turns
        because both are seen in practice (sheet A3.6, last line).
        """
        if "Authorization" in call.headers:
            # Sheet fact 1: never `Authorization: Bearer`; sheet E.2 asks to refuse it.
            raise Refusal(expired or -216)
        token = call.headers.get("access_token", "")
        if not token or token != self.access_token:
            # A rotated token is dead at once (sheet A2, fact 5).
            raise Refusal(expired or -216)
        if self._clock.now() >= self.access_until:
            raise Refusal(expired or next(self._expired_in_turn), "Access token has expired")
        if needs_proof:
            self._check_proof(call.headers.get("appsecret_proof", ""), token)

    def _check_proof(self, proof: str, token: str) -> None:
        """Sheet A2, last line: HMAC-SHA256 of the token under the app secret."""
        want = hmac.new(self.app.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof.encode(), want.encode()):
            raise Refusal(-242)


def _oauth_answer(refusal: Refusal) -> Answer:
    """HTTP 200 with `error_name`, and no `access_token` (Zalo OA sheet A2, failure)."""
    return Answer(
        {
            "error": refusal.code,
            "error_name": refusal.message,
            "error_description": refusal.message,
            "error_reason": refusal.message,
            "ref_doc": "https://developers.zalo.me/docs/official-account",
        }
    )
