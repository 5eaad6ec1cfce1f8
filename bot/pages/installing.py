"""The chat as an app on a phone: its manifest, and the worker that opens it without a network."""

import hashlib
import json

from aiohttp import web

from bot.pages.chat import EMPTY, texts_of
from bot.pages.guarding import CSP, policy
from bot.pages.icons import SIZES
from bot.pages.rendering import STATIC, TEMPLATES, language_of, page, rendered, with_language
from bot.pages.site import Site
from messages.languages import LANGUAGES, say
from messages.text import _

GROUND, BAR = "#ffffff", "#0a5a43"
SHELL = "/chat/shell"
KEPT = (".js", ".css", ".svg")
NOT_IN_THE_SHELL = frozenset({"practice.js", "copy.js"})


def routes(site: Site) -> list[web.RouteDef]:
    """Give the manifest, the worker and the empty page that it keeps."""
    version = _version(site)

    async def manifest(request: web.Request) -> web.Response:
        language = language_of(request)
        name = site.commune.name.say(language)
        said = {
            "name": say(_("Write to {commune}", commune=name), language),
            "short_name": name,
            "lang": language,
            "id": "/chat",
            "start_url": with_language("/chat", language),
            "scope": "/chat",
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": BAR,
            "icons": [
                {
                    "src": f"/icon-{side}.png",
                    "sizes": f"{side}x{side}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for side in SIZES[1:]
                for purpose in ("any", "maskable")
            ],
        }
        text = json.dumps(said, ensure_ascii=False)
        return web.Response(text=text, content_type="application/manifest+json", charset="utf-8")

    async def worker(request: web.Request) -> web.Response:
        opened = {language: with_language(SHELL, language) for language in LANGUAGES}
        script = rendered(
            site,
            request,
            "worker.js",
            name=f"shell-{version}",
            shell=[*opened.values(), *_files()],
            opened=opened,
        )
        return web.Response(
            text=script,
            content_type="text/javascript",
            charset="utf-8",
            # It stands below the page that it serves.
            headers={"Service-Worker-Allowed": "/chat"},
        )

    async def shell(request: web.Request) -> web.Response:
        answer = page(site, request, "chat.html", phone=EMPTY, texts=texts_of(request))
        answer.headers[CSP] = policy(worker=True)
        return answer

    return [
        web.get("/chat/manifest.webmanifest", manifest),
        web.get("/chat/worker.js", worker),
        web.get(SHELL, shell),
    ]


def _files() -> list[str]:
    """Give the addresses of what the chat page is made of."""
    names = (path.name for path in sorted(STATIC.iterdir()) if path.suffix in KEPT)
    return [f"/static/{name}" for name in names if name not in NOT_IN_THE_SHELL]


def _version(site: Site) -> str:
    """Name what the worker keeps by its content, so that a change is fetched anew."""
    told = hashlib.sha256(repr(site.commune.name).encode())
    for folder in (STATIC, TEMPLATES):
        for path in sorted(folder.iterdir()):
            told.update(path.read_bytes())
    return told.hexdigest()[:16]
