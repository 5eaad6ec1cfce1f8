"""Answers that officers send often: the commune's words, with the ticket's own in their places."""

import re
from collections.abc import Mapping

from handlers import answers, cards
from handlers.commune import CannedAnswer
from handlers.deadlines import deadline_words
from handlers.desk_ticket import CODE_AND_WORDS, DESK, Shortened, addressed, may, which
from handlers.office import Office
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import DEFAULT, say
from messages.text import Sayable, _, lines
from storage.tickets import Event, Ticket

router = Router()

SEND = "gui"
_PLACE = re.compile(r"\{(\w+)\}")


def filled(turn: Turn, ticket: Ticket, canned: CannedAnswer) -> str:
    """Put what is known of a ticket into the places of an answer; other braces stay as they are."""
    where = ", ".join(part for part in (ticket.place, ticket.village) if part)
    category: Sayable = cards.category_title(turn.office, ticket.category)
    known: Mapping[str, Sayable] = {
        "code": ticket.code,
        "deadline": deadline_words(ticket.due_at, turn.now),
        "unit": cards.unit_name(turn.office, ticket.unit),
        "category": category,
        "place": where or category,
        "commune": turn.office.commune.office,
        "officer": turn.person.official_name,
    }
    said = {name: say(value, DEFAULT) for name, value in known.items()}
    return _PLACE.sub(lambda found: said.get(found[1], found[0]), canned.text.say(DEFAULT))


def named(office: Office, name: str) -> CannedAnswer | None:
    """Find an answer by its id or its number in the list."""
    listed = office.commune.answers
    if name.isdecimal() and 1 <= int(name) <= len(listed):
        return listed[int(name) - 1]
    return next((one for one in listed if one.id == name.lower()), None)


@router.command("mau", "canned", takes=CODE_AND_WORDS, roles=DESK)
async def canned(turn: Turn) -> Reply:
    """Answer in the commune's words: `/mau CODE [name] [gui]`; without `gui` it is shown first."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "mau")
    act = await may(turn, code, Event.ANSWERED)
    if isinstance(act, Reply):
        return act
    name, _blank, rest = words.partition(" ")
    found = named(turn.office, name)
    if found is None:
        listed = turn.office.commune.answers
        if not listed:
            return turn.end(_("The commune has laid down no answers yet (commune.toml)."))
        offers = (Offer(f"/mau {code} {one.id}", Shortened(one.title)) for one in listed)
        return turn.end(_("Which answer to ticket {code}?", code=code), *offers)
    text = filled(turn, act.ticket, found)
    if rest.strip().lower() != SEND:
        return turn.end(
            lines(
                _("It would go to the citizen like this:"),
                "",
                text,
                "",
                _("To send other words, write: {example}", example=f"/traloi {code} …"),
            ),
            Offer(f"/mau {code} {found.id} {SEND}", _("Send it {code}", code=code[-4:])),
        )
    return await answers.write(turn, act, Event.ANSWERED, text)
