"""The Zalo emulator: one server for OAuth, OpenAPI, ZBS and media, and the citizens around it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.emulators.wire import Answer, Call, Clock, Json, LoopbackServer
from tests.emulators.zalo import messages, people, templates
from tests.emulators.zalo.citizen import Anonymous, Citizen, Letter
from tests.emulators.zalo.credentials import ACCESS_LIFE, App, Grants
from tests.emulators.zalo.events import Events
from tests.emulators.zalo.refusals import Refusal, invalid
from tests.emulators.zalo.uploads import MediaServer, Uploads
from tests.emulators.zalo.webhook import WebhookPlayer

Endpoint = Callable[["ZaloEmulator", Call], Answer]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
NOT_ACTIVE = -209

POSTS: dict[str, Endpoint] = {
    "/v3.0/oa/message/cs": messages.consultation,
    "/v2.0/oa/message": messages.second_version,
    "/v3.0/oa/group/message": messages.group,
    "/v3.0/oa/message/template": templates.to_user_id,
    "/v3.0/oa/quota/message": people.quota,
    "/v3.0/oa/user/update": people.update,
    "/v2.0/oa/deletefollowerinfo": people.forget,
    "/v2.0/oa/tag/tagfollower": people.tag_follower,
    "/v2.0/oa/tag/rmfollowerfromtag": people.untag_follower,
    "/v2.0/oa/tag/rmtag": people.remove_tag,
    "/message/template": templates.to_phone,
    "/message/template/hashphone": templates.to_hashed_phone,
}
GETS: dict[str, Endpoint] = {
    "/v3.0/oa/user/detail": people.detail,
    "/v3.0/oa/user/getlist": people.getlist,
    "/v2.0/oa/getoa": people.account,
    "/v2.0/oa/conversation": people.conversation,
    "/v2.0/oa/listrecentchat": people.recent_chats,
    "/v2.0/oa/tag/gettagsofoa": people.tags,
    "/message/status": templates.status,
    "/message/quota": templates.quota,
    "/template/all": templates.every,
    "/template/info/v2": templates.info,
}
UPLOADS = frozenset(f"/v2.0/oa/upload/{kind}" for kind in ("image", "gif", "file"))
# Zalo OA sheet fact 7, A3.1 and A5: shut down. Only the number of /v2.0/oa/message is known.
DEAD = frozenset(
    {
        "/v3.0/oa/message/transaction",
        "/v3.0/oa/message/promotion",
        "/v2.0/oa/getprofile",
        "/v2.0/oa/getfollowers",
    }
)


@dataclass(slots=True)
class Switches:
    """What differs between one Official Account and another, or from day to day.

    `account_requests_per_minute` is what the account's package allows, which Zalo does not publish.
    `standing` is a number of sheet A3.6 with which every call is refused: -209 app not active,
    -212 API not registered, -221 not verified, -223 not authorised, -224 package, -204, -205 …
    """

    buttons_supported: bool = False
    list_supported: bool = False
    echoes: bool = True
    receipts: bool = False
    needs_proof: bool = False
    standing: int = 0
    requests_per_minute: int = 4000
    account_requests_per_minute: int = 4000


class ZaloEmulator(LoopbackServer):
    """Set every BOT_ZALO_*_URL to `url`; `environment()` has all settings a bot needs.

    `paid_left` is what is left of the package for messages after the free 48 hours; None means
    that each is billed one by one.
    """

    def __init__(
        self,
        *,
        webhook: str = "",
        app: App | None = None,
        clock: Clock | None = None,
        switches: Switches | None = None,
        access_life: timedelta = ACCESS_LIFE,
        retry_scale: float = 0.01,
        keep: int | None = None,
        keep_alive: bool = False,
    ) -> None:
        super().__init__(clock=clock, keep=keep)
        self.app = app or App()
        self.switches = switches or Switches()
        self.grants = Grants(self.app, self.clock, access_life=access_life)
        self.events = Events(self.app, self.clock.milliseconds)
        self.webhook = WebhookPlayer(
            self.app, webhook, retry_scale=retry_scale, keep_alive=keep_alive
        )
        self.uploads = Uploads(self.clock)
        self.media = MediaServer()
        self.templates = templates.Templates()
        self.citizens: dict[str, Citizen] = {}
        self.anonymous_people: dict[str, Anonymous] = {}
        self.groups: dict[str, list[Letter]] = {}
        self.disabled_groups: set[str] = set()
        self.paid_left: int | None = None
        self.paid_total = 0
        self._within_a_minute: deque[datetime] = deque()
        self._refusals: list[tuple[int, int, Callable[[Call], bool]]] = []

    async def start(self, port: int = 0) -> ZaloEmulator:
        await super().start(port)
        self.media.origin = self.url
        return self

    async def close(self) -> None:
        await self.webhook.close()
        await super().close()

    def environment(self) -> dict[str, str]:
        """The settings of a bot that uses this account."""
        return {
            "BOT_ZALO_APP_ID": self.app.app_id,
            "BOT_ZALO_APP_SECRET": self.app.app_secret,
            "BOT_ZALO_OA_ID": self.app.oa_id,
            "BOT_ZALO_OA_SECRET_KEY": self.app.oa_secret_key,
            "BOT_ZALO_REFRESH_TOKEN": self.grants.refresh_token,
            "BOT_ZALO_API_URL": self.url,
            "BOT_ZALO_OAUTH_URL": self.url,
            "BOT_ZALO_ZBS_URL": self.url,
            "BOT_ZALO_MEDIA_HOSTS": f"{self.host}:{self.port}",
        }

    def citizen(self, user_id: str = "246845883529197922", name: str = "Nguyễn Văn A") -> Citizen:
        """The person with this id; the first time they are made, and have never interacted."""
        if user_id not in self.citizens:
            by_app = str(552177279717587730 + len(self.citizens))
            self.citizens[user_id] = Citizen(self, user_id, by_app, name)
        return self.citizens[user_id]

    def anonymous(self, anonymous_id: str = "anon_7f21c0") -> Anonymous:
        person = Anonymous(self, anonymous_id, f"conv_{anonymous_id}")
        return self.anonymous_people.setdefault(anonymous_id, person)

    def package(self, messages_left: int) -> None:
        """Buys a package of messages for the time after the free 48 hours."""
        self.paid_left = self.paid_total = messages_left

    def refuses(
        self, code: int, *, times: int = 1, when: Callable[[Call], bool] = lambda _: True
    ) -> None:
        """The next `times` calls that `when` picks are refused with this number of the sheet."""
        self._refusals.append((code, times, when))

    async def letters_to(
        self, person: Citizen | str, at_least: int = 1, within: float = 5.0
    ) -> list[Letter]:
        """The letters to a person, as soon as there are `at_least` so many."""
        citizen = self.citizen(person) if isinstance(person, str) else person
        texts = [letter.text for letter in citizen.letters]
        what = f"{at_least} letters to {citizen.id}; so far {texts}"
        await self.until(lambda: len(citizen.letters) >= at_least, within, what)
        return list(citizen.letters)

    def local_hour(self) -> int:
        return self.clock.now().astimezone(ZONE).hour

    async def answer(self, call: Call) -> Answer:
        if call.path.startswith("/media/"):
            return self.media.serve(call)
        if call.path in {"/v4/oa/access_token", "/v4/oa/permission"}:
            ask = self.grants.exchange if call.verb == "POST" else self.grants.permission
            return ask(call, active=self.switches.standing != NOT_ACTIVE)
        try:
            answer = self._answer_api(call)
        except Refusal as refusal:
            answer = refusal.answer()
        # Sheet A3.4: on every call.
        limit = self.switches.requests_per_minute
        answer.headers["X-RateLimit-Limit"] = str(limit)
        answer.headers["X-RateLimit-Remain"] = str(max(0, limit - len(self._within_a_minute)))
        return answer

    def _answer_api(self, call: Call) -> Answer:
        if call.path in DEAD:
            raise Refusal(-240)
        endpoint = (POSTS if call.verb == "POST" else GETS).get(call.path)
        if endpoint is None and not (call.verb == "POST" and call.path in UPLOADS):
            # What Zalo says of an unknown address is not known; no client may rely on it.
            return Answer(status=404, raw=b"<html>Not Found</html>", content_type="text/html")
        is_business = not call.path.startswith(("/v2.0/", "/v3.0/"))
        # Sheet A7: the ZNS table has its own number for any bad token.
        expired = -124 if is_business else 0
        self.grants.check(call, needs_proof=self.switches.needs_proof, expired=expired)
        self._check_rate()
        if self.switches.standing:
            raise Refusal(self.switches.standing)
        self._check_planned(call)
        if endpoint is None:
            return self.uploads.take(call)
        if call.verb == "POST":
            _check_json(call)
        return endpoint(self, call)

    def _check_rate(self) -> None:
        """Sheet A3.5: 4,000 requests a minute for one app, then -32."""
        now = self.clock.now()
        while self._within_a_minute and now - self._within_a_minute[0] >= MINUTE:
            self._within_a_minute.popleft()
        if len(self._within_a_minute) >= self.switches.requests_per_minute:
            raise Refusal(-32)
        if len(self._within_a_minute) >= self.switches.account_requests_per_minute:
            # Sheet A3.5: a limit per account by its package, told in other words.
            raise Refusal(-32, "Your OA reached limit call api")
        self._within_a_minute.append(now)

    def _check_planned(self, call: Call) -> None:
        for place, (code, times, when) in enumerate(self._refusals):
            if when(call):
                if times > 1:
                    self._refusals[place] = (code, times - 1, when)
                else:
                    del self._refusals[place]
                raise Refusal(code)

    def echo_later(self, citizen: Citizen, name: str, message: Json) -> None:
        """After an accepted message: its echo, then the receipts, as far as switched on."""
        if self.webhook.url and (self.switches.echoes or self.switches.receipts):
            self.background(asyncio.create_task(self._echo(citizen, name, message)))

    async def _echo(self, citizen: Citizen, name: str, message: Json) -> None:
        if self.switches.echoes:
            await citizen.echoes(name, message)
        if self.switches.receipts:
            await citizen.receives(message["msg_id"])
            await citizen.sees(message["msg_id"])

    def template_receipt_later(self, phone: str, message_id: str, tracking_id: str) -> None:
        if self.webhook.url and self.switches.receipts:
            event = self.events.template_received(phone, message_id, tracking_id)
            self.background(asyncio.create_task(self._template_receipt(event)))

    async def _template_receipt(self, event: Json) -> None:
        await self.webhook.deliver(event, extra_headers={"X-ZEvent-Server": "ZNS"})

    async def control(self, name: str, body: Json) -> object:
        """Orders: `says {id, text}`, `letters {id}`, `webhook {url}`, `deliveries`."""
        if name == "says":
            delivery = await self.citizen(body["id"]).says(body["text"])
            return {"status": delivery.status, "msg_id": delivery.message_id}
        if name == "letters":
            return [letter.message for letter in self.citizen(body["id"]).letters]
        if name == "webhook":
            self.webhook.url = body["url"]
            return {"url": self.webhook.url}
        if name == "deliveries":
            return [
                {"msg_id": delivery.message_id, "accepted": delivery.accepted}
                for delivery in self.webhook.deliveries
            ]
        return await super().control(name, body)


def _check_json(call: Call) -> None:
    """Sheet A3.1: Content-Type must be application/json, the body one JSON object."""
    if not call.headers.get("Content-Type", "").startswith("application/json"):
        raise invalid("Content-Type")
    if call.unreadable or not call.raw:
        raise invalid("body")
