"""Practice: a citizen, an officer and a member of staff, invited on a store of their own."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bot.channels.web.identity import PracticeIdentity
from bot.service import Service
from messages.codes import ALPHABET
from messages.envelope import Address, Incoming
from messages.languages import say
from messages.text import Text, _
from storage.people import invite
from storage.reader import Reader

PEOPLE: Mapping[str, Address] = {
    who: Address("web", f"practice-{who}-phone") for who in ("citizen", "officer", "staff")
}

ROLES: Mapping[str, tuple[str, Text]] = {
    "officer": ("officer", _("Officer in training")),
    "staff": ("staff", _("Staff in training")),
}


def practice_identity() -> PracticeIdentity:
    """Tell the three apart by the address of their socket."""
    return PracticeIdentity(PEOPLE)


async def settle_in(service: Service, now: datetime) -> None:
    """Invite the officer and the member of staff the way everybody is invited, once."""
    ground = service.ground
    if await Reader(ground.store).anybody_invited():
        return
    for who, (role, name) in ROLES.items():
        code = "".join(secrets.choice(ALPHABET) for _ in range(8))
        digest = ground.store.box.digest("invite", code)
        await ground.store.write(
            partial(invite, code_hash=digest, role=role, unit="", name=say(name), now=now)
        )
        words = [f"/start {code}", *(["/truc on"] if role == "officer" else [])]
        for number, text in enumerate(words):
            message = Incoming(PEOPLE[who], f"practice:{who}:{number}", now, text=text)
            await service.accept(message)
