"""The press: sets a letter away from the loop, and keeps its files among the media."""

import asyncio
from pathlib import Path

from handlers.office import CannotPrint
from scoring.documents.letter import Sheet, set_letter
from storage.letter_book import Files
from storage.media import Media

PDF, PICTURE = "application/pdf", "image/png"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class MediaPress:
    """Sets letters.

    The files are named by their content and are there before a turn names them, so that a turn
    which is decided anew prints nothing a second time.

    Args:
        media: keeps the files.
        template: the commune's Word template.
    """

    def __init__(self, media: Media, template: Path) -> None:
        self._media = media
        self._template = template
        # typst's compiler sets one document at a time.
        self._free = asyncio.Lock()

    async def print(self, sheet: Sheet) -> Files:
        """Set a letter and keep it; raises CannotPrint."""
        try:
            async with self._free:
                done = await asyncio.to_thread(set_letter, sheet, self._template)
            return Files(
                pdf=await self._media.keep_own(done.pdf, PDF),
                picture=await self._media.keep_own(done.picture, PICTURE),
                word=await self._media.keep_own(done.word, WORD),
            )
        except (OSError, ValueError, RuntimeError) as error:
            # typst's errors are RuntimeErrors; an unreadable Word file is a KeyError or ValueError.
            raise CannotPrint(str(error)) from error
