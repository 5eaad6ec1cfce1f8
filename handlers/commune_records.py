"""The records of `commune.toml` and `calendar.toml`, and what can be looked up in them.

`handlers.commune` reads the files; everybody else takes the records from there too.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from handlers import deadlines
from handlers.deadlines import Calendar, Counting, Hours, Interval
from messages.languages import DEFAULT
from messages.vietnamese import fold

BLANK = "empty until the commune tells it"
"""Marks the fields that `handlers.commune.warnings` reports while they are empty."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_PHONE = re.compile(r"\+?[0-9][0-9 .()-]*[0-9]")
_MADE_UP = ("0123456789", "1234567890", "0987654321", "123456789")


def _phone(number: str) -> str:
    """Let an empty place or a telephone number through, but no stand-in for one."""
    digits = re.sub(r"\D", "", number)
    stand_in = digits in _MADE_UP or len(set(digits[1:])) == 1
    if number and (not _PHONE.fullmatch(number) or not 3 <= len(digits) <= 15 or stand_in):  # noqa: PLR2004 - E.164 allows 15, the shortest in use are 113, 114, 115
        raise PydanticCustomError("phone", "not a telephone number")
    return number


def _web_address(url: str) -> str:
    if url and not re.fullmatch(r"https://\S+", url):
        raise PydanticCustomError("web_address", "not an address that begins with https://")
    return url


def _interval(value: object) -> Interval:
    try:
        return Interval.parse(str(value))
    except ValueError as error:
        raise PydanticCustomError("interval", "not a stretch of hours") from error


Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Filled: TypeAlias = Annotated[str, Field(min_length=1)]
Blank: TypeAlias = Annotated[str, BLANK]
Phone: TypeAlias = Annotated[str, BLANK, AfterValidator(_phone)]
WebAddress: TypeAlias = Annotated[str, BLANK, AfterValidator(_web_address)]
TelegramGroup: TypeAlias = Annotated[str, Field(pattern=r"^(-\d{1,19}(/\d{1,10})?)?$")]
Count: TypeAlias = Annotated[int, Field(strict=True, gt=0)]
Stretch: TypeAlias = Annotated[Interval, BeforeValidator(_interval)]
DayHours: TypeAlias = tuple[Stretch, ...]


class Record(BaseModel):
    """A table of one of the two files; it cannot be changed and holds nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Sourced(Record):
    """Something that has to be true outside the program.

    Attributes:
        source: where it was taken from: a law and its article, a page, or "assumed".
        mark: "cần xác nhận" until the commune has confirmed it.
    """

    source: str = ""
    mark: Literal["", "cần xác nhận"] = ""


class Bilingual(Record):
    """Words of the commune itself, in Vietnamese and, where it has them, in English."""

    vi: Filled
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"vi": value} if isinstance(value, str) else value

    def say(self, language: str = DEFAULT) -> str:
        """Give the words in a language, in Vietnamese where there are none."""
        return (self.en if language == "en" else "") or self.vi


class Unit(Sourced):
    """A unit that handles tickets.

    Attributes:
        id: by which categories and officers name it.
        name: what people call it.
        phone: its number.
        address: where it sits.
        telegram_group: the number of a Telegram group that is told of its new tickets too, or
            "GROUP/TOPIC" for one of the group's topics; "" for none.
    """

    id: Id
    name: Bilingual
    phone: Phone = ""
    address: Blank = ""
    telegram_group: TelegramGroup = ""


class Area(Sourced):
    """A part of the commune that people know by a name, such as a former commune."""

    name: Filled


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
    """

    id: Id
    title: Bilingual
    unit: Id
    deadline: Deadline | None = None
    outside: bool = False


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


class Retention(Sourced):
    """After how many days of rest each kind of data is deleted or made anonymous."""

    messages: Count
    letters: Count
    media: Count
    tickets: Count
    people: Count


class Limits(Sourced):
    """How much one person may send, and for how long an answer may be contested.

    Attributes:
        story: characters of a ticket's text.
        comment: characters of a rating's comment.
        photos: of one ticket.
        tickets_a_day: of one person.
        reopen_days: calendar days after the answer.
    """

    story: Count
    comment: Count
    photos: Count
    tickets_a_day: Count
    reopen_days: Count


class Households(Sourced):
    """How many households a village has."""

    village: Filled
    count: Count


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


DossierColumn: TypeAlias = Literal[
    "code",
    "status",
    "due",
    "received",
    "finished",
    "applicant",
    "phone",
    "procedure",
    "field",
    "unit",
    "holder",
    "channel",
    "note",
]
"""What a column of an export may hold."""

DossierStage: TypeAlias = Literal[
    "registered",
    "received",
    "processing",
    "supplement",
    "payment",
    "ready",
    "returned",
    "refused",
    "withdrawn",
    "stopped",
]


class DossierUnit(Record):
    """How exports name a unit that handles dossiers."""

    id: Id
    names: tuple[Filled, ...]


class Dossiers(Sourced):
    """How an export of the one-stop system is read, and what is done with what it tells.

    Attributes:
        columns: what a column holds → its titles in exports, the likeliest first.
        statuses: where a dossier is → how exports say it.
        online, paper: how exports say by which way a dossier came.
        units: how exports name our units; a unit's own name counts too.
        quiet: hours in which nobody is written to who did not ask.
        morning: from when on units are told what falls due.
        reasons: why dossiers are late, as officers choose it for an apology.
        home_days: working days in which service at home is given.
    """

    columns: dict[DossierColumn, tuple[Filled, ...]] = {}
    statuses: dict[DossierStage, tuple[Filled, ...]] = {}
    online: tuple[Filled, ...] = ()
    paper: tuple[Filled, ...] = ()
    units: tuple[DossierUnit, ...] = ()
    quiet: tuple[Stretch, ...] = ()
    morning: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "07:30"
    reasons: tuple[Filled, ...] = ()
    home_days: Count = 3


class Week(Sourced):
    """The hours of an ordinary week."""

    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()

    @property
    def days(self) -> tuple[Hours, ...]:
        """Give the hours of Monday to Sunday."""
        return tuple(getattr(self, name) for name in WEEKDAYS)


class DaysOff(Sourced):
    """A day off, or several from `date` to `until`, both included."""

    date: dt.date
    until: dt.date | None = None
    reason: Filled

    def dates(self) -> Iterator[dt.date]:
        """Give each day."""
        last = self.until or self.date
        for number in range((last - self.date).days + 1):
            yield self.date + dt.timedelta(days=number)


class WorkingDay(Sourced):
    """A date with hours of its own: a weekend that is worked, or half a day."""

    date: dt.date
    hours: Annotated[DayHours, Field(min_length=1)]
    reason: Filled


class SwappedDays(Sourced):
    """A working day given off and the day on which its hours are worked instead."""

    off: dt.date
    working: dt.date


class WorkingTime(Record):
    """What `calendar.toml` says."""

    public_holidays: Literal["VN", ""] = "VN"
    week: Week
    days_off: tuple[DaysOff, ...] = ()
    working_days: tuple[WorkingDay, ...] = ()
    swapped_days: tuple[SwappedDays, ...] = ()

    def calendar(self) -> Calendar:
        """Put the week, the exceptions and the public holidays together."""
        days: dict[dt.date, Hours] = {}
        for off in self.days_off:
            days.update(dict.fromkeys(off.dates(), ()))
        for worked in self.working_days:
            days[worked.date] = worked.hours
        for swap in self.swapped_days:
            days[swap.off] = ()
            days[swap.working] = self.week.days[swap.off.weekday()]
        known = deadlines.public_days if self.public_holidays else deadlines.no_public_days
        return Calendar(self.week.days, days, known)


class Publication(Sourced):
    """Something that the commune makes public in its own words.

    Attributes:
        id: its name in commands and, behind "publication.", in evidence.
        text: what is published; `url` is where all of it stands.
        names: how people call it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
    title: Bilingual
    text: Blank = ""
    url: WebAddress = ""
    names: tuple[Filled, ...] = ()


class Publications(Record):
    """What `publications.toml` says."""

    publications: tuple[Publication, ...] = ()


class Commune(Sourced):
    """A commune: everything it edits except criteria, procedures and templates.

    Attributes:
        office: the body that signs, "Ủy ban nhân dân xã …".
        villages: names to choose a place from; none means that a place is a pin or words.
        households: how many each village has; of a village that is not here it is not known.
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
    directions: Directions
    reception: Reception = Reception()
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

    def due(self, category_id: str, received: dt.datetime) -> dt.datetime:
        """Give the deadline for answering a ticket of a category, by the commune's calendar."""
        category = self.category(category_id)
        clock = (category and category.deadline) or self.deadline
        return deadlines.due(self.calendar, received, clock.amount, clock.counting)
