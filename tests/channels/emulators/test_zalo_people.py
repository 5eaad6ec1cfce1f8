"""People, tags, quota, uploads, templates: each refusal and the shape of each success."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.emulators.wire import Clock, Json
from tests.emulators.zalo import ZaloEmulator

USER = "246845883529197922"


async def get(zalo: ZaloEmulator, http: aiohttp.ClientSession, path: str, data: object) -> Json:
    params = {"data": json.dumps(data)} if data is not None else {}
    headers = {"access_token": zalo.grants.access_token}
    async with http.get(zalo.url + path, params=params, headers=headers) as answer:
        assert answer.status == 200
        found: Json = await answer.json()
        return found


async def post(zalo: ZaloEmulator, http: aiohttp.ClientSession, path: str, body: Json) -> Json:
    headers = {"access_token": zalo.grants.access_token}
    async with http.post(zalo.url + path, json=body, headers=headers) as answer:
        assert answer.status == 200
        found: Json = await answer.json()
        return found


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("/v3.0/oa/user/detail", None, -201),
        ("/v3.0/oa/user/detail", [], -201),
        ("/v3.0/oa/user/detail", {}, -201),
        ("/v3.0/oa/user/detail", {"user_id": "nobody"}, -213),
        ("/v3.0/oa/user/detail", {"user_id": "silent"}, -213),
        ("/v3.0/oa/user/getlist", {"offset": 0, "count": 51}, -201),
        ("/v3.0/oa/user/getlist", {"offset": 9952, "count": 50}, -201),
        ("/v3.0/oa/user/getlist", {"offset": -1, "count": 50}, -201),
        ("/v2.0/oa/conversation", {"user_id": USER, "offset": 0, "count": 11}, -201),
        ("/v2.0/oa/conversation", {"user_id": "nobody", "offset": 0, "count": 1}, -213),
        ("/v2.0/oa/listrecentchat", {"offset": 0, "count": 11}, -201),
    ],
)
async def test_a_bad_question_about_people_is_refused(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, path: str, data: object, code: int
) -> None:
    zalo.citizen("silent")
    await zalo.citizen(USER).says("a")
    assert (await get(zalo, http, path, data))["error"] == code


async def test_a_person_is_described_with_name_and_last_day(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    person = zalo.citizen(USER, "Trần Thị B")
    await person.follows()
    found = await get(zalo, http, "/v3.0/oa/user/detail", {"user_id": USER})
    assert found["data"]["display_name"] == "Trần Thị B"
    assert found["data"]["user_id_by_app"] == person.id_by_app
    assert found["data"]["user_is_follower"] is True
    assert found["data"]["user_last_interaction_date"] == "23/11/2026"


async def test_people_are_listed_by_page_tag_and_following(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    for number in range(3):
        await zalo.citizen(str(number)).follows()
    await zalo.citizen("1").unfollows()
    zalo.citizen("2").tags.add("phan-anh")
    path = "/v3.0/oa/user/getlist"
    first = await get(zalo, http, path, {"offset": 1, "count": 1})
    assert first["data"] == {"total": 3, "count": 1, "offset": 1, "users": [{"user_id": "1"}]}
    tagged = await get(zalo, http, path, {"offset": 0, "count": 50, "tag_name": "phan-anh"})
    assert tagged["data"]["users"] == [{"user_id": "2"}]
    following = await get(zalo, http, path, {"offset": 0, "count": 50, "is_follower": "true"})
    assert following["data"]["total"] == 2


async def test_a_conversation_can_be_read_again_newest_first(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    person = zalo.citizen(USER)
    for words in ("một", "hai"):
        await person.says(words)
    lines = await get(
        zalo, http, "/v2.0/oa/conversation", {"user_id": USER, "offset": 0, "count": 10}
    )
    assert [line["message"] for line in lines["data"]] == ["hai", "một"]
    assert [line["src"] for line in lines["data"]] == [1, 1]
    recent = await get(zalo, http, "/v2.0/oa/listrecentchat", {"offset": 0, "count": 10})
    assert [line["message"] for line in recent["data"]] == ["hai"]


async def test_tags_come_and_go(zalo: ZaloEmulator, http: aiohttp.ClientSession) -> None:
    await zalo.citizen(USER).says("a")
    body = {"user_id": USER, "tag_name": "phan-anh"}
    assert (await post(zalo, http, "/v2.0/oa/tag/tagfollower", {"user_id": USER}))["error"] == -201
    assert (await post(zalo, http, "/v2.0/oa/tag/tagfollower", body))["error"] == 0
    listed = await get(zalo, http, "/v2.0/oa/tag/gettagsofoa", None)
    assert listed["data"] == ["phan-anh"]
    assert (await post(zalo, http, "/v2.0/oa/tag/rmfollowerfromtag", body))["error"] == 0
    zalo.citizen(USER).tags.add("khac")
    assert (await post(zalo, http, "/v2.0/oa/tag/rmtag", {"tag_name": "khac"}))["error"] == 0
    assert zalo.citizen(USER).tags == set()


async def test_quota_is_told_for_a_person_and_for_the_package(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    await zalo.citizen(USER).says("a")
    zalo.package(7)
    path = "/v3.0/oa/quota/message"
    mine = await post(zalo, http, path, {"user_id": USER})
    assert mine["data"]["last_interaction"].isdigit()
    whole = await post(
        zalo, http, path, {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    )
    assert whole["data"][0]["remain"] == 7
    assert (await post(zalo, http, path, {}))["error"] == -201
    assert (await post(zalo, http, path, {"quota_owner": "OA"}))["error"] == -201


async def test_what_the_account_keeps_about_a_person_can_be_changed_and_forgotten(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    person = zalo.citizen(USER)
    change: Json = {"user_id": USER, "shared_info": {"name": "B"}}
    assert (await post(zalo, http, "/v3.0/oa/user/update", change))["error"] == 0
    assert person.shared_info == {"name": "B"}
    bad = change | {"shared_info": "B"}
    assert (await post(zalo, http, "/v3.0/oa/user/update", bad))["error"] == -201
    assert (await post(zalo, http, "/v2.0/oa/deletefollowerinfo", {"user_id": USER}))["error"] == 0
    assert person.shared_info == {}


async def test_only_a_group_that_the_account_is_in_takes_messages(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    path = "/v3.0/oa/group/message"
    body = {"recipient": {"group_id": "g1"}, "message": {"text": "Họp 8 giờ"}}
    assert (await post(zalo, http, path, body))["error"] == -403
    assert (await post(zalo, http, path, {"message": {"text": "a"}}))["error"] == -201
    assert (await post(zalo, http, path, body | {"message": {}}))["error"] == -201
    zalo.groups["g1"] = []
    assert (await post(zalo, http, path, body))["data"]["group_id"] == "g1"
    zalo.disabled_groups.add("g1")
    # Zalo OA sheet A3.6.
    assert (await post(zalo, http, path, body))["error"] == -237
    assert [letter.text for letter in zalo.groups["g1"]] == ["Họp 8 giờ"]


# -- uploads


async def upload(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, kind: str, name: str, content: bytes
) -> Json:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(content), filename=name)
    headers = {"access_token": zalo.grants.access_token}
    path = f"{zalo.url}/v2.0/oa/upload/{kind}"
    async with http.post(path, data=form, headers=headers) as answer:
        found: Json = await answer.json()
        return found


@pytest.mark.parametrize(
    ("kind", "name", "size", "code", "key"),
    [
        ("image", "a.jpg", 1 << 20, 0, "attachment_id"),
        ("image", "a.jpg", (1 << 20) + 1, -210, ""),
        ("image", "a.webp", 10, 0, ""),
        ("image", "a.png", 0, -201, ""),
        ("gif", "a.gif", 5 << 20, 0, "attachment_id"),
        ("gif", "a.gif", (5 << 20) + 1, -210, ""),
        ("file", "a.pdf", 5 << 20, 0, "token"),
        ("file", "a.pdf", (5 << 20) + 1, -210, ""),
        ("file", "a.xlsx", 10, 0, ""),
        ("file", "a.docx", 10, 0, "token"),
    ],
)
async def test_uploads_have_limits_and_known_extensions(
    zalo: ZaloEmulator,
    http: aiohttp.ClientSession,
    kind: str,
    name: str,
    size: int,
    code: int,
    key: str,
) -> None:
    answer = await upload(zalo, http, kind, name, b"x" * size)
    assert answer["error"] == code
    assert set(answer.get("data", {})) == ({key} if key else set())


async def test_uploads_of_a_month_are_counted(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, clock: Clock
) -> None:
    used = {str(number): ("image", clock.now(), b"") for number in range(5000)}
    zalo.uploads.assets.update(used)
    assert (await upload(zalo, http, "image", "a.jpg", b"x"))["error"] == -211


async def test_an_upload_that_is_not_multipart_is_refused(
    zalo: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    assert (await post(zalo, http, "/v2.0/oa/upload/image", {"file": "x"}))["error"] == -201


async def test_an_uploaded_file_can_be_sent_for_seven_days_and_only_as_what_it_is(
    zalo: ZaloEmulator, http: aiohttp.ClientSession, clock: Clock
) -> None:
    person = zalo.citizen(USER)
    zalo.grants.access_until = clock.now().replace(year=2030)
    token = (await upload(zalo, http, "file", "don.pdf", b"%PDF"))["data"]["token"]
    payload = {"type": "file", "payload": {"token": token}}
    body = {"recipient": {"user_id": USER}, "message": {"attachment": payload}}
    image = {"media_type": "image", "attachment_id": token}
    wrong = {"type": "template", "payload": {"template_type": "media", "elements": [image]}}
    path = "/v3.0/oa/message/cs"
    await person.says("a")
    assert (await post(zalo, http, path, body))["error"] == 0
    wrong_body = {"recipient": {"user_id": USER}, "message": {"attachment": wrong}}
    assert (await post(zalo, http, path, wrong_body))["error"] == -201
    clock.advance(days=7)
    assert (await post(zalo, http, path, body))["error"] == -100
    assert [letter.kind for letter in person.letters] == ["file"]


# -- templates

PHONE = "84987654321"
GOOD: Json = {
    "phone": PHONE,
    "template_id": "t1",
    "template_data": {"ten": "A", "ma": "000.00.12.H01"},
    "tracking_id": "hs-0001",
}


@pytest.fixture
def templates(zalo: ZaloEmulator) -> ZaloEmulator:
    zalo.templates.add("t1", "ten", "ma")
    zalo.templates.add("waiting", "ten", status="PENDING_REVIEW")
    zalo.templates.add("off", "ten", status="DISABLE")
    zalo.templates.phone(PHONE)
    zalo.templates.phone("84900000001", refusal=-139)
    return zalo


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"phone": "0987654321"}, -108),
        ({"phone": 84987654321}, -108),
        ({"phone": "84987654322"}, -118),
        ({"phone": "84900000001"}, -139),
        ({"template_id": "t9"}, -109),
        ({"template_id": "waiting"}, -131),
        ({"template_id": "off"}, -146),
        ({"template_data": {}}, -111),
        ({"template_data": {"ten": "A"}}, -112),
        ({"template_data": {"ten": "A", "ma": ""}}, -112),
        ({"template_data": {"ten": "A", "ma": "B", "khac": "C"}}, -112),
        ({"template_data": {"ten": "A" * 201, "ma": "B"}}, -1124),
        ({"tracking_id": "x" * 49}, -132),
        ({"tracking_id": ""}, -132),
        ({"mode": "development"}, -127),
    ],
)
async def test_a_template_to_a_phone_is_checked(
    templates: ZaloEmulator, http: aiohttp.ClientSession, change: Json, code: int
) -> None:
    answer = await post(templates, http, "/message/template", GOOD | change)
    assert answer["error"] == code
    assert len(templates.templates.sent) == (code == 0)
    if code == 0:
        assert answer["data"]["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}


async def test_a_template_is_refused_at_night_and_above_the_daily_quota(
    http: aiohttp.ClientSession,
) -> None:
    # 15:30 UTC is 22:30 in Viet Nam.
    clock = Clock(datetime(2026, 11, 23, 15, 30, tzinfo=UTC), running=False)
    async with ZaloEmulator(clock=clock) as zalo:
        zalo.templates.add("t1", "ten", "ma")
        zalo.templates.phone(PHONE)
        zalo.templates.night_refused = True
        assert (await post(zalo, http, "/message/template", GOOD))["error"] == -133
        clock.advance(hours=8)
        zalo.templates.daily_quota = 0
        assert (await post(zalo, http, "/message/template", GOOD))["error"] == -144


async def test_a_template_may_go_to_a_hashed_phone(
    templates: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    path = "/message/template/hashphone"
    hashed = hashlib.sha256(PHONE.encode()).hexdigest()
    assert (await post(templates, http, path, GOOD | {"hash_phone": hashed}))["error"] == 0
    assert (await post(templates, http, path, GOOD | {"hash_phone": "0" * 64}))["error"] == -118
    assert (await post(templates, http, path, GOOD | {"hash_phone": "x"}))["error"] == -108


async def test_a_template_may_go_to_a_user_id(
    templates: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    path = "/v3.0/oa/message/template"
    body: Json = {"user_id": USER, "template_id": "t1", "template_data": GOOD["template_data"]}
    assert (await post(templates, http, path, body | {"user_id": ""}))["error"] == -201
    assert (await post(templates, http, path, body))["error"] == -213
    person = templates.citizen(USER)
    assert (await post(templates, http, path, body))["data"]["user_id"] == USER
    person.refusal = -244
    assert (await post(templates, http, path, body))["error"] == -244
    templates.templates.known["t1"].by_user_id = False
    assert (await post(templates, http, path, body))["error"] == -249


async def test_templates_and_sent_messages_can_be_asked_about(
    templates: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    headers = {"access_token": templates.grants.access_token}
    sent = await post(templates, http, "/message/template", GOOD)

    async def ask(path: str) -> Json:
        async with http.get(templates.url + path, headers=headers) as answer:
            found: Json = await answer.json()
            return found

    known = await ask(f"/message/status?message_id={sent['data']['msg_id']}")
    assert known["data"]["status"] == 1
    assert (await ask("/message/status?message_id=x"))["data"]["status"] == -1
    assert (await ask("/message/quota"))["data"]["remainingQuota"] == 499
    assert len((await ask("/template/all?offset=1&limit=100"))["data"]) == 2
    assert (await ask("/template/all"))["error"] == -132
    assert len((await ask("/template/info/v2?template_id=t1"))["data"]["listParams"]) == 2
    assert (await ask("/template/info/v2?template_id=t9"))["error"] == -109
