"""What the account may ask and say about people and about itself (Zalo OA sheet A5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.emulators.wire import Answer, Call, Json
from tests.emulators.zalo.citizen import Citizen
from tests.emulators.zalo.refusals import Refusal, invalid

if TYPE_CHECKING:
    from tests.emulators.zalo.server import ZaloEmulator

MAX_OFFSET = 9951
MAX_COUNT = 50
MAX_CHATS = 10


def _data(call: Call) -> Json:
    """GET parameters are one url-encoded JSON object named `data`."""
    try:
        data = json.loads(call.query.get("data", ""))
    except ValueError as problem:
        raise invalid("data") from problem
    if not isinstance(data, dict):
        raise invalid("data")
    return data


def _person(zalo: ZaloEmulator, body: Json) -> Citizen:
    user_id = body.get("user_id")
    if not isinstance(user_id, str) or not user_id:
        raise invalid("user_id")
    citizen = zalo.citizens.get(user_id)
    if citizen is None:
        raise Refusal(-213)
    return citizen


def _page(body: Json, *, most: int, last_offset: int | None = None) -> tuple[int, int]:
    offset, count = body.get("offset"), body.get("count")
    if not isinstance(offset, int) or offset < 0:
        raise invalid("offset")
    if last_offset is not None and offset > last_offset:
        raise invalid("offset")
    if not isinstance(count, int) or not 1 <= count <= most:
        raise invalid("count")
    return offset, count


def _done(data: object = None) -> Answer:
    body: Json = {"error": 0, "message": "Success"}
    if data is not None:
        body = {"data": data, **body}
    return Answer(body)


def detail(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v3.0/oa/user/detail; -213 for somebody who never came near the account."""
    citizen = _person(zalo, _data(call))
    if citizen.last_interaction is None and not citizen.follows_oa:
        raise Refusal(-213)
    seen = citizen.last_interaction
    avatar = f"{zalo.url}/media/avatar.jpg"
    return _done(
        {
            "user_id": citizen.id,
            "user_id_by_app": citizen.id_by_app,
            "user_external_id": "",
            "display_name": citizen.name,
            "user_alias": citizen.name,
            "is_sensitive": False,
            "user_last_interaction_date": seen.strftime("%d/%m/%Y") if seen else "",
            "user_is_follower": citizen.follows_oa,
            "avatar": avatar,
            "avatars": {"120": avatar, "240": avatar},
            "dynamic_param": "",
            "tags_and_notes_info": {"notes": [], "tag_names": sorted(citizen.tags)},
            "shared_info": citizen.shared_info,
        }
    )


def getlist(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v3.0/oa/user/getlist: count ≤ 50, offset ≤ 9951."""
    data = _data(call)
    offset, count = _page(data, most=MAX_COUNT, last_offset=MAX_OFFSET)
    found = [
        citizen
        for citizen in zalo.citizens.values()
        if _matches(citizen, data.get("tag_name"), data.get("is_follower"))
    ]
    users = [{"user_id": citizen.id} for citizen in found[offset : offset + count]]
    return _done({"total": len(found), "count": len(users), "offset": offset, "users": users})


def _matches(citizen: Citizen, tag: object, is_follower: object) -> bool:
    if tag and tag not in citizen.tags:
        return False
    return is_follower is None or citizen.follows_oa == (str(is_follower).lower() == "true")


def update(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v3.0/oa/user/update."""
    citizen = _person(zalo, call.body)
    shared = call.body.get("shared_info", {})
    if not isinstance(shared, dict):
        raise invalid("shared_info")
    citizen.shared_info |= shared
    return _done()


def forget(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v2.0/oa/deletefollowerinfo: the account's own notes about a person go."""
    citizen = _person(zalo, call.body)
    citizen.shared_info.clear()
    citizen.tags.clear()
    return _done()


def quota(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v3.0/oa/quota/message: about one person, or about the account's package."""
    if "user_id" in call.body:
        citizen = _person(zalo, call.body)
        seen = citizen.last_interaction
        return _done(
            {
                "last_interaction": str(int(seen.timestamp() * 1000)) if seen else "",
                "cs_reply": {"remain": 8, "total": 8},
                "promotion": {
                    "daily_remain": 1,
                    "daily_total": 1,
                    "monthly_remain": 3,
                    "monthly_total": 4,
                },
            }
        )
    if call.body.get("quota_owner") not in {"OA", "App"}:
        raise invalid("quota_owner")
    if call.body.get("product_type") != "cs":
        raise invalid("product_type")
    return _done(
        [
            {
                "asset_id": "asset-1",
                "product_type": "cs",
                "quota_type": call.body.get("quota_type", "sub_quota"),
                "valid_through": "31/12/2026",
                "total": zalo.paid_total,
                "remain": zalo.paid_left if zalo.paid_left is not None else 0,
            }
        ]
    )


def account(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v2.0/oa/getoa: used as a health check; oa_type 4 is a government body."""
    del call
    return _done(
        {
            "oaid": zalo.app.oa_id,
            "name": zalo.app.oa_name,
            "description": "",
            "oa_alias": "",
            "is_verified": True,
            "oa_type": 4,
            "cate_name": "Cơ quan nhà nước",
            "num_follower": sum(citizen.follows_oa for citizen in zalo.citizens.values()),
            "avatar": "",
            "cover": "",
            "package_name": "Tiêu chuẩn",
            "package_valid_through_date": "31/12/2026",
            "package_auto_renew_date": "",
            "linked_ZCA": "",
        }
    )


def conversation(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v2.0/oa/conversation: at most ten lines a call, newest first."""
    data = _data(call)
    citizen = _person(zalo, data)
    offset, count = _page(data, most=MAX_CHATS)
    return _done(citizen.history[::-1][offset : offset + count])


def recent_chats(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v2.0/oa/listrecentchat: the latest line of each chat, at most ten a call."""
    offset, count = _page(_data(call), most=MAX_CHATS)
    latest = [citizen.history[-1] for citizen in zalo.citizens.values() if citizen.history]
    latest.sort(key=lambda line: line["time"], reverse=True)
    return _done(latest[offset : offset + count])


def tag_follower(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v2.0/oa/tag/tagfollower."""
    _person(zalo, call.body).tags.add(_tag_name(call))
    return _done()


def untag_follower(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v2.0/oa/tag/rmfollowerfromtag."""
    _person(zalo, call.body).tags.discard(_tag_name(call))
    return _done()


def remove_tag(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v2.0/oa/tag/rmtag."""
    name = _tag_name(call)
    for citizen in zalo.citizens.values():
        citizen.tags.discard(name)
    return _done()


def tags(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /v2.0/oa/tag/gettagsofoa."""
    del call
    return _done(sorted({tag for citizen in zalo.citizens.values() for tag in citizen.tags}))


def _tag_name(call: Call) -> str:
    name = call.body.get("tag_name")
    if not isinstance(name, str) or not name:
        raise invalid("tag_name")
    return name
