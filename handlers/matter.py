"""What a person is telling us, from the first word until it is a ticket."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from handlers import questions
from handlers.routing import Turn
from messages.envelope import Attachment


@dataclass(frozen=True, slots=True)
class Matter:
    """What a person has told so far of something that is to be a ticket.

    Attributes:
        kind: feedback, petition, praise and so on, as the ticket will have it.
        category: an id of commune.toml, "" = still to be guessed from the words.
        unit: the unit that is thanked, "" = the one of the category.
        words: message id and text of each message.
        files: photos and documents.
        place: where, in words.
        village: one of the commune's villages.
        latitude: degrees north.
        longitude: degrees east.
        anonymous: whether officials are not told the name.
        cleared: what the person said that this is not, "denunciation" or "complaint".
        at_once: whether the story is filed without further questions.
        warned: whether the emergency numbers were told already.
        previewed: whether the person has seen it put together.
        album: of the photos that came last; its other parts need no answer of their own.
    """

    kind: str = "feedback"
    category: str = ""
    unit: str = ""
    words: tuple[tuple[str, str], ...] = ()
    files: tuple[Attachment, ...] = ()
    place: str = ""
    village: str = ""
    latitude: float | None = None
    longitude: float | None = None
    anonymous: bool = False
    cleared: str = ""
    at_once: bool = False
    warned: bool = False
    previewed: bool = False
    album: str = ""

    @property
    def text(self) -> str:
        """All words, one message a paragraph."""
        return "\n".join(text for _id, text in self.words if text)

    def told(self, turn: Turn, text: str) -> "Matter":
        """Add the words of a turn's message."""
        return replace(self, words=(*self.words, (questions.message_id(turn), text)))

    def gathered(self, turn: Turn) -> "Matter":
        """Add the photos, up to the commune's limit, and the pin of a turn's message."""
        most = turn.office.commune.limits.photos
        found = replace(self, files=(*self.files, *questions.files(turn))[:most])
        if turn.message.attachments:
            found = replace(found, album=turn.message.album)
        pin = questions.pin(turn)
        if pin is None:
            return found
        return replace(found, latitude=pin.latitude, longitude=pin.longitude)


FORM = TypeAdapter(Matter)


def data_of(matter: Matter) -> dict[str, str]:
    """Give the data of a step that keeps a matter."""
    return {"matter": FORM.dump_json(matter, exclude_defaults=True).decode()}


def matter_of(turn: Turn) -> Matter:
    """Read the matter that the waiting step keeps, an empty one where it keeps none."""
    kept = turn.data.get("matter")
    return FORM.validate_json(kept) if kept else Matter()
