"""Photos and documents that an officer sends from the desk in the browser."""

from bot.channels.web.uploads import PHOTO_BYTES, BadUpload, too_large
from bot.darkroom import Broken, Darkroom
from bot.media_types import mime_of
from bot.photos import BadPhoto
from messages.envelope import Attachment, AttachmentKind
from messages.text import _
from storage.media import Media
from storage.ticket_files import OURS

PDF = "application/pdf"


class DeskFiles:
    """Makes files of the desk ours before the message that brings them is accepted.

    A file stands in the folder without a row until the turn of its message writes one; what no turn
    wanted is swept after a day. So every channel can send it, whichever the officer is on.

    Args:
        media: where files are kept.
        darkroom: opens pictures.
    """

    def __init__(self, media: Media, darkroom: Darkroom) -> None:
        self._media = media
        self._darkroom = darkroom

    async def keep(self, content: bytes, name: str) -> Attachment:
        """Keep a photo without what its camera wrote into it, or a PDF as it is.

        Args:
            content: its bytes.
            name: as its sender calls it.

        Raises:
            BadUpload: it is neither, too large, or cannot be kept now.
        """
        if len(content) > PHOTO_BYTES:
            raise too_large()
        mime, kind = mime_of(content), AttachmentKind.FILE
        if mime != PDF:
            kind = AttachmentKind.IMAGE
            try:
                content, mime = await self._darkroom.without_traces(content)
            except BadPhoto as error:
                reason = _("This is neither a photo that can be read nor a PDF.")
                raise BadUpload(415, reason) from error
            except Broken as error:
                raise _cannot_now() from error
        try:
            digest = await self._media.written(content)
        except OSError as error:
            raise _cannot_now() from error
        return Attachment(kind, f"{OURS}{digest}", name=name, mime=mime, size=len(content))


def _cannot_now() -> BadUpload:
    return BadUpload(503, _("No photo can be taken at the moment. Please try again later."))
