"""Messages of the account: /v3.0/oa/message/cs, /v2.0/oa/message, /v3.0/oa/group/message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulators.wire import Answer, Call, Json
from tests.emulators.zalo.bodies import check_message, check_text
from tests.emulators.zalo.citizen import FREE, WINDOW, Citizen, Letter
from tests.emulators.zalo.events import new_message_id
from tests.emulators.zalo.refusals import Refusal, invalid

if TYPE_CHECKING:
    from tests.emulators.zalo.server import ZaloEmulator

REACTIONS = ("/-strong", "/-heart", ":>", "--b", ":-((", ":-h", ":o", "/-remove")
ECHO_NAMES = {
    "text": "oa_send_text",
    "image": "oa_send_image",
    "gif": "oa_send_gif",
    "sticker": "oa_send_sticker",
    "file": "oa_send_file",
    "list": "oa_send_list",
}


def consultation(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v3.0/oa/message/cs (Zalo OA sheet A3.2, refusals E.2)."""
    recipient, message = call.body.get("recipient"), call.body.get("message")
    user_id = recipient.get("user_id") if isinstance(recipient, dict) else None
    if not isinstance(user_id, str) or not user_id:
        raise invalid("user_id")
    if not isinstance(message, dict):
        raise invalid("message")
    kind = check_message(
        message,
        buttons_supported=zalo.switches.buttons_supported,
        list_supported=zalo.switches.list_supported,
        check_asset=zalo.uploads.check,
    )
    citizen = reachable(zalo, user_id)
    quoted = message.get("quote_message_id")
    if quoted is not None and not _said(citizen, quoted):
        raise invalid("quote_message_id")
    quota = charge(zalo, citizen)
    letter = Letter(new_message_id(), kind, message, zalo.clock.now(), quota.get("quota_type", ""))
    _hand_over(zalo, citizen, letter)
    data: Json = {
        "message_id": letter.message_id,
        "user_id": user_id,
        "sent_time": str(zalo.clock.milliseconds()),
    }
    if quota:
        # No quota object means a billed message (A3.4).
        data["quota"] = quota
    return Answer({"data": data, "error": 0, "message": "Success"})


def reachable(zalo: ZaloEmulator, user_id: str) -> Citizen:
    """The person, or the refusal that their state brings (A3.5, A3.6)."""
    citizen = zalo.citizens.get(user_id)
    if citizen is None:
        raise Refusal(-213)
    if citizen.refusal:
        raise Refusal(citizen.refusal)
    if citizen.last_interaction is None:
        raise Refusal(-232)
    if zalo.clock.now() - citizen.last_interaction > WINDOW:
        raise Refusal(-230)
    return citizen


def charge(zalo: ZaloEmulator, citizen: Citizen) -> Json:
    """A3.5: 48 hours free and unlimited, then from the package; -211 when that is used up."""
    if citizen.last_interaction and zalo.clock.now() - citizen.last_interaction <= FREE:
        return {"quota_type": "reply"}
    if zalo.paid_left is None:
        return {}
    if zalo.paid_left <= 0:
        raise Refusal(-211)
    zalo.paid_left -= 1
    return {
        "quota_type": "sub_quota",
        "remain": str(zalo.paid_left),
        "total": str(zalo.paid_total),
        "expired_date": "31/12/2026",
        "owner_type": "OA",
        "owner_id": zalo.app.oa_id,
    }


def _said(citizen: Citizen, message_id: object) -> bool:
    """A3.2: what is quoted is the msg_id of a message of the citizen, none of the account's own."""
    return any(line["src"] and line["message_id"] == message_id for line in citizen.history)


def _knows(citizen: Citizen, message_id: object) -> bool:
    return any(line["message_id"] == message_id for line in citizen.history)


def _hand_over(zalo: ZaloEmulator, citizen: Citizen, letter: Letter) -> None:
    citizen.letters.append(letter)
    echo: Json = {"msg_id": letter.message_id}
    if letter.text:
        echo = {"text": letter.text, "msg_id": letter.message_id}
    citizen.remember(0, letter.kind, echo, str(zalo.clock.milliseconds()))
    name = ECHO_NAMES.get(letter.kind)
    if name is not None:
        zalo.echo_later(citizen, name, echo)


def second_version(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v2.0/oa/message: reactions and anonymous replies live on, texts are shut (A3.1)."""
    recipient = call.body.get("recipient")
    if not isinstance(recipient, dict):
        raise invalid("recipient")
    if "anonymous_id" in recipient:
        return _reply_to_anonymous(zalo, recipient, call.body.get("message"))
    action = call.body.get("sender_action")
    if not isinstance(action, dict):
        # A3.1: the old 1:1 message with a user_id.
        raise Refusal(-240)
    citizen = zalo.citizens.get(str(recipient.get("user_id", "")))
    if citizen is None:
        raise Refusal(-213)
    if action.get("react_icon") not in REACTIONS:
        raise invalid("react_icon")
    if not _knows(citizen, action.get("react_message_id")):
        raise invalid("react_message_id")
    citizen.reactions.append(action)
    data = {"message_id": new_message_id(), "user_id": citizen.id}
    return Answer({"data": data, "error": 0, "message": "Success"})


def _reply_to_anonymous(zalo: ZaloEmulator, recipient: Json, message: object) -> Answer:
    person = zalo.anonymous_people.get(str(recipient["anonymous_id"]))
    if person is None:
        raise invalid("anonymous_id")
    if recipient.get("conversation_id") != person.conversation_id:
        raise invalid("conversation_id")
    if not isinstance(message, dict) or not message.get("text"):
        raise invalid("message")
    check_text(message["text"])
    letter = Letter(new_message_id(), "text", message, zalo.clock.now())
    person.letters.append(letter)
    zalo.changed()
    data = {"message_id": letter.message_id, "anonymous_id": person.id}
    return Answer({"data": data, "error": 0, "message": "Success"})


def group(zalo: ZaloEmulator, call: Call) -> Answer:
    """POST /v3.0/oa/group/message (A3.2): only into a group that the account is in."""
    recipient, message = call.body.get("recipient"), call.body.get("message")
    group_id = recipient.get("group_id") if isinstance(recipient, dict) else None
    if not isinstance(group_id, str) or not group_id:
        raise invalid("group_id")
    if not isinstance(message, dict) or not message.get("text"):
        raise invalid("message")
    check_text(message["text"])
    if group_id not in zalo.groups:
        raise Refusal(-403)
    if group_id in zalo.disabled_groups:
        raise Refusal(-237)
    letter = Letter(new_message_id(), "text", message, zalo.clock.now())
    zalo.groups[group_id].append(letter)
    data = {"message_id": letter.message_id, "group_id": group_id}
    return Answer({"data": data, "error": 0, "message": "Success"})
