"""What officials may do, tried by whoever may not: nothing happens, and one sentence says so."""

import json
from dataclasses import replace

import pytest

from handlers import router
from handlers.routing import Reply
from storage.audit import Audited
from storage.people import Person, Role
from tests.conversations.citizen_scenes import person_of, turned
from tests.conversations.desk_scenes import WORDS, Scene, scene
from tests.conversations.test_steps import WAYS
from tests.transcript import Talk

OFFICIAL = sorted({one.names[0] for one in router.commands.values() if one.roles})
DESK = sorted({one.names[0] for one in router.commands.values() if one.roles == ("officer",)})
FORMS = (
    "/{name}",
    "/{name} {code}",
    "/{name} {code} có",
    "/{name} {code} congan ghi chú",
    "/{name} on",
    "/{name} KS01",
    "/{name} duyet MC2611-1000",
)

ITEM = json.dumps({"component": "1.01", "words": ["Quyết định 12"]})
SCORED = {"component": "1.01", "period": "2026-H2", "points": "1"}
NOTICE = {"kind": "notice", "topic": "thongbao", "text": "Mai mất điện", "at": ""}
LETTER = {"kind": "thanks", "ticket": "", "known": "{}", "fields": "{}"}
WAITING: dict[str, dict[str, str]] = {
    "answers.refusal_confirmed": {"words": "Ngoài thẩm quyền"},
    "answers.words_asked_for": {"event": "answered"},
    "blocking.confirm": {"days": "3", "why": "Spam"},
    "breaches.words": {},
    "broadcast.audience": NOTICE,
    "broadcast.confirm": NOTICE,
    "broadcast.stop_confirmed": {},
    "broadcast.when": NOTICE,
    "broadcast.words": NOTICE,
    "components.component": {"for": "evidence", "listed": "1.01 1.02"},
    "components.criterion": {"for": "evidence"},
    "desk.note_words": {},
    "desk_approval.why_given_back": {},
    "desk_roster.hand_over_words": {},
    "dossier_apology.new_date": {"apology": "XL1", "reason": "Thiếu giấy tờ"},
    "dossier_apology.reason": {"apology": "XL1"},
    "evidence.gather": {"item": ITEM},
    "evidence.period": {"item": ITEM},
    "evidence_review.why": {},
    "forwarding.unit_words": {},
    "households.rows": {"village": "thon mot"},
    "initiatives.decision": {"to": "recognised"},
    "letter_drafting.field": LETTER,
    "letter_drafting.submit": LETTER,
    "offline.source": {},
    "offline.words": {"source": "hotline"},
    "self_score.points": SCORED,
    "self_score.why": SCORED,
}
"""Step of officials → what waits with it; a ticket's code is added."""


def nothing_done(reply: Reply, person: Person) -> None:
    """One letter, to whoever tried; no effect, and nothing of the citizen's."""
    (letter,) = reply.letters
    assert letter.to.id == person.id
    assert reply.effects == ()
    assert WORDS not in repr(reply)


async def stranger(talk: Talk, found: Scene, *roles: Role) -> Person:
    """Whoever holds other roles than the officers of the scene."""
    person = await person_of(talk, talk.person("stranger"))
    assert person.id != (await found.ticket()).person_id
    return replace(person, roles=roles)


@pytest.mark.parametrize("name", OFFICIAL)
async def test_a_citizen_cannot_use_it(talk: Talk, name: str) -> None:
    found = await scene(talk)
    citizen = await stranger(talk, found)
    for form in FORMS:
        text = form.format(name=name, code=found.code)
        nothing_done(await turned(talk, citizen, text), citizen)
        nothing_done(await turned(talk, citizen, choice=text), citizen)


@pytest.mark.parametrize("name", DESK)
async def test_an_officer_of_another_unit_does_nothing_to_a_ticket(talk: Talk, name: str) -> None:
    found = await scene(talk)
    other = await stranger(talk, found, Role("officer", "vhxh", "Lê Thị Khác"))
    for form in FORMS[1:4]:
        text = form.format(name=name, code=found.code)
        for reply in (await turned(talk, other, text), await turned(talk, other, choice=text)):
            (letter,) = reply.letters
            assert letter.to.id == other.id
            # That they tried is written down.
            done = [one for one in reply.effects if not isinstance(one, Audited)]
            assert found.code not in repr(done if name != "bangiao" else [])
            assert WORDS not in repr(reply)


def test_every_step_of_officials_is_tried() -> None:
    assert set(router.steps) - set(WAYS) == set(WAITING)


@pytest.mark.parametrize("step", WAITING)
async def test_whose_role_ended_does_nothing_in_a_step_that_waited(talk: Talk, step: str) -> None:
    found = await scene(talk)
    revoked = await stranger(talk, found)
    for text in ("Đã xong", "có", "gửi", "congan", "15/12/2026", "Nguyễn Văn A; có", "1,5 điểm"):
        data = {"code": found.code, **WAITING[step]}
        reply = await turned(talk, revoked, text, step=step, data=data)
        nothing_done(reply, revoked)
        assert reply.step == ""
