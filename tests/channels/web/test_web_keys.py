"""No message of the web chat counts as one of the desk, from which the desk shows what became."""

import hashlib
import json
import string
from datetime import UTC, datetime

from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from bot.channels.web.identity import COOKIE, PERSON_ID, CookieIdentity
from bot.channels.web.inbound import read
from bot.pages.desk_acts import FROM_DESK
from messages.envelope import Address
from tests.transcript import talk

__all__ = ["talk"]

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
OF_FRAMES = string.ascii_letters + string.digits + "_.:-"
ONCE = "a" * 22


@given(
    person=st.from_regex(PERSON_ID, fullmatch=True),
    begins=st.sampled_from(["", FROM_DESK, f":{FROM_DESK}"]),
    rest=st.text(OF_FRAMES, min_size=1, max_size=40),
)
def test_no_id_that_a_page_gives_its_message_makes_it_one_of_the_desk(
    person: str, begins: str, rest: str
) -> None:
    raw = json.dumps({"id": begins + rest, "text": "/tuchoi PA2611-7K3M 3"})
    frame = read(raw, Address("web", person), language="vi", now=NOW, find=lambda _ref: None)
    assert frame.incoming.key == f"{person}:{begins}{rest}"
    assert not frame.incoming.key.startswith(FROM_DESK)


def test_nobody_is_called_as_the_desk_whoever_signed_it() -> None:
    name = FROM_DESK.removesuffix(":")
    signed = Signer("key", salt="web.person", digest_method=hashlib.sha256).sign(name).decode()
    request = make_mocked_request("GET", "/chat", headers={"Cookie": f"{COOKIE}={signed}"})
    assert CookieIdentity("key", secure=False).known(request) is None
