from http.cookies import SimpleCookie

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.channels.web.identity import COOKIE, EMBEDDED_COOKIE, CookieIdentity, PracticeIdentity
from messages.envelope import Address
from tests.channels.web.conftest import Chat


def given(identity: CookieIdentity, path: str = "/chat", cookie: str = "") -> SimpleCookie:
    request = make_mocked_request("GET", path, headers={"Cookie": cookie} if cookie else None)
    response = web.Response()
    identity.give(request, response)
    return response.cookies


async def test_the_handshake_gives_a_signed_cookie_that_scripts_cannot_read(chat: Chat) -> None:
    socket = await chat.open()
    cookie = socket._response.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    person = await chat.person(socket)
    assert cookie.value.startswith(f"{person.id}.")


@pytest.mark.parametrize(
    "forged", ["x", "{id}", "{id}.x", "", "{id}.{signature}x", "another{id}.{signature}", "é.é"]
)
async def test_a_forged_cookie_makes_somebody_new(chat: Chat, forged: str) -> None:
    socket = await chat.open()
    person = await chat.person(socket)
    person_id, signature = socket._response.cookies[COOKIE].value.split(".")
    chat.client.session.cookie_jar.clear()
    value = forged.format(id=person_id, signature=signature)
    other = await chat.person(await chat.open(Cookie=f"{COOKIE}={value}"))
    assert other != person


async def test_the_cookie_is_known_again(chat: Chat) -> None:
    first = await chat.open()
    person = await chat.person(first)
    value = first._response.cookies[COOKIE].value
    chat.client.session.cookie_jar.clear()
    assert await chat.person(await chat.open(Cookie=f"{COOKIE}={value}")) == person


def test_over_https_the_cookie_is_secure_and_a_framed_page_has_one_of_its_own() -> None:
    identity = CookieIdentity("key", secure=True, embeddable=True)
    plain = given(identity)[COOKIE]
    assert plain["secure"]
    assert plain["samesite"] == "Lax"
    request = make_mocked_request("GET", "/chat?embed=1")
    response = web.Response()
    identity.give(request, response)
    framed = response.headers["Set-Cookie"]
    person = identity.person(request).id
    assert framed.startswith(f"{EMBEDDED_COOKIE}={person}.")
    for part in ("HttpOnly", "Secure", "SameSite=None", "Partitioned"):
        assert f"; {part}" in framed
    value = framed.split(";", maxsplit=1)[0]
    again = make_mocked_request("GET", "/chat/ws", headers={"Cookie": value})
    assert identity.person(again).id == person


def test_nobody_frames_the_chat_without_being_asked_to() -> None:
    assert COOKIE in given(CookieIdentity("key", secure=True), "/chat?embed=1")


def test_another_key_makes_everybody_a_stranger() -> None:
    told = given(CookieIdentity("one", secure=False))[COOKIE].value
    other = given(CookieIdentity("two", secure=False), cookie=f"{COOKIE}={told}")[COOKIE].value
    assert told.split(".")[0] != other.split(".")[0]


def test_practice_knows_its_people_and_nobody_else() -> None:
    officer = Address("web", "officer-of-practice")
    identity = PracticeIdentity({"officer": officer})
    assert identity.person(make_mocked_request("GET", "/demo/ws?as=officer")) == officer
    for query in ("", "?as=admin", "?as="):
        with pytest.raises(web.HTTPNotFound):
            identity.person(make_mocked_request("GET", f"/demo/ws{query}"))
