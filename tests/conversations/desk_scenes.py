"""What the tests of the desk begin with: a citizen's ticket and officers who may act on it."""

from dataclasses import dataclass

from storage.people import revoke
from storage.tickets import Ticket
from tests.transcript import Somebody, Talk, code_in

WORDS = "Đường thôn 3 có ổ gà to trước nhà văn hóa, trơn lắm 😡 <b>{nguy hiểm}</b>"
UNIT = "kinhte"


@dataclass
class Scene:
    """A citizen with a ticket, and two officers of its unit."""

    talk: Talk
    citizen: Somebody
    first: Somebody
    second: Somebody
    code: str

    async def ticket(self) -> Ticket:
        ticket = await self.talk.read.ticket(self.code)
        assert ticket is not None
        return ticket

    def forget(self) -> None:
        """Let everybody look at nothing that came so far."""
        for somebody in (self.citizen, self.first, self.second):
            somebody.forgets()

    async def person_id(self, somebody: Somebody) -> int:
        """Our number of a person."""
        officers = (*await self.talk.read.officers(UNIT), *await self.talk.read.admins())
        return next(one.id for one in officers if one.recipient.to == somebody.address)


async def scene(talk: Talk, channel: str = "web", words: str = WORDS) -> Scene:
    """File a ticket of the unit `kinhte` on a channel; two of its officers are on duty."""
    first = await talk.official(unit=UNIT, name="Đào Thị Trực", channel=channel)
    second = await talk.official(unit=UNIT, name="Bùi Văn Nhì", channel=channel)
    citizen = talk.person("citizen", channel, "Cụ Năm")
    letters = await citizen.says(f"/gopy {words}")
    code = code_in(letters)
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    return Scene(talk, citizen, first, second, code)


async def file(talk: Talk, citizen: Somebody, words: str) -> str:
    """File a ticket; give its code."""
    return code_in(await citizen.says(f"/gopy {words}"))


async def end_roles(talk: Talk, name: str) -> None:
    """Revoke a person's roles."""
    await talk.store.write(lambda connection: revoke(connection, name=name, now=talk.hands()))
