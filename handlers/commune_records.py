"""The records of `commune.toml` and `calendar.toml`, and what can be looked up in them.

`handlers.commune` reads the files; everybody else takes the records from there too.
"""

import datetime as dt
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from handlers import deadlines
from handlers.calendar_records import WorkingTime
from handlers.deadlines import Calendar, Counting
from handlers.dossier_records import Dossiers
from handlers.toml_records import (
    BLANK,
    Bilingual,
    Blank,
    Count,
    Filled,
    Id,
    Phone,
    Record,
    Sourced,
    Stretch,
    TelegramGroup,
    WebAddress,
)
from handlers.village_records import Area, Centre, Households
from messages.vietnamese import fold


class Unit(Sourced):
    """A unit that handles tickets.

    Attributes:
        id: by which categories and officers name it.
        name: what people call it.
        phone: its number.
        address: where it sits.
        telegram_group: the number of a Telegram group that is told of its new tickets too, or
            "GROUP/TOPIC" for one of the group's topics; "" for none.
        approval: whether a leader approves each of its answers.
    """

    id: Id
    name: Bilingual
    phone: Phone = ""
    address: Blank = ""
    telegram_group: TelegramGroup = ""
    approval: bool = False


class Leader(Sourced):
    """An office whose holder's name and number the commune has to publish."""

    id: Id
    title: Bilingual
    name: Blank = ""
    phone: Phone = ""


class Contact(Sourced):
    """A number to call."""

    id: Id
    title: Bilingual
    phone: Phone = ""


class Link(Sourced):
    """A page outside the service."""

    id: Id
    title: Bilingual
    url: WebAddress = ""


class Deadline(Sourced):
    """How long an answer may take, and what is counted."""

    amount: Count
    counting: Counting


class Category(Sourced):
    """What a ticket is about; its unit is where the ticket goes first.

    Attributes:
        deadline: only where it differs from the commune's own.
        outside: whether the matter is another body's, so that it is passed on and the citizen told.
        conduct: whether it is about how an official behaved: whom it names never sees it.
        approval: whether a leader approves each answer before it is sent.
        proof: whether an answer needs a photo or document of what was done.
    """

    id: Id
    title: Bilingual
    unit: Id
    deadline: Deadline | None = None
    outside: bool = False
    conduct: bool = False
    approval: bool = False
    proof: bool = False


class MatterKind(Sourced):
    """A kind of ticket that a law or the commune gives a clock, a unit or a register of its own.

    Attributes:
        unit: where it goes whatever its category, "" where the category decides.
        deadline: of the answer; the category's where there is none.
        first_response: until an official first does something; the commune's where there is none.
        urgent: the deadline where an officer finds it urgent or simple.
        complex: the deadline where an officer finds it complex. A kind with a deadline of its own
            has none unless it is told here: what a law gives is lengthened by that law alone.
        registered: whether the register asks for name, address and telephone of who brings it, and
            it is to be passed on within `Clocks.forwarding` where others are competent.
    """

    id: Id
    unit: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    deadline: Deadline | None = None
    first_response: Deadline | None = None
    urgent: Deadline | None = None
    complex: Deadline | None = None
    registered: bool = False


class Clocks(Record):
    """The clocks of a ticket beside that of its answer.

    Attributes:
        first_response: until an official first does something; no clock where there is none.
        forwarding: until it is passed on where another body is competent.
        urgent: the deadline of an answer that an officer finds urgent.
        complex: the deadline of an answer that an officer finds complex.
        waiting_minutes: working minutes by which waiting for the citizen may move the deadline.
    """

    first_response: Deadline | None = None
    forwarding: Deadline | None = None
    urgent: Deadline | None = None
    complex: Deadline | None = None
    waiting_minutes: Count = 2250


class RosterLine(Sourced):
    """A shift of every week, or of a date: who looks after what, when; names on duty are public.

    Attributes:
        weekday: 0 is Monday.
        volunteer: whether they are no official.
    """

    unit: Id
    channel: Id
    weekday: Annotated[int, Field(strict=True, ge=0, le=6)] | None = None
    date: dt.date | None = None
    hours: Stretch
    name: Filled
    volunteer: bool = False

    @model_validator(mode="after")
    def _of_one_kind(self) -> "RosterLine":
        if (self.weekday is None) == (self.date is None):
            raise PydanticCustomError("roster", "either a weekday or a date")
        return self


class CannedAnswer(Sourced):
    """An answer that officers send often, with places such as {code} and {deadline}."""

    id: Id
    title: Bilingual
    text: Bilingual


class Refusal(Sourced):
    """A reason for which a ticket may be refused."""

    id: Id
    title: Bilingual


class Direction(Sourced):
    """Where a matter goes that the law does not let the service take.

    Attributes:
        text: what the law asks for.
        form: how to bring it; `elsewhere`: who else may be turned to.
        procedures: codes of the procedures that guide it.
    """

    title: Bilingual
    text: Bilingual
    place: Bilingual
    form: Bilingual
    elsewhere: Bilingual | None = None
    address: Blank = ""
    phone: Phone = ""
    procedures: tuple[Filled, ...] = ()


class Directions(Record):
    """The matters that get directions and no ticket."""

    complaint: Direction
    denunciation: Direction


class Reception(Sourced):
    """When and where the chairman receives citizens."""

    place: Blank = ""
    days: Blank = ""
    hours: Blank = ""


class Periods(Sourced):
    """When the figures of a reported month, quarter, half year or year are closed.

    Attributes:
        closing_day: the day of a period's last month with which it ends; None is the month's own
            last day. By NĐ 09/2019/NĐ-CP, article 12, it is the 14th.
    """

    closing_day: Annotated[int, Field(strict=True, ge=1, le=27)] | None = None


class Retention(Sourced):
    """After how many days of rest each kind of data is deleted or made anonymous; None = never.

    Attributes:
        messages: received and handled.
        letters: what was written; that it was written is counted on.
        media: photos and documents of tickets that have ended.
        tickets: words, notes and places of those that have ended.
        people: everything of whoever has not written since.
        audit: who looked at what.
        reports: documents that were made.
        dossiers: names and procedures of those that are finished.
    """

    messages: Count | None = None
    letters: Count | None = None
    media: Count | None = None
    tickets: Count | None = None
    people: Count | None = None
    audit: Count | None = None
    reports: Count | None = None
    dossiers: Count | None = None

    @property
    def periods(self) -> dict[str, int | None]:
        """Give each kind with its days."""
        kinds = Retention.model_fields.keys() - Sourced.model_fields.keys()
        return {kind: getattr(self, kind) for kind in Retention.model_fields if kind in kinds}


class Limits(Sourced):
    """How much one person may send, and for how long an answer may be contested.

    Attributes:
        story: characters of a ticket's text.
        comment: characters of a rating's comment.
        photos: of one ticket.
        tickets_a_day: of one person.
        reopen_days: calendar days after the answer.
        messages_a_minute: of one person, that are handled; no fewer than who sends ten photos one
            by one and tells about them.
    """

    story: Count
    comment: Count
    photos: Count
    tickets_a_day: Count
    reopen_days: Count
    messages_a_minute: Annotated[int, Field(strict=True, ge=20)]


class SmartApp(Sourced):
    """The city's app for citizens, of which it is counted how many households have it."""

    name: Filled
    link: WebAddress = ""
    guide: Bilingual


class Topic(Sourced):
    """Something that people may ask to be told about."""

    id: Id
    title: Bilingual


class Quiet(Sourced):
    """Hours in which no notice goes out, "20:30-06:30" across midnight."""

    begins: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "20:30"
    ends: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "06:30"


class Privacy(Sourced):
    """What people are told about their data before the first field of it is stored."""

    line: Bilingual
    legal_ground: Bilingual


class LetterWaiting(Record):
    """The approved ZBS template that tells a citizen on Zalo that a letter waits for them.

    Attributes:
        template: its id, "" = none is sent.
        code: the name of its parameter that takes the ticket's code, "" = it has none.
        office: the name of its parameter that takes the commune's name, "" = it has none.
    """

    template: str = ""
    code: str = "ma_phieu"
    office: str = ""


class Zalo(Record):
    """What only Zalo has.

    Attributes:
        group: the id of the officials' own group chat (GMF) that hears of new tickets.
        letter_waiting: the way out of a closed reply window.
    """

    group: Annotated[str, Field(pattern=r"^[!-~]{0,60}$")] = ""
    letter_waiting: LetterWaiting = LetterWaiting()


class Commune(Sourced):
    """A commune: everything it edits except criteria, procedures and templates.

    Attributes:
        office: the body that signs, "Ủy ban nhân dân xã …".
        villages: names to choose a place from; none means that a place is a pin or words.
        households: how many each village has; of a village that is not here it is not known.
        centres: where villages are; one that is not here stands where its tickets' pins are.
        working_time: what `calendar.toml` says; all else is from `commune.toml`.
    """

    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Bilingual
    office: Bilingual
    province: Bilingual
    default_unit: Id
    deadline: Deadline
    villages: Annotated[tuple[Filled, ...], BLANK] = ()
    households: Annotated[tuple[Households, ...], BLANK] = ()
    centres: tuple[Centre, ...] = ()
    smart_app: SmartApp | None = None
    topics: tuple[Topic, ...] = ()
    quiet: Quiet = Quiet()
    areas: tuple[Area, ...] = ()
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    leaders: tuple[Leader, ...] = ()
    contacts: tuple[Contact, ...] = ()
    emergencies: tuple[Contact, ...] = ()
    links: tuple[Link, ...] = ()
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    refusals: Annotated[tuple[Refusal, ...], Field(min_length=1)]
    kinds: tuple[MatterKind, ...] = ()
    clocks: Clocks = Clocks()
    answers: tuple[CannedAnswer, ...] = ()
    roster: tuple[RosterLine, ...] = ()
    directions: Directions
    reception: Reception = Reception()
    periods: Periods = Periods()
    retention: Retention
    limits: Limits
    privacy: Privacy
    zalo: Zalo = Zalo()
    dossiers: Dossiers = Dossiers()
    working_time: WorkingTime

    @cached_property
    def calendar(self) -> Calendar:
        """When the commune works."""
        return self.working_time.calendar()

    def unit(self, unit_id: str) -> Unit | None:
        """Find a unit by its id, in any case."""
        return next((u for u in self.units if u.id == unit_id.strip().lower()), None)

    def category(self, category_id: str) -> Category | None:
        """Find a category by its id."""
        return next((c for c in self.categories if c.id == category_id), None)

    def category_by_title(self, title: str) -> Category | None:
        """Find a category by its title in either language, whatever its case and diacritics."""
        wanted = fold(title).strip()
        titles = ((c, t) for c in self.categories for t in (c.title.vi, c.title.en) if t)
        return next((c for c, t in titles if fold(t) == wanted), None)

    def unit_of(self, category_id: str) -> str:
        """Give the id of the unit that a ticket goes to first, the default one where none is."""
        category = self.category(category_id)
        return category.unit if category else self.default_unit

    def kind(self, kind_id: str) -> MatterKind | None:
        """Find a kind that has something of its own."""
        return next((one for one in self.kinds if one.id == kind_id), None)

    def due(
        self, category_id: str, received: dt.datetime, kind_id: str = "", urgency: str = "normal"
    ) -> dt.datetime:
        """Give the deadline for answering a ticket, by the commune's calendar.

        The clock of its urgency comes before that of its kind, of its category, of the commune.
        What is complex is given no more time than its kind allows.
        """
        category, kind = self.category(category_id), self.kind(kind_id)
        fixed = kind is not None and kind.deadline is not None and urgency == "complex"
        clock = (
            (getattr(kind, urgency, None) if urgency != "normal" else None)
            or (getattr(self.clocks, urgency) if urgency != "normal" and not fixed else None)
            or (kind and kind.deadline)
            or (category and category.deadline)
            or self.deadline
        )
        return self.by(clock, received)

    def by(self, clock: Deadline, since: dt.datetime) -> dt.datetime:
        """Give when a clock that starts at a moment runs out."""
        return deadlines.due(self.calendar, since, clock.amount, clock.counting)
