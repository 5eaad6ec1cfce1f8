"""OAuth v4: one rotating pair of tokens, every failure HTTP 200 (Zalo OA sheet A2)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.emulators.wire import Clock, Json
from tests.emulators.zalo import ZaloEmulator

PATH = "/v4/oa/access_token"
VERIFIER = "a" * 43


async def ask(zalo: ZaloEmulator, http: aiohttp.ClientSession, **change: str) -> Json:
    """A refresh; `secret` changes the header, an empty value leaves a field out."""
    headers = {"secret_key": change.pop("secret", zalo.app.app_secret)}
    form = {
        "refresh_token": zalo.grants.refresh_token,
        "app_id": zalo.app.app_id,
        "grant_type": "refresh_token",
    } | change
    form = {name: value for name, value in form.items() if value}
    async with http.post(zalo.url + PATH, data=form, headers=headers) as answer:
        assert answer.status == 200
        found: Json = await answer.json()
        return found


async def health(zalo: ZaloEmulator, http: aiohttp.ClientSession, **headers: str) -> int:
    async with http.get(zalo.url + "/v2.0/oa/getoa", headers=headers) as answer:
        assert answer.status == 200
        return int((await answer.json())["error"])


async def test_a_refresh_brings_a_new_pair_and_kills_the_old_access_token_at_once(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    old_access, old_refresh = zalo.grants.access_token, zalo.grants.refresh_token
    assert await health(zalo, http, access_token=old_access) == 0
    pair = await ask(zalo, http)
    assert set(pair) == {"access_token", "refresh_token", "expires_in"}
    assert pair["expires_in"] == "90000"
    assert old_refresh != pair["refresh_token"]
    assert await health(zalo, http, access_token=old_access) == -216
    assert await health(zalo, http, access_token=pair["access_token"]) == 0
    assert zalo.grants.refreshes == 1


async def test_a_refresh_token_works_once(zalo: ZaloEmulator, http: aiohttp.ClientSession) -> None:
    old = zalo.grants.refresh_token
    await ask(zalo, http)
    again = await ask(zalo, http, refresh_token=old)
    assert again["error"] == -14020
    assert "access_token" not in again
    assert zalo.grants.refreshes == 1


@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        ({"secret": "wrong"}, -14004, "Invalid secret key"),
        ({"app_id": "1"}, -14002, "Invalid appId"),
        ({"app_id": ""}, -14002, "Invalid appId"),
        ({"grant_type": "password"}, -14018, "Invalid grant type"),
        ({"refresh_token": "unknown"}, -14014, "Invalid refresh token"),
        ({"refresh_token": ""}, -14014, "Invalid refresh token"),
        (
            {"grant_type": "authorization_code", "code": "unknown"},
            -14005,
            "Invalid authorization code",
        ),
    ],
)
async def test_a_bad_request_for_tokens_is_refused_by_name(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    change: dict[str, str],
    code: int,
    name: str,
) -> None:
    before = zalo.grants.refresh_token
    answer = await ask(zalo, http, **change)
    assert answer["error"] == code
    assert answer["error_name"] == name
    assert zalo.grants.refresh_token == before


async def test_tokens_are_not_given_for_json(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    body = {"app_id": zalo.app.app_id, "grant_type": "refresh_token"}
    headers = {"secret_key": zalo.app.app_secret}
    async with http.post(zalo.url + PATH, json=body, headers=headers) as answer:
        assert (await answer.json())["error"] == -14002


async def test_a_refresh_token_dies_after_three_months(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, clock: Clock
) -> None:
    clock.advance(days=90)
    assert (await ask(zalo, http))["error"] == -14014


async def test_a_withdrawn_consent_ends_both_tokens(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    access, refresh = zalo.grants.access_token, zalo.grants.refresh_token
    zalo.grants.revoke()
    assert await health(zalo, http, access_token=access) == -216
    assert (await ask(zalo, http, refresh_token=refresh))["error"] == -14014


async def test_a_code_works_once_within_ten_minutes_with_its_verifier(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, clock: Clock
) -> None:
    async def redeem(code: str, verifier: str = VERIFIER) -> Json:
        return await ask(
            zalo, http, grant_type="authorization_code", code=code, code_verifier=verifier
        )

    code = zalo.grants.consent(VERIFIER)
    assert (await redeem(code, "b" * 43))["error"] == -118
    code = zalo.grants.consent(VERIFIER)
    assert "access_token" in await redeem(code)
    assert (await redeem(code))["error"] == -14005
    late = zalo.grants.consent(VERIFIER)
    clock.advance(minutes=10)
    assert (await redeem(late))["error"] == -14005


async def test_a_bearer_header_is_refused_even_beside_the_right_one(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    token = zalo.grants.access_token
    assert await health(zalo, http, Authorization=f"Bearer {token}") == -216
    assert await health(zalo, http, Authorization=f"Bearer {token}", access_token=token) == -216
    assert await health(zalo, http) == -216


async def test_an_expired_token_is_told_in_both_ways_in_turn(
    clock: Clock, http: aiohttp.ClientSession
) -> None:
    async with ZaloEmulator(clock=clock, access_life=timedelta(seconds=30)) as zalo:
        token = zalo.grants.access_token
        assert await health(zalo, http, access_token=token) == 0
        clock.advance(seconds=30)
        codes = [await health(zalo, http, access_token=token) for _ in range(3)]
        assert codes == [-216, -220, -216]
        assert zalo.calls[-1].answer["message"] == "Access token has expired"
        assert (await ask(zalo, http))["expires_in"] == "30"


async def test_the_template_service_has_its_own_number_for_a_bad_token(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    async with http.get(zalo.url + "/message/quota", headers={"access_token": "x"}) as answer:
        assert await answer.json() == {"error": -124, "message": "Access token invalid"}


async def agree(zalo: ZaloEmulator, http: aiohttp.ClientSession, **change: str) -> Json | str:
    """Opens the consent page; gives the refusal, or the address that the browser is sent to."""
    query = {"app_id": zalo.app.app_id, "redirect_uri": zalo.app.callback, "state": "s"} | change
    url = zalo.url + "/v4/oa/permission"
    async with http.get(url, params=query, allow_redirects=False) as answer:
        if answer.status == 302:
            return answer.headers["Location"]
        refusal: Json = await answer.json()
        return refusal


@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        ({"app_id": "1"}, -14002, "Invalid appId"),
        # Zalo OA sheet A0, 4: it must be the console's "Official Account Callback Url", whole.
        ({"redirect_uri": "https://xa.example.vn/zalo/callback/"}, -14003, "Invalid redirect uri"),
        ({"redirect_uri": ""}, -14003, "Invalid redirect uri"),
    ],
)
async def test_consent_is_given_to_a_known_app_at_its_own_address_only(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, change: dict[str, str], code: int, name: str
) -> None:
    answer = await agree(zalo, http, **change)
    assert isinstance(answer, dict)
    assert (answer["error"], answer["error_name"]) == (code, name)


async def test_consent_brings_a_code_that_buys_a_pair(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    address = await agree(zalo, http)
    assert isinstance(address, str)
    assert address.startswith(zalo.app.callback + "?")
    given = parse_qs(urlsplit(address).query)
    assert given["oa_id"] == [zalo.app.oa_id]
    assert given["state"] == ["s"]
    pair = await ask(zalo, http, grant_type="authorization_code", code=given["code"][0])
    assert "access_token" in pair


async def test_an_app_that_is_not_active_gets_neither_consent_nor_tokens(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    """Zalo OA sheet A0, 1: -209 on the API, -14002 on the authorisation server."""
    zalo.switches.standing = -209
    refusal = await agree(zalo, http)
    assert isinstance(refusal, dict)
    assert refusal["error"] == -14002
    assert (await ask(zalo, http))["error"] == -14002
    assert zalo.grants.refreshes == 0
