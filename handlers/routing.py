"""One turn: what a handler is given, what it gives back, and which handler a message is for."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers import choices
from handlers.office import Office
from handlers.spelling import MARK, spelled
from messages.codes import ALPHABET
from messages.envelope import Address, Attachment, AttachmentKind, Incoming, Kind
from messages.languages import DEFAULT
from messages.text import Sayable, _, lines
from storage.outbox import Draft, Offer, Purpose, Recipient
from storage.people import Person
from storage.reader import Reader
from storage.work import Effect


@dataclass(frozen=True, slots=True)
class Chance:
    """What is drawn by chance in a turn; a test gives its own.

    Attributes:
        letters: draws so many characters of an alphabet.
    """

    letters: Callable[[int], str] = lambda n: "".join(secrets.choice(ALPHABET) for _ in range(n))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn comes to.

    Attributes:
        letters: to the person and to others, in order.
        step: the name of the step that waits now; "" = none; None = as it was.
        data: what the conversation has gathered; None = as it was.
        effects: what else changes, in the same transaction.
        language: the language the person chose, "" where they chose none.
    """

    letters: tuple[Draft, ...] = ()
    step: str | None = None
    data: Mapping[str, str] | None = None
    effects: tuple[Effect, ...] = ()
    language: str = ""

    def also(self, *effects: Effect) -> "Reply":
        """Add effects."""
        return replace(self, effects=(*self.effects, *effects))

    def and_tell(self, *letters: Draft) -> "Reply":
        """Add letters to others."""
        return replace(self, letters=(*self.letters, *letters))


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of one person, on its way through one handler.

    Attributes:
        message: what they wrote; `message.choice` is filled from a typed number or title.
        person: who they are and where they stand.
        office: what the commune has laid down: units, categories, procedures, criteria.
        read: asks the store.
        now: when the message was accepted.
        chance: what is drawn by chance.
        words: of a command, what follows it; else the whole text.
    """

    message: Incoming
    person: Person
    office: Office
    read: Reader
    now: datetime
    chance: Chance = field(default_factory=Chance)
    words: str = ""

    @property
    def data(self) -> Mapping[str, str]:
        """What the conversation has gathered so far."""
        return self.person.data or {}

    @property
    def language(self) -> str:
        """The language of the person."""
        return self.person.language or self.message.language or DEFAULT

    @property
    def me(self) -> Recipient:
        """The person as a letter's recipient."""
        address = Address(self.person.channel, self.person.address)
        return Recipient(self.person.id, address, self.language)

    def alone(self) -> "Turn":
        """Give the turn as if it came in the person's own conversation, for what no group reads."""
        return replace(self, message=replace(self.message, group=""))

    def letter(self, text: Sayable, *offers: Offer, **more: object) -> Draft:
        """Write a letter to the person, in the group where they wrote in one."""
        draft = Draft(self.me, text, offers, group=self.message.group)
        return replace(draft, **more) if more else draft  # type: ignore[arg-type] # fields of Draft

    def say(self, text: Sayable, *offers: Offer, effects: tuple[Effect, ...] = ()) -> Reply:
        """Answer; the conversation stays where it is."""
        return Reply((self.letter(text, *offers),), effects=effects)

    def ask(
        self,
        text: Sayable,
        *offers: Offer,
        then: "Step",
        data: Mapping[str, str] | None = None,
        ask: str = "",
    ) -> Reply:
        """Ask; the answer goes to the step `then`. `ask` = "location" or "contact" by button."""
        letter = self.letter(text, *offers, ask=ask)
        gathered = self.data if data is None else data
        return Reply((letter,), then.name, {**gathered, _ASKED: ask} if ask else gathered)

    def end(self, text: Sayable, *offers: Offer, effects: tuple[Effect, ...] = ()) -> Reply:
        """Answer; the conversation is over."""
        return Reply((self.letter(text, *offers),), "", {}, effects)

    def quiet(self, *effects: Effect) -> Reply:
        """Answer nothing."""
        return Reply(effects=effects)


_ASKED = "asked"
"""In the data of a conversation: what the channel was last to ask for by a button of its own."""

Handler = Callable[[Turn], Awaitable[Reply]]
Perhaps = Callable[[Turn], Awaitable[Reply | None]]
Afterwards = Callable[[Turn, Reply], Reply]


@dataclass(frozen=True, slots=True)
class Step:
    """A place in a conversation where the person's answer is awaited.

    Attributes:
        name: "feedback.story": the file and the function.
        handle: what takes the answer.
    """

    name: str
    handle: Handler


@dataclass(frozen=True, slots=True)
class Command:
    """A word at which a handler begins.

    Attributes:
        names: the word and its other forms, folded.
        handle: the handler.
        takes: what must follow the bare word for it to be a command; None = nothing may follow.
        always: whether anything may follow the bare word.
        apart: whether its syllables may stand apart without / or #.
        alone: whether the bare word is one where nothing follows it.
        roles: who may use it, () = everybody.
    """

    names: tuple[str, ...]
    handle: Handler
    takes: re.Pattern[str] | None = None
    always: bool = False
    apart: bool = True
    alone: bool = True
    roles: tuple[str, ...] = ()


class Router:
    """Finds the handler of a message; `handlers/__init__.py` fills it in matching order."""

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self.steps: dict[str, Step] = {}
        self.events: dict[tuple[Kind, str], Handler] = {}
        self.codes: list[tuple[re.Pattern[str], Handler]] = []
        self.coded: set[str] = set()  # steps whose answer may be a code
        self.fallback: Handler | None = None
        self.doors: list[Perhaps] = []
        self.perhaps: list[Perhaps] = []
        self.looks: list[Afterwards] = []
        self.afterwards: list[Afterwards] = []

    def include(self, other: "Router") -> None:
        """Take over what a conversation's own router holds; a name stands for one thing only."""
        for name, command in other.commands.items():
            if name in self.commands:
                raise ValueError(f"two commands are called {name}")
            self.commands[name] = command
        for name, step in other.steps.items():
            if name in self.steps:
                raise ValueError(f"two steps are called {name}")
            self.steps[name] = step
        for key, handler in other.events.items():
            if key in self.events:
                raise ValueError(f"two handlers take {key}")
            self.events[key] = handler
        self.codes += other.codes
        self.coded |= other.coded
        self.doors += other.doors
        self.perhaps += other.perhaps
        self.looks += other.looks
        self.afterwards += other.afterwards
        self.fallback = self.fallback or other.fallback

    def command(
        self,
        *names: str,
        takes: str = "",
        always: bool = False,
        apart: bool = True,
        alone: bool = True,
        roles: tuple[str, ...] = (),
    ) -> Callable[[Handler], Handler]:
        """Register a command under its names.

        Args:
            names: the word and its other forms.
            takes: a pattern of what may follow the bare word, without / or #.
            always: whether anything may follow the bare word (`gopy`).
            apart: whether its syllables may stand apart without / or #; not where that says
                something else ("cảm ơn").
            alone: whether the bare word is one where nothing follows; not where that says something
                else by itself ("số điện thoại" asks for ours).
            roles: who may use it; others get the sentence for a word that does not exist.
        """

        def register(handler: Handler) -> Handler:
            pattern = re.compile(takes, re.IGNORECASE | re.DOTALL) if takes else None
            command = Command(names, handler, pattern, always, apart, alone, roles)
            for name in names:
                if name in self.commands:
                    raise ValueError(f"two commands are called {name}")
                self.commands[name] = command
            return handler

        return register

    def step(self, handler: Handler) -> Step:
        """Register a step under the name of its file and function."""
        step = Step(f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}", handler)
        if step.name in self.steps:
            raise ValueError(f"two steps are called {step.name}")
        self.steps[step.name] = step
        return step

    def event(self, kind: Kind, name: str = "") -> Callable[[Handler], Handler]:
        """Register what takes a kind of message; of a timer, the one of that name."""

        def register(handler: Handler) -> Handler:
            if (kind, name) in self.events:
                raise ValueError(f"two handlers take {(kind, name)}")
            self.events[kind, name] = handler
            return handler

        return register

    def code(self, pattern: str) -> Callable[[Handler], Handler]:
        """Register what takes a message that is nothing but a code of this form."""

        def register(handler: Handler) -> Handler:
            self.codes.append((re.compile(rf"^\s*(?:{pattern})\s*$", re.IGNORECASE), handler))
            return handler

        return register

    def first(self, handler: Perhaps) -> Perhaps:
        """Register what may take a message before the waiting step does, or decline it.

        For what only the store can tell: an answer to a card, an invitation's bare code.
        """
        self.perhaps.append(handler)
        return handler

    def door(self, handler: Perhaps) -> Perhaps:
        """Register what every message passes first, a command too: a reply ends the turn."""
        self.doors.append(handler)
        return handler

    def unasked(self, look: Afterwards) -> Afterwards:
        """Register what looks at the reply to a message that asks nothing expressly of us.

        What a person asks by a command, a choice or a code is theirs to have.
        """
        self.looks.append(look)
        return look

    def after(self, then: Afterwards) -> Afterwards:
        """Register what is said beside a reply, whichever handler gave it."""
        self.afterwards.append(then)
        return then

    def otherwise(self, handler: Handler) -> Handler:
        """Register what takes free text: understanding, and the menu where that finds nothing."""
        self.fallback = handler
        return handler

    @property
    def otherwise_asked(self) -> Handler:
        """What takes a message that is neither a command nor a code: the step that waits."""
        return self._ask_around

    def names(self) -> list[str]:
        """List every command word."""
        return sorted(self.commands)

    async def handle(self, turn: Turn) -> Reply:
        """Find the handler of a turn and run it."""
        for door in self.doors:
            shut = await door(turn)
            if shut is not None:
                return shut
        handler, turn = self.find(turn)
        reply = await handler(turn)
        is_event = turn.message.kind is not Kind.MESSAGE
        if is_event or (handler == self._ask_around and not turn.message.choice):
            for look in self.looks:
                reply = look(turn, reply)
        for then in self.afterwards:
            reply = then(turn, reply)
        return _without_button(turn, reply)

    def find(self, turn: Turn) -> tuple[Handler, Turn]:
        """Find who takes a message: event, command, code, awaited step, understanding."""
        message = turn.message
        if message.kind is not Kind.MESSAGE:
            name = message.text if message.kind is Kind.TIMER else ""
            return self.events.get((message.kind, name), _nothing), turn
        turn = chosen(_with_number(turn))
        text = turn.message.choice or turn.message.text
        # A choice's key is a command only with the sign: "huy" may be the name of a village.
        is_command = not turn.message.choice or MARK.match(text) is not None
        command, words = self._command(text, turn) if is_command else (None, "")
        if command is not None:
            return command.handle, replace(turn, words=words)
        step = self.steps.get(turn.person.step)
        offered = {choice.key for choice in turn.person.offered}
        if turn.message.choice and (step is None or turn.message.choice not in offered):
            return _stale, turn
        turn = replace(turn, words=text)
        if not turn.message.attachments and turn.person.step not in self.coded:
            for pattern, handler in self.codes:
                if pattern.match(text):
                    return handler, turn
        return self._ask_around, turn

    def command_of(self, turn: Turn) -> Command | None:
        """Give the command that a turn, as `find` gave it, is for; None where it is for none."""
        message = turn.message
        text = message.choice or message.text
        if message.kind is not Kind.MESSAGE or (message.choice and not MARK.match(text)):
            return None
        return self._command(text, turn)[0]

    async def _ask_around(self, turn: Turn) -> Reply:
        """Offer a message to those who may decline it, then to the step that waits for it."""
        for handler in self.perhaps:
            reply = await handler(turn)
            if reply is not None:
                return reply
        if turn.message.group and not (turn.message.choice or turn.message.reply_to):
            # What people say to each other in a group is not said to us.
            return turn.quiet()
        step = self.steps.get(turn.person.step)
        if step is not None:
            return await step.handle(turn)
        if self.fallback is None:
            raise LookupError("no handler takes free text")
        return await self.fallback(turn)

    def _command(self, text: str, turn: Turn) -> tuple[Command | None, str]:
        """Read a command and what follows it, where the text is one that this person may use.

        With marks a command is written in syllables ("trả lời"); the longest that is one counts.
        """
        is_marked = MARK.match(text) is not None
        for name, rest, syllables in spelled(text):
            command = self.commands.get(name)
            if command is None or (command.roles and not turn.person.has(*command.roles)):
                continue
            if is_marked or _fits(command, rest, in_one=syllables == 1):
                return command, rest
        return None, ""


def _without_button(turn: Turn, reply: Reply) -> Reply:
    """Let the answer take away the button by which the question before asked for something."""
    sent = any(one.kind is AttachmentKind.CONTACT for one in turn.message.attachments)
    if not (sent or turn.data.get(_ASKED)):
        return reply
    mine = next((one for one in reply.letters if one.to.id == turn.person.id), None)
    if mine is None or mine.ask:
        return reply
    letters = tuple(replace(one, asked=True) if one is mine else one for one in reply.letters)
    data = turn.data if reply.data is None else reply.data
    kept = {key: value for key, value in data.items() if key != _ASKED}
    return replace(reply, letters=letters, data=kept)


def _fits(command: Command, rest: str, *, in_one: bool) -> bool:
    """Tell whether a word without / or #, in one piece or in syllables, is meant as a command."""
    if not in_one and not command.apart:
        return False
    if not rest:
        return command.alone
    if command.always and in_one:
        return True
    return command.takes is not None and command.takes.fullmatch(rest) is not None


def _with_number(turn: Turn) -> Turn:
    """Read a number sent by a button where it belongs to a question that waits or a ticket."""
    if not (turn.person.step or turn.data.get("ticket") or turn.message.reply_to):
        return turn
    return replace(turn, message=choices.with_number(turn.message))


def chosen(turn: Turn) -> Turn:
    """Read a typed number or title as the choice that it stands for; 0 is the menu."""
    return replace(turn, message=choices.chosen(turn.message, turn.person.offered))


async def _nothing(turn: Turn) -> Reply:
    """Take what needs no answer."""
    return turn.quiet()


async def _stale(turn: Turn) -> Reply:
    """Answer a button of an earlier question; the conversation stays where it is."""
    return turn.say(
        lines(
            _("That button belongs to an earlier message and no longer works."),
            _("Please answer the last question, or send 0 for the menu."),
        )
    )


__all__ = ["Attachment", "Chance", "Offer", "Purpose", "Reply", "Router", "Step", "Turn"]
