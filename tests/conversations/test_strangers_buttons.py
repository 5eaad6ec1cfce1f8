"""A button of somebody else's card, sent by a page that was made to: it does nothing."""

import pytest

from storage.tickets import State
from tests.conversations.citizen_scenes import TROUBLE, ticket
from tests.transcript import Talk, code_in

KEYS = [
    "/nhan {code}",
    "/traloi {code}",
    "/traloi {code} Đã xong, không cần xem nữa",
    "/chuyen {code} congan",
    "/tuchoi {code} 1",
    "/tra {code}",
    "/linhvuc {code} khac",
    "/hoi {code} Nhà ở đâu?",
    "/ghichu {code} ghi",
    "/danhgia {code} 5",
    "/rutphieu {code}",
    "/bosung {code} thêm",
    "/molai {code}",
    "withdraw:yes",
    "erase:yes",
]


@pytest.mark.parametrize("key", KEYS)
async def test_a_stranger_presses_it_in_vain(talk: Talk, channel: str, key: str) -> None:
    officer = await talk.official()
    code = code_in(await talk.person("owner", channel).says(f"/gopy {TROUBLE}"))
    before = await ticket(talk, code)
    history = await talk.read.history(code)
    officer.forgets()
    (told,) = await talk.person("stranger", channel).sends(choice=key.format(code=code))
    assert TROUBLE not in told
    assert await ticket(talk, code) == before
    assert await talk.read.history(code) == history
    assert before.state is not State.RESOLVED
    assert officer.new() == []
