"""ZBS templates, once ZNS: to a phone and to a user_id (Zalo OA sheet A7)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.emulators.wire import Answer, Call, Json
from tests.emulators.zalo.events import new_message_id
from tests.emulators.zalo.messages import reachable
from tests.emulators.zalo.refusals import Refusal

if TYPE_CHECKING:
    from tests.emulators.zalo.server import ZaloEmulator

PHONE = re.compile(r"84\d{9}")
MAX_TRACKING = 48
MAX_PARAMETER = 200
FIRST_HOUR, LAST_HOUR = 6, 22


@dataclass(slots=True)
class Template:
    """An approved template; `parameters` must all be given, and no others."""

    parameters: tuple[str, ...]
    name: str = "Thông báo kết quả hồ sơ"
    status: str = "ENABLE"
    by_user_id: bool = True


@dataclass(slots=True)
class Templates:
    """What ZBS knows: templates, phones with a Zalo account, what was sent, what is left."""

    known: dict[str, Template] = field(default_factory=dict)
    phones: dict[str, int] = field(default_factory=dict)
    admins: set[str] = field(default_factory=set)
    sent: list[Json] = field(default_factory=list)
    daily_quota: int = 500
    night_refused: bool = False

    def add(self, template_id: str, *parameters: str, status: str = "ENABLE") -> Template:
        template = self.known[template_id] = Template(parameters, status=status)
        return template

    def phone(self, number: str, refusal: int = 0) -> None:
        """A phone that has a Zalo account; `refusal` is a number of sheet A7 it answers with."""
        self.phones[number] = refusal


def to_phone(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /message/template on business.openapi.zalo.me."""
    phone = call.body.get("phone")
    # A7: 84…; a number with a leading 0 must be converted by the sender.
    if not isinstance(phone, str) or not PHONE.fullmatch(phone):
        raise Refusal(-108)
    return _send_to_phone(zalo, call, phone, phone)


def to_hashed_phone(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /message/template/hashphone: sha256 hex of 84…"""
    wanted = call.body.get("hash_phone")
    for phone in zalo.templates.phones:
        if hashlib.sha256(phone.encode()).hexdigest() == wanted:
            return _send_to_phone(zalo, call, phone, str(wanted))
    raise Refusal(-118 if isinstance(wanted, str) and len(wanted) == 64 else -108)


def _send_to_phone(zalo: ZaloEmulator, call: Call, phone: str, recipient: str) -> Answer:
    templates = zalo.templates
    _check_template(templates, call.body)
    tracking_id = call.body.get("tracking_id", "")
    if not isinstance(tracking_id, str) or not 1 <= len(tracking_id) <= MAX_TRACKING:
        raise Refusal(-132)
    if call.body.get("mode") == "development":
        if phone not in templates.admins:
            raise Refusal(-127)
    elif phone not in templates.phones:
        raise Refusal(-118)
    if templates.phones.get(phone):
        raise Refusal(templates.phones[phone])
    _check_hour(zalo)
    if len(templates.sent) >= templates.daily_quota:
        raise Refusal(-144)
    message_id = new_message_id()
    templates.sent.append({**call.body, "msg_id": message_id})
    zalo.template_receipt_later(recipient, message_id, tracking_id)
    remaining = templates.daily_quota - len(templates.sent)
    quota = {"dailyQuota": str(templates.daily_quota), "remainingQuota": str(remaining)}
    data = {
        "msg_id": message_id,
        "sent_time": str(zalo.clock.milliseconds()),
        "sending_mode": str(call.body.get("sending_mode", "1")),
        "quota": quota,
    }
    return Answer({"error": 0, "message": "Success", "data": data})


def to_user_id(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v3.0/oa/message/template: cheaper, by user_id, knows no tracking_id."""
    user_id = call.body.get("user_id")
    if not isinstance(user_id, str) or not user_id:
        raise Refusal(-201, "user_id is invalid!")
    template = _check_template(zalo.templates, call.body)
    if not template.by_user_id:
        raise Refusal(-249)
    citizen = zalo.citizens.get(user_id)
    if citizen is None:
        raise Refusal(-213)
    if citizen.refusal:
        reachable(zalo, user_id)
    _check_hour(zalo)
    message_id = new_message_id()
    zalo.templates.sent.append({**call.body, "msg_id": message_id})
    data = {
        "message_id": message_id,
        "user_id": user_id,
        "sent_time": str(zalo.clock.milliseconds()),
        "quota": {"quota_type": "purchase_quota", "remain": "100"},
    }
    return Answer({"data": data, "error": 0, "message": "Success"})


def _check_template(templates: Templates, body: Json) -> Template:
    template = templates.known.get(str(body.get("template_id", "")))
    if template is None:
        raise Refusal(-109)
    if template.status == "PENDING_REVIEW":
        raise Refusal(-131)
    if template.status != "ENABLE":
        raise Refusal(-146)
    values = body.get("template_data")
    if not isinstance(values, dict) or not values:
        raise Refusal(-111)
    if set(values) != set(template.parameters):
        raise Refusal(-112)
    if any(not isinstance(value, str) or not value for value in values.values()):
        raise Refusal(-112)
    if any(len(value) > MAX_PARAMETER for value in values.values()):
        raise Refusal(-1124)
    return template


def _check_hour(zalo: ZaloEmulator) -> None:
    """A7, -133: 22:00 to 06:00; perhaps no longer in force, hence the switch."""
    hour = zalo.local_hour()
    if zalo.templates.night_refused and not FIRST_HOUR <= hour < LAST_HOUR:
        raise Refusal(-133)


def status(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /message/status?message_id=: -1 none, 0 pushed, 1 delivered."""
    wanted = call.query.get("message_id", "")
    known = any(sent["msg_id"] == wanted for sent in zalo.templates.sent)
    data = {"delivery_time": "", "message": "", "status": 1 if known else -1}
    return Answer({"error": 0, "message": "Success", "data": data})


def quota(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /message/quota."""
    del call
    daily = zalo.templates.daily_quota
    data = {"dailyQuota": daily, "remainingQuota": daily - len(zalo.templates.sent)}
    return Answer({"error": 0, "message": "Success", "data": data})


def every(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /template/all?offset=0&limit=100."""
    try:
        offset, limit = int(call.query["offset"]), int(call.query["limit"])
    except (KeyError, ValueError) as problem:
        raise Refusal(-132) from problem
    found = list(zalo.templates.known.items())
    data = [
        {"templateId": name, "templateName": template.name, "status": template.status}
        for name, template in found[offset : offset + limit]
    ]
    body = {"error": 0, "message": "Success", "data": data, "metadata": {"total": len(found)}}
    return Answer(body)


def info(zalo: ZaloEmulator, call: Call) -> Answer:
    """GET /template/info/v2?template_id=."""
    wanted = call.query.get("template_id", "")
    template = zalo.templates.known.get(wanted)
    if template is None:
        raise Refusal(-109)
    data = {
        "templateId": wanted,
        "templateName": template.name,
        "status": template.status,
        "listParams": [{"name": name, "require": True} for name in template.parameters],
    }
    return Answer({"error": 0, "message": "Success", "data": data})
