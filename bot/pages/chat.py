"""The pages people chat on: the web chat, its embedding into other sites, and the practice page."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from bot.pages.carrying import CARRY
from bot.pages.guarding import CSP, policy
from bot.pages.rendering import language_of, page, rendered
from bot.pages.site import Site
from messages.envelope import Address
from messages.languages import say
from messages.text import Sayable, Text, _

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

TEXTS: dict[str, Text] = {
    "you": _("You:"),
    "commune": _("The commune:"),
    "lost": _("The connection was lost. Trying again…"),
    "offline": _("There is no network. What you write is sent as soon as there is one."),
    "sending": _("sending…"),
    "sent": _("sent"),
    "failed": _("not sent"),
    "again": _("Send again"),
    "photo": _("Photo"),
    "photo_sending": _("The photo is being sent…"),
    "photo_failed": _("The photo could not be sent. Please try again."),
    "photo_large": _("The photo is too large. Please choose a smaller one."),
    "cancel": _("Cancel"),
    "voice": _("Voice message"),
    "voice_sending": _("The voice message is being sent…"),
    "voice_failed": _("The voice message could not be sent. Please try again."),
    "voice_unknown": _("This device gives no sound. Please write it in words."),
    "news_title": _("News from the commune"),
    "news_text": _("There is a new message for you. Open the chat to read it."),
    "place_sent": _("My place on the map"),
    "place_asking": _("Asking this device for the place…"),
    "place_unknown": _("This device does not tell its place. Please write it in words."),
    "map": _("See it on the map"),
    "file": _("Open the file"),
}
"""What the script on the page says."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One chat on a page.

    Attributes:
        title: who chats there; "" where it goes without saying.
        socket: path of its socket.
        poll: path of what is asked where no socket can be had.
        upload: path of its photo form.
        memory: under which name the browser remembers the conversation until it is closed.
        start: what a start link carried.
        carry: path where a code is had that carries it to a phone, "" where it stays here.
        tries: what may be tried, each sent as it stands.
        hint: what to do there.
    """

    title: Text | None
    socket: str
    poll: str
    upload: str
    memory: str
    start: str = ""
    carry: str = ""
    tries: tuple[Sayable, ...] = ()
    hint: Text | None = None


EMPTY = Phone(
    title=None,
    socket="/chat/ws",
    poll="/chat/poll",
    upload="/chat/upload",
    memory="",
    carry=CARRY,
)
"""The chat of whoever opens it: without a network nobody can tell who that is."""


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes of the chat pages; `/demo` only where there is practice."""

    async def chat(request: web.Request) -> web.Response:
        start = request.query.get("start", "")
        phone = replace(
            EMPTY,
            memory=_memory("chat", site.identity.person(request)),
            start=start if _PAYLOAD.fullmatch(start) else "",
        )
        answer = page(site, request, "chat.html", phone=phone, texts=texts_of(request))
        site.identity.give(request, answer)
        answer.headers[CSP] = policy(site.settings.embed_origins, worker=True)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def embed(request: web.Request) -> web.Response:
        # A browser takes a framed page's cookie only over https: without one each visit is new.
        framed = site.settings.public_url.startswith("https://") or site.settings.is_loopback
        origins = site.settings.embed_origins if framed else ()
        script = rendered(site, request, "embed.js", origins=origins)
        # Other sites load this script into their own pages.
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return web.Response(
            text=script, content_type="text/javascript", charset="utf-8", headers=headers
        )

    found = [web.get("/chat", chat), web.get("/chat/embed.js", embed)]
    if site.practice:
        found.append(_demo(site, site.practice))
    return found


def _demo(site: Site, practice: Mapping[str, Address]) -> web.RouteDef:
    async def demo(request: web.Request) -> web.Response:
        played = (
            ("citizen", _("A citizen"), _CITIZEN_TRIES, _CITIZEN_HINT),
            ("officer", _("An officer on duty"), _OFFICER_TRIES, _OFFICER_HINT),
            ("staff", _("A member of staff"), _STAFF_TRIES, _STAFF_HINT),
        )
        phones = [
            Phone(
                title=title,
                socket=f"/demo/ws?as={who}",
                poll=f"/demo/poll?as={who}",
                upload=f"/demo/upload?as={who}",
                memory=_memory(who, practice[who]),
                tries=tries,
                hint=hint,
            )
            for who, title, tries, hint in played
        ]
        folder = str(site.settings.var_dir / "practice")
        return page(
            site, request, "demo.html", phones=phones, texts=texts_of(request), folder=folder
        )

    return web.get("/demo", demo)


_CITIZEN_TRIES = (
    _("/gopy The street light beside the culture house has been out for three nights"),
    _("My child was just born, which papers do I need?"),
)
_CITIZEN_HINT = _("Write as a citizen: send feedback or ask about a procedure.")
_OFFICER_TRIES = ("/viec",)
_OFFICER_HINT = _("Press Answer on a new ticket, then write what the citizen is to read.")
_STAFF_TRIES = ("/report", "/report 2026-H1")
_STAFF_HINT = _("See what has come together for the report.")


def _memory(name: str, person: Address) -> str:
    """Name what the browser remembers by who it is, so that nobody sees another's conversation."""
    told = hashlib.sha256(f"{person.channel}:{person.id}".encode()).hexdigest()
    return f"{name}:{told[:16]}"


def texts_of(request: web.Request) -> str:
    """Give what the script on the page says, as JSON."""
    language = language_of(request)
    return json.dumps({name: say(text, language) for name, text in TEXTS.items()})
