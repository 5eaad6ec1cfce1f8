"""From the desktop to the phone by a QR code, after which both browsers are one person."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import DummyCookieJar

from bot.channels.web.identity import COOKIE, CookieIdentity
from messages.envelope import Address
from storage.carrying import VALID, CarryCodes
from storage.database import Store
from tests.conftest import Hands
from tests.pages.conftest import Behind, Client, Opened

IDENTITY = CookieIdentity("key", secure=False)
DESK, PHONE = "desk-0123456789ab", "phone-0123456789a"


def cookie(person: str) -> dict[str, str]:
    value = IDENTITY._signer.sign(person).decode()
    return {"Cookie": f"{COOKIE}={value}"}


async def code_of(client: Client, person: str = DESK) -> str:
    """Let a desktop show a code."""
    answer = await client.post("/chat/carry", headers=cookie(person))
    assert answer.status == 200
    said = await answer.json()
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", said["path"])
    return str(said["address"]).removeprefix("http://127.0.0.1:8080/chat/carry/")


@pytest.fixture
def codes(store: Store, hands: Hands) -> CarryCodes:
    return CarryCodes(store, hands)


@pytest.fixture
async def client(opened: Opened) -> AsyncIterator[Client]:
    async with opened() as client:
        client.session._cookie_jar = DummyCookieJar()
        yield client


async def test_the_code_makes_the_phone_the_same_person_once(
    client: Client, behind: Behind
) -> None:
    code = await code_of(client)
    # Programs that preview links look first, as often as they like.
    for _ in range(2):
        page = await client.get(f"/chat/carry/{code}")
        assert page.status == 200
        assert "data-socket" not in await page.text()
    taken = await client.post(f"/chat/carry/{code}", allow_redirects=False)
    assert (taken.status, taken.headers["Location"]) == (303, "/chat")
    assert taken.cookies[COOKIE].value.startswith(f"{DESK}.")
    again = await client.post(f"/chat/carry/{code}", allow_redirects=False)
    assert again.status == 404
    assert COOKIE not in again.cookies
    assert (await client.get(f"/chat/carry/{code}")).status == 404
    assert behind.taken_over == []


async def test_a_phone_with_a_conversation_is_asked_and_its_tickets_go_along(
    client: Client, behind: Behind
) -> None:
    code = await code_of(client)
    page = await client.get(f"/chat/carry/{code}", headers=cookie(PHONE))
    assert "cuộc nói chuyện riêng" in await page.text()
    await client.post(f"/chat/carry/{code}", headers=cookie(PHONE), allow_redirects=False)
    assert behind.taken_over == [(Address("web", PHONE), Address("web", DESK))]


async def test_a_code_lapses(client: Client, hands: Hands) -> None:
    code = await code_of(client)
    hands.move(seconds=VALID.total_seconds())
    assert (await client.get(f"/chat/carry/{code}")).status == 404
    assert (await client.post(f"/chat/carry/{code}")).status == 404


async def test_only_the_newest_code_of_a_person_works(client: Client) -> None:
    old, new = await code_of(client), await code_of(client)
    other = await code_of(client, PHONE)
    assert (await client.get(f"/chat/carry/{old}")).status == 404
    for code in (new, other):
        assert (await client.get(f"/chat/carry/{code}")).status == 200


async def test_another_site_can_neither_have_a_code_nor_use_one(client: Client) -> None:
    code = await code_of(client)
    for path in ("/chat/carry", f"/chat/carry/{code}"):
        answer = await client.post(path, headers={"Origin": "https://evil.example"})
        assert answer.status == 403
    assert (await client.get(f"/chat/carry/{code}")).status == 200
