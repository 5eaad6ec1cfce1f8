"""No message of the web chat counts as one of the desk, whose forms have asked a second time."""

import hashlib
import json
import string
from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from bot.channels.web.identity import COOKIE, PERSON_ID, CookieIdentity
from bot.channels.web.inbound import read
from handlers.desk_refusals import FROM_DESK
from messages.envelope import Address
from storage.tickets import State
from tests.conversations.desk_scenes import scene
from tests.transcript import Talk, talk

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


@pytest.mark.parametrize("id_", [f"{FROM_DESK}{ONCE}", f"{FROM_DESK}{'b' * 22}"])
async def test_who_names_a_message_as_a_form_of_the_desk_is_asked_once_more_all_the_same(
    talk: Talk, id_: str
) -> None:
    s = await scene(talk)
    raw = json.dumps({"id": id_, "text": f"/tuchoi {s.code} 3"})
    frame = read(raw, s.first.address, language="vi", now=NOW, find=lambda _ref: None)
    s.forget()
    for _again in range(2):
        await talk.inbox.accept(frame.incoming)
        await talk.settle()
    (asked,) = s.first.new()
    assert "Có, từ chối" in asked
    assert (await s.ticket()).state is State.NEW
    assert s.citizen.new() == []
