"""What the tests of the citizens' conversations begin with."""

from collections.abc import Mapping
from dataclasses import replace

from handlers import router
from handlers.routing import Chance, Reply, Router, Turn
from messages.envelope import Attachment, AttachmentKind, Incoming
from storage.people import Person
from storage.tickets import State, Ticket
from tests.transcript import Somebody, Talk, code_in

TROUBLE = "Đường vỡ ổ gà to trước cổng trường, xe đi khó 😡 <b>{x}</b>"
FREE = "den duong thon 3 hong ca tuan nay chua ai sua"
"""What is surely feedback."""

DENOUNCED = "Tôi tố cáo ông trưởng thôn Bảy ăn tiền hỗ trợ của dân"
COMPLAINED = "Tôi khiếu nại quyết định thu hồi đất của gia đình tôi"
BURNING = "Cháy nhà ở thôn 3, cứu với"


async def step_of(talk: Talk, somebody: Somebody) -> str:
    """Give the step that waits for a person."""
    return (await person_of(talk, somebody)).step


async def person_of(talk: Talk, somebody: Somebody) -> Person:
    """Read a person as their next turn will see them."""
    seen: list[Person] = []

    class Looking(Router):
        async def handle(self, turn: Turn) -> Reply:
            seen.append(turn.person)
            return Reply()

    kept, talk.inbox_worker._router = talk.inbox_worker._router, Looking()
    await somebody.sends("?")
    talk.inbox_worker._router = kept
    return seen[0]


async def answered(talk: Talk, citizen: Somebody, officer: Somebody) -> str:
    """File a ticket and have it answered; give its code."""
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await officer.says(f"/traloi {code} Đã cho vá xong hôm nay.")
    citizen.new()
    officer.forgets()
    return code


async def ticket(talk: Talk, code: str) -> Ticket:
    found = await talk.read.ticket(code)
    assert found is not None
    return found


async def state(talk: Talk, code: str) -> State:
    return (await ticket(talk, code)).state


async def turned(
    talk: Talk,
    person: Person,
    text: str = "",
    *,
    step: str = "",
    data: Mapping[str, str] | None = None,
    **more: object,
) -> Reply:
    """Let the service's router decide one message in a step, without anything being written."""
    message = Incoming(
        sender=(await talk.read.recipient(person.id)).to,
        key="k1",
        sent_at=talk.hands(),
        message_id="k1",
        text=text,
    )
    turn = Turn(
        message=replace(message, **more),  # type: ignore[arg-type] # its fields
        person=replace(
            person, step=step or person.step, data=person.data if data is None else data
        ),
        office=talk.office,
        read=talk.read,
        now=talk.hands(),
        chance=Chance(),
    )
    return await router.handle(turn)


def sticker() -> Attachment:
    return Attachment(AttachmentKind.STICKER, ref="s1")


def photo(ref: str = "p1") -> Attachment:
    return Attachment(AttachmentKind.IMAGE, ref=ref)


def voice() -> Attachment:
    return Attachment(AttachmentKind.AUDIO, ref="v1")
