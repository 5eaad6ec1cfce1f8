"""Each refusal of POST /v3.0/oa/message/cs and its neighbours, one row each."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import aiohttp
import pytest

from tests.emulators.wire import Clock, Json
from tests.emulators.zalo import Citizen, ZaloEmulator

USER = "246845883529197922"
CS = "/v3.0/oa/message/cs"


async def post(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    body: object,
    path: str = CS,
    headers: dict[str, str] | None = None,
) -> Json:
    headers = {"access_token": zalo.grants.access_token} if headers is None else headers
    async with http.post(zalo.url + path, json=body, headers=headers) as answer:
        assert answer.status == 200
        found: Json = await answer.json()
        return found


def text(words: Any, **more: Any) -> Json:  # noqa: ANN401 - any JSON value
    return {"recipient": {"user_id": USER}, "message": {"text": words, **more}}


def template(kind: str | None, words: str | None = None, **payload: Any) -> Json:  # noqa: ANN401
    if kind is not None:
        payload["template_type"] = kind
    message: Json = {"attachment": {"type": "template", "payload": payload}}
    if words is not None:
        message["text"] = words
    return {"recipient": {"user_id": USER}, "message": message}


def media(**element: Any) -> Json:  # noqa: ANN401 - any JSON value
    return template("media", elements=[element])


def buttons(count: int = 1, **change: Any) -> Json:  # noqa: ANN401 - any JSON value
    button = {"title": "Tra cứu", "type": "oa.query.hide", "payload": "#hoso"} | change
    return template(None, "Ông/bà cần gì?", buttons=[button] * count)


CARD = {"title": "UBND xã", "subtitle": "Xin số", "image_url": "https://xa.example.vn/a.png"}
PHOTO = {"media_type": "image", "url": "https://a.vn/1.jpg"}
STICKER = {"media_type": "sticker", "attachment_id": "x"}
LINE = {"title": "a", "subtitle": "b"}
PHONE = {"phone_code": "84912345678"}


def card(**change: str) -> Json:
    return template("request_user_info", elements=[CARD | change])


def listed(*elements: Json) -> Json:
    return template("list", elements=list(elements))


def button_of(kind: str, payload: Json) -> Json:
    return buttons(type=kind, payload=payload)


def table(rows: list[tuple[str, Any, int]]) -> pytest.MarkDecorator:
    named = [pytest.param(body, code, id=name) for name, body, code in rows]
    return pytest.mark.parametrize(("body", "code"), named)


BAD_BODIES: list[tuple[str, object, int]] = [
    ("no recipient", {"message": {"text": "a"}}, -201),
    ("user_id missing", {"recipient": {}, "message": {"text": "a"}}, -201),
    ("user_id a number", {"recipient": {"user_id": 12}, "message": {"text": "a"}}, -201),
    ("no message", {"recipient": {"user_id": USER}}, -201),
    ("message a string", {"recipient": {"user_id": USER}, "message": "a"}, -201),
    ("empty message", {"recipient": {"user_id": USER}, "message": {}}, -201),
    ("empty text", text(""), -201),
    ("text a number", text(5), -201),
    ("text a lone surrogate", text("\ud800"), -201),
    ("2001 characters", text("a" * 2001), -210),
    ("a text not in NFC that is too long", text("e\u0302\u0301" * 1000), -210),
    ("a body that is a list", [], -201),
    ("unknown quoted message", text("a", quote_message_id="nobody"), -201),
    ("attachment a string", text("a", attachment="x"), -201),
    ("attachment of unknown type", text("a", attachment={"type": "x", "payload": {}}), -201),
    ("attachment without payload", text("a", attachment={"type": "template"}), -201),
    ("unknown template", template("carousel", elements=[]), -233),
    ("template button", template("button", text="a", buttons=[]), -233),
    ("url and attachment_id", media(**PHOTO, attachment_id="x"), -201),
    ("neither url nor attachment_id", media(media_type="image"), -201),
    ("unknown media type", media(media_type="video", url="https://a.vn/1.mp4"), -201),
    ("address without scheme", media(media_type="image", url="a.vn/1.jpg"), -201),
    # Zalo OA sheet A4: by a public HTTPS address, which Zalo fetches itself.
    ("picture by http", media(media_type="image", url="http://a.vn/1.jpg"), -201),
    ("picture on loopback", media(media_type="image", url="https://127.0.0.1/1.jpg"), -201),
    ("picture in a private net", media(media_type="image", url="https://10.0.0.5/1.jpg"), -201),
    ("picture on a bare host", media(media_type="image", url="https://localhost/1.jpg"), -201),
    ("unknown attachment_id", media(media_type="image", attachment_id="x"), -201),
    ("gif without size", media(media_type="gif", url="https://a.vn/1.gif"), -201),
    ("sticker without id", media(media_type="sticker", url="https://a.vn/1"), -201),
    ("sticker with text", template("media", "a", elements=[STICKER]), -201),
    ("caption of 2001", template("media", "a" * 2001, elements=[PHOTO]), -210),
    ("two media elements", template("media", elements=[{}, {}]), -201),
    ("unknown file token", text("", attachment={"type": "file", "payload": {"token": "x"}}), -201),
    ("text beside a file", text("a", attachment={"type": "file", "payload": {"token": "x"}}), -201),
    ("card without title", card(title=""), -201),
    ("card title of 101", card(title="a" * 101), -210),
    ("card subtitle of 501", card(subtitle="a" * 501), -210),
    ("card image not a picture", card(image_url="https://a.vn/x"), -201),
    ("card without subtitle", card(subtitle=""), -201),
    ("two cards", template("request_user_info", elements=[CARD, CARD]), -201),
]


@pytest.fixture
async def citizen(zalo: ZaloEmulator) -> Citizen:
    person = zalo.citizen(USER)
    await person.says("Xin chào")
    return person


@table(BAD_BODIES)
async def test_a_bad_body_is_refused_and_nothing_arrives(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    citizen: Citizen,
    body: object,
    code: int,
) -> None:
    answer = await post(zalo, http, body)
    assert answer["error"] == code
    assert answer["message"]
    assert "data" not in answer
    assert citizen.letters == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (media(**PHOTO), "image"),
        (media(media_type="gif", url="https://a.vn/1.gif", width=10, height=10), "gif"),
        (media(**STICKER), "sticker"),
        (card(), "request_user_info"),
    ],
)
async def test_the_documented_bodies_arrive(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    citizen: Citizen,
    body: Json,
    kind: str,
) -> None:
    assert (await post(zalo, http, body))["error"] == 0
    assert [letter.kind for letter in citizen.letters] == [kind]


async def test_a_letter_may_quote_what_the_person_said(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    quoted = citizen.history[0]["message_id"]
    assert (await post(zalo, http, text("a", quote_message_id=quoted)))["error"] == 0
    assert citizen.letters[0].quotes == quoted


async def test_a_letter_of_the_account_itself_cannot_be_quoted(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    """Zalo OA sheet A3.2: quote_message_id is the msg_id of a message of the citizen."""
    own = (await post(zalo, http, text("a")))["data"]["message_id"]
    assert (await post(zalo, http, text("b", quote_message_id=own)))["error"] == -201
    assert len(citizen.letters) == 1


async def test_a_press_on_a_title_says_the_payload(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    zalo.switches.buttons_supported = True
    assert (await post(zalo, http, buttons()))["error"] == 0
    pressed = await citizen.presses("Tra cứu")
    assert pressed.event["message"]["text"] == "#hoso"


async def test_a_text_of_2000_characters_arrives(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    answer = await post(zalo, http, text("ế" * 2000))
    assert answer["error"] == 0
    assert answer["message"] == "Success"
    data = answer["data"]
    assert len(data["message_id"]) == 20
    assert data["user_id"] == USER
    assert data["sent_time"].isdigit()
    assert data["quota"]["quota_type"] == "reply"
    assert [letter.text for letter in await zalo.letters_to(citizen)] == ["ế" * 2000]


BUTTON_ROWS: list[tuple[str, Json, int]] = [
    ("text with buttons", buttons(), 0),
    ("five", buttons(5), 0),
    ("six", buttons(6), -201),
    ("none", template(None, "a", buttons=[]), -201),
    ("without text", template(None, buttons=[{"title": "a"}]), -201),
    ("no title", buttons(title=""), -201),
    ("title of 101", buttons(title="a" * 101), -210),
    ("payload of 1001", buttons(payload="a" * 1001), -210),
    ("unknown type", buttons(type="oa.query"), -201),
    ("url", button_of("oa.open.url", {"url": "https://dichvucong.gov.vn"}), 0),
    ("url without address", button_of("oa.open.url", {}), -201),
    ("phone", button_of("oa.open.phone", PHONE), 0),
    ("phone with 0", button_of("oa.open.phone", {"phone_code": "0912345678"}), -201),
    ("sms", button_of("oa.open.sms", PHONE | {"content": "a"}), 0),
    ("sms without content", button_of("oa.open.sms", PHONE), -201),
    ("a button that is a word", template(None, "a", buttons=["a"]), -201),
    ("a broken address", button_of("oa.open.url", {"url": "http://["}), -201),
    ("list", listed(LINE), 0),
    ("a line that is a word", template("list", elements=["a"]), -201),
    ("list with six buttons", template("list", elements=[LINE], buttons=[LINE] * 6), -201),
    ("list with an action that is a word", listed(LINE | {"default_action": "a"}), -201),
    (
        "list with action",
        listed(LINE | {"default_action": {"type": "oa.query.show", "payload": "#a"}}),
        0,
    ),
    ("list, first without subtitle", listed({"title": "a"}), -201),
    ("list of six", listed(*[LINE] * 6), -201),
    ("list with a bad action", listed(LINE | {"default_action": {"type": "x"}}), -201),
]


@table(BUTTON_ROWS)
async def test_buttons_are_checked_where_the_account_has_them(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    citizen: Citizen,
    body: Json,
    code: int,
) -> None:
    zalo.switches.buttons_supported = zalo.switches.list_supported = True
    assert (await post(zalo, http, body))["error"] == code
    assert len(citizen.letters) == (code == 0)


async def test_without_the_switch_buttons_and_lists_are_unsupported_messages(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    assert (await post(zalo, http, buttons()))["error"] == -233
    assert (await post(zalo, http, template("list", elements=[])))["error"] == -233
    assert citizen.letters == []


async def test_a_person_nobody_knows_is_no_follower(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    assert (await post(zalo, http, text("a")))["error"] == -213


async def test_a_person_who_never_interacted_cannot_be_written_to(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    zalo.citizen(USER)
    assert (await post(zalo, http, text("a")))["error"] == -232


async def test_after_seven_days_the_window_is_shut_until_they_write_again(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, clock: Clock
) -> None:
    zalo.grants.access_until = clock.now().replace(year=2030)
    clock.advance(days=7)
    assert (await post(zalo, http, text("a")))["error"] == 0
    clock.advance(seconds=1)
    shut = await post(zalo, http, text("a"))
    assert shut["error"] == -230
    assert shut["message"] == "User has not interacted with the OA in the past 7 days"
    await citizen.says("alo")
    assert (await post(zalo, http, text("a")))["error"] == 0


@pytest.mark.parametrize("code", [-217, -218, -227, -244])
async def test_a_person_who_blocked_or_sleeps_refuses_everything(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, code: int
) -> None:
    citizen.refusal = code
    assert (await post(zalo, http, text("a")))["error"] == code
    assert citizen.letters == []


async def test_after_48_hours_the_package_is_charged_until_it_is_empty(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, clock: Clock
) -> None:
    zalo.package(1)
    clock.advance(hours=48)
    zalo.grants.access_until = clock.now().replace(year=2030)
    assert (await post(zalo, http, text("a")))["data"]["quota"]["quota_type"] == "reply"
    clock.advance(seconds=1)
    charged = await post(zalo, http, text("b"))
    assert charged["data"]["quota"]["quota_type"] == "sub_quota"
    assert (await post(zalo, http, text("c")))["error"] == -211
    zalo.paid_left = None
    assert "quota" not in (await post(zalo, http, text("d")))["data"]


@pytest.mark.parametrize("code", [-204, -205, -209, -212, -219, -221, -223, -224, -235, -320, -321])
async def test_an_account_in_bad_standing_can_do_nothing(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, code: int
) -> None:
    zalo.switches.standing = code
    assert (await post(zalo, http, text("a")))["error"] == code
    assert citizen.letters == []


async def test_a_planned_refusal_strikes_as_often_as_planned(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    zalo.refuses(-234, times=2, when=lambda call: call.method == "cs")
    answers = [await post(zalo, http, text(words)) for words in "abc"]
    assert [answer["error"] for answer in answers] == [-234, -234, 0]
    assert [letter.text for letter in citizen.letters] == ["c"]


async def test_after_the_allowed_requests_of_a_minute_comes_the_rate_limit(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, clock: Clock
) -> None:
    zalo.switches.requests_per_minute = 2
    headers = {"access_token": zalo.grants.access_token}
    async with http.post(zalo.url + CS, json=text("a"), headers=headers) as first:
        assert first.headers["X-RateLimit-Limit"] == "2"
        assert first.headers["X-RateLimit-Remain"] == "1"
    assert (await post(zalo, http, text("b")))["error"] == 0
    assert (await post(zalo, http, text("c")))["error"] == -32
    clock.advance(minutes=1)
    assert (await post(zalo, http, text("d")))["error"] == 0
    assert [letter.text for letter in citizen.letters] == ["a", "b", "d"]


async def test_the_account_has_a_limit_of_its_own_below_that_of_the_app(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, clock: Clock
) -> None:
    """Zalo OA sheet A3.5: a limit per account, by its package, in words of its own."""
    zalo.switches.account_requests_per_minute = 1
    assert (await post(zalo, http, text("a")))["error"] == 0
    refused = await post(zalo, http, text("b"))
    assert refused == {"error": -32, "message": "Your OA reached limit call api"}
    clock.advance(minutes=1)
    assert (await post(zalo, http, text("c")))["error"] == 0
    assert [letter.text for letter in citizen.letters] == ["a", "c"]


async def test_a_body_that_is_not_called_json_is_refused(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    headers = {"access_token": zalo.grants.access_token}
    async with http.post(zalo.url + CS, data={"recipient": USER}, headers=headers) as answer:
        assert (await answer.json())["error"] == -201
    headers["Content-Type"] = "application/json"
    async with http.post(zalo.url + CS, data=b"{", headers=headers) as answer:
        assert (await answer.json())["error"] == -201
    assert citizen.letters == []


async def test_a_proof_is_asked_for_where_the_console_says_so(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    zalo.switches.needs_proof = True
    token = zalo.grants.access_token
    assert (await post(zalo, http, text("a")))["error"] == -242
    key = zalo.app.app_secret.encode()
    proof = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
    headers = {"access_token": token, "appsecret_proof": proof}
    assert (await post(zalo, http, text("a"), headers=headers))["error"] == 0
    assert len(citizen.letters) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v3.0/oa/message/transaction",
        "/v3.0/oa/message/promotion",
        "/v2.0/oa/getprofile",
        "/v2.0/oa/getfollowers",
        "/v2.0/oa/message",
    ],
)
async def test_what_zalo_shut_down_stays_shut(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen, path: str
) -> None:
    assert (await post(zalo, http, text("a"), path))["error"] == -240


async def test_a_reaction_needs_a_known_icon_and_a_known_message(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, citizen: Citizen
) -> None:
    message_id = citizen.history[0]["message_id"]

    def reaction(icon: str, target: str) -> Json:
        action = {"react_icon": icon, "react_message_id": target}
        return {"recipient": {"user_id": USER}, "sender_action": action}

    path = "/v2.0/oa/message"
    assert (await post(zalo, http, {"sender_action": {}}, path))["error"] == -201
    stranger = reaction("/-strong", message_id) | {"recipient": {"user_id": "nobody"}}
    assert (await post(zalo, http, stranger, path))["error"] == -213
    assert (await post(zalo, http, reaction("/-smile", message_id), path))["error"] == -201
    assert (await post(zalo, http, reaction("/-strong", "nothing"), path))["error"] == -201
    assert (await post(zalo, http, reaction("/-strong", message_id), path))["error"] == 0
    assert citizen.reactions == [{"react_icon": "/-strong", "react_message_id": message_id}]


async def test_an_anonymous_person_is_answered_by_both_their_ids(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    person = zalo.anonymous()
    path = "/v2.0/oa/message"
    message = {"text": "Trụ sở ở thôn 1"}
    wrong = {"anonymous_id": person.id, "conversation_id": "other"}
    right = {"anonymous_id": person.id, "conversation_id": person.conversation_id}
    unknown = {"anonymous_id": "x", "conversation_id": person.conversation_id}
    for recipient in (wrong, unknown):
        body = {"recipient": recipient, "message": message}
        assert (await post(zalo, http, body, path))["error"] == -201
    assert (await post(zalo, http, {"recipient": right, "message": {}}, path))["error"] == -201
    assert person.letters == []
    assert (await post(zalo, http, {"recipient": right, "message": message}, path))["error"] == 0
    assert [letter.text for letter in person.letters] == ["Trụ sở ở thôn 1"]


async def test_an_address_that_does_not_exist_is_no_json(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    async with http.post(zalo.url + "/v3.0/oa/menu", json={}) as answer:
        assert answer.status == 404
        assert answer.content_type == "text/html"
