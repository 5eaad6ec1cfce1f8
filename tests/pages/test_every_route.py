"""Every address of the program, whatever it answers: the headers, the cookies, the URLs."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import _channels, _practice, _site, application, ground_at
from bot.channels.web.identity import CookieIdentity
from bot.pages.guarding import MACHINES
from bot.pages.media import MediaLinks
from bot.service import Service
from handlers.office import Office
from storage.sealing import Box
from tests.conftest import COMMUNE, Hands
from tests.databases import SECRET, Databases
from tests.pages.conftest import settings

Client = TestClient[web.Request, web.Application]

SECRETS = {
    "telegram_token": "7100000001:AAsecret-of-the-bot",
    "telegram_webhook_secret": "secret-of-the-webhook",
    "zalo_app_id": "1234567890",
    "zalo_app_secret": "secret-of-the-app",
    "zalo_oa_secret_key": "secret-of-the-account",
    "metrics_token": "secret-of-the-watch",
}
PUBLIC = {
    "public_url": "https://chat.xa.example.vn",
    "telegram_mode": "webhook",
    "embed_origins": "https://xa.example.vn",
    **SECRETS,
}
FILLED = {"filename": "page.js", "code": "KS01", "digest": "0" * 64}
URLS = re.compile(r"""(?:href|src|action|content)="([^"]*)"|(?:wss?|https?)://[^\s"'<>]+""")
UNSAFE = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "data:", "http:", "https:", "*")


@asynccontextmanager
async def _answering(
    url: str, office: Office, hands: Hands, folder: Path, **given: str
) -> AsyncIterator[Client]:
    """Serve everything as the program does; what runs beside the answers is not started."""
    known = settings(var_dir=folder, commune_dir=COMMUNE, **given)
    box = Box(SECRET)
    ground = await ground_at(url, box, office, hands, media=folder / "media")
    identity = CookieIdentity(
        box.signing_key,
        secure=known.public_url.startswith("https://"),
        embeddable=bool(known.embed_origins),
    )
    links = MediaLinks(box.signing_key, hands)
    service = Service(ground, _channels(known, ground, identity, links))
    site = _site(known, ground, identity, links, service)
    services, beside = [service], []
    if known.practises:
        practising, photos, _desk = await _practice(known, box, office, hands)
        services.append(practising)
        beside.append(photos)
    app = application(known, site, services, beside)
    try:
        async with TestClient(TestServer(app)) as client:
            yield client
    finally:
        for one in services:
            await one.close()


@pytest.fixture(params=["public", "practice"])
async def client(
    request: pytest.FixtureRequest,
    made_databases: Databases,
    office: Office,
    hands: Hands,
    tmp_path: Path,
) -> AsyncIterator[Client]:
    """Behind a proxy with every channel, and as it starts on somebody's own machine."""
    url = await made_databases.fresh()
    given = PUBLIC if request.param == "public" else {}
    async with _answering(url, office, hands, tmp_path, **given) as client:
        yield client
    await made_databases.drop(url)


def _asked(client: Client) -> list[tuple[str, str]]:
    """Every method and path of the program's own table of routes, with places filled in."""
    found = set()
    for route in client.app.router.routes():
        resource = route.resource
        assert resource is not None
        path = re.sub(r"{(\w+)[^}]*}", lambda place: FILLED.get(place[1], "x"), resource.canonical)
        if isinstance(resource, web.StaticResource):
            path += "/page.js"
        if route.method in {"GET", "POST", "PUT", "DELETE"}:
            found.add((route.method, path))
    paths = {path for _method, path in found}
    # What is known to be there is in the table, so that an empty one proves nothing.
    assert {"/", "/chat", "/chat/ws", "/healthz", "/metrics", "/static/page.js"} <= paths
    assert len(found) > 25
    return sorted(found)


async def _answers(client: Client) -> AsyncIterator[tuple[str, ClientResponse, str]]:
    for method, path in _asked(client):
        for accepts in ("text/html", "*/*"):
            async with client.request(
                method, path, headers={"Accept": accepts}, allow_redirects=False
            ) as answer:
                yield f"{method} {path}", answer, await answer.text(errors="replace")


async def test_every_answer_carries_a_policy_without_inline_script_and_is_not_guessed_at(
    client: Client,
) -> None:
    looked = 0
    async for where, answer, body in _answers(client):
        if where.split()[1].startswith(MACHINES):
            # No browser comes here; what it were told would be no page.
            assert answer.content_type != "text/html", where
            continue
        looked += 1
        policy = answer.headers["Content-Security-Policy"]
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
        assert parts["default-src"] == "'none'", where
        assert parts.get("script-src", "'none'") in {"'self'", "'none'"}, where
        for name, value in parts.items():
            if name != "frame-ancestors":
                assert not any(word in value.split() for word in UNSAFE), (where, name)
                assert "unsafe" not in value, (where, name)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, where
        if answer.content_type == "text/html":
            assert "<script>" not in body, where
            assert not re.search(r"\son\w+=|javascript:", body), where
    assert looked > 40


async def test_no_site_frames_a_page_but_the_chat_where_it_was_named(client: Client) -> None:
    async for where, answer, _body in _answers(client):
        if answer.content_type != "text/html":
            continue
        policy = answer.headers["Content-Security-Policy"]
        frames = policy.partition("frame-ancestors ")[2].partition(";")[0]
        if where == "GET /chat":
            assert frames in {"'none'", "'self' https://xa.example.vn"}, where
        else:
            assert frames in {"'none'", "'self'"}, (where, frames)


async def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    given = 0
    async for where, answer, _body in _answers(client):
        for cookie in answer.cookies.values():
            given += 1
            if not cookie.value:
                # One that is taken away carries nothing.
                continue
            assert cookie["httponly"], where
            assert cookie["samesite"] in {"Lax", "Strict", "None"}, where
            # Only what a portal may frame goes along to it, and then only over https.
            assert cookie["samesite"] != "None" or cookie["secure"], where
    assert given


async def test_no_answer_tells_a_secret_and_no_address_carries_one(client: Client) -> None:
    kept = {value for name, value in SECRETS.items() if name != "zalo_app_id"} | {SECRET}
    async for where, answer, body in _answers(client):
        told = "\n".join((body, *(f"{k}: {v}" for k, v in answer.headers.items())))
        assert not [secret for secret in kept if secret in told], where
        cookies = [cookie.value for cookie in answer.cookies.values() if cookie.value]
        urls = [found[1] or found[0] for found in URLS.finditer(body)]
        urls.append(answer.headers.get("Location", ""))
        for url in urls:
            assert not any(value in url for value in cookies), where
            assert not re.search(r"[?&](?:token|session|secret|key|password)=", url), (where, url)
