"""What a command cannot do, in one line for whoever typed it."""

import sys

from bot.settings import BadSettings
from messages.languages import DEFAULT, say
from messages.text import Sayable, _

DONE, REFUSED = 0, 1
"""Exit codes; a bad option is argparse's own 2."""


class Refusal(Exception):
    """A command cannot do what it was asked.

    Attributes:
        reason: why, as a sentence for whoever typed it.
    """

    def __init__(self, reason: Sayable) -> None:
        self.reason = reason
        super().__init__(say(reason, "en"))


def told(error: BaseException) -> str:
    """Tell in one line why a command failed, whatever failed."""
    return " ".join(_told(error).split())


def _told(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return say(error.reason)
    if isinstance(error, BadSettings):
        return str(error)
    if isinstance(error, OSError):
        return ": ".join(filter(None, (str(error.filename or ""), error.strerror or str(error))))
    return _of_the_service(error)


def _of_the_service(error: BaseException) -> str:
    """Tell what the service itself refused; what it did not foresee by its place alone."""
    # Imported when needed: they bring most of the service with them.
    from bot.logs import where  # noqa: PLC0415
    from handlers.commune import BadCommune  # noqa: PLC0415
    from handlers.search import CatalogueError  # noqa: PLC0415
    from scoring.criteria import BadCriteria  # noqa: PLC0415
    from scoring.documents.broken import BrokenTemplate  # noqa: PLC0415
    from scoring.periods import BadPeriod  # noqa: PLC0415
    from storage.database import StoreUnavailable  # noqa: PLC0415
    from storage.migrate import TooNew  # noqa: PLC0415
    from storage.sealing import CannotUnseal  # noqa: PLC0415

    if isinstance(error, BadPeriod | BrokenTemplate):
        return say(error.reason)
    if isinstance(error, BadCommune | BadCriteria):
        first, *more = error.told(DEFAULT)
        hint = _("{n} more: `python -m bot doctor` lists them.", n=len(more))
        return f"{first} ({say(hint)})" if more else first
    reason = str(error)
    sentences: tuple[tuple[type[Exception], Sayable], ...] = (
        (TooNew, _("The database belongs to a later version ({revision}).", revision=reason)),
        (StoreUnavailable, _("The database cannot be opened: {reason}", reason=reason)),
        (CannotUnseal, _("The secret key cannot open what is kept: {reason}", reason=reason)),
        (CatalogueError, reason),
    )
    for kind, sentence in sentences:
        if isinstance(error, kind):
            return say(sentence)
    app = sys.modules.get("bot.app")
    return reason if app and isinstance(error, app.CannotStart) else where(error)
