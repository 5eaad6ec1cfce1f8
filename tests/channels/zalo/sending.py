"""Letters to a citizen on Zalo, and the calls that carry them."""

from typing import Any

from bot.channels.channel import (
    Letter,
)
from messages.envelope import Address, Choice, Outgoing
from tests.emulators.wire import Call
from tests.emulators.zalo import Citizen

MENU = (
    Choice("pothole", "Đường, cầu", number=1),
    Choice("light", "Điện chiếu sáng", number=2),
    Choice("menu", "Trang chủ", number=0),
)
PORTAL = Choice("portal", "Cổng dịch vụ công", url="https://dichvucong.gov.vn")


def letter(citizen: Citizen, body: Outgoing | str, **more: Any) -> Letter:  # noqa: ANN401
    body = Outgoing(body) if isinstance(body, str) else body
    return Letter(1, Address("zalo", citizen.id), body, **more)


def is_sending(call: Call) -> bool:
    return call.method == "cs"
