"""What is wrong with a template that the commune edits."""

from messages.languages import say
from messages.text import Text


class BrokenTemplate(ValueError):
    """The template cannot be filled in; nothing is written.

    Attributes:
        reason: the file, the place in it and what is wrong, for whoever edits it.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(say(reason, "en"))
        self.reason = reason
