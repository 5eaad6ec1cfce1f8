"""Why an export cannot be read, in words that a clerk can act on."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from messages.text import Text, _

UNREADABLE: Mapping[str, Text] = MappingProxyType(
    {
        "large": _("The file is larger than 30 MB. Please export fewer days at a time."),
        "long": _("The sheet has more than 300,000 rows. Please export fewer days at a time."),
        "bomb": _(
            "The file unpacks to more than can be read. Please open it in Excel, copy the table "
            "into a new workbook and send that."
        ),
        "empty": _("The file is empty."),
        "macros": _(
            "The file holds macros, which are never opened. Please save it as an Excel workbook "
            "(.xlsx) and send that."
        ),
        "password": _(
            "The file is protected by a password. Please save a copy without one and send that."
        ),
        "damaged": _("The file is damaged. Please export it once more."),
        "page": _(
            "This is a web page with the ending of a workbook. Please open it in Excel, save it as "
            "an Excel workbook (.xlsx) and send that."
        ),
        "other": _("This is no table. Please send an Excel workbook (.xlsx, .xls) or a CSV file."),
        "records": _("It is JSON without one list of dossiers, each with the same names."),
        "encoding": _("The CSV file is not saved as UTF-8. Please save it as CSV UTF-8."),
        "formulas": _(
            "The sheet has formulas without their results. Please open it in Excel, save it and "
            "send it again."
        ),
        "error": _("The formula in cell {place} came to an error. Please mend it in Excel."),
    }
)
"""Word of `bot.dossier_sheet` → its sentence; {place} is a cell."""


def unreadable(word: str, place: str) -> Text:
    """Say why a file cannot be read."""
    return replace(UNREADABLE[word], args=(("place", place),)) if place else UNREADABLE[word]


NOT_PULLED: Mapping[str, Text] = MappingProxyType(
    {
        "unreachable": _("It cannot be reached."),
        "slow": _("It did not answer in time."),
        "private": _("Its name leads into a private network, which commune.toml does not allow."),
        "unauthorized": _("It does not accept our key (BOT_DOSSIERS_HEADER)."),
        "missing": _("There is nothing at the address that is set."),
        "elsewhere": _("It sends us to another address, which is not followed."),
        "fault": _("It has a fault of its own."),
        "large": _("Its answer is larger than 30 MB."),
        "cut": _("Its answer broke off in the middle."),
        "page": _("It sent a web page instead of dossiers, perhaps one for signing in."),
    }
)
"""Word of `bot.dossier_source` → its sentence."""


NUMBER = _(
    "The code has become a number or a date, so its digits may be wrong. Please export the column "
    "as text."
)
NO_CODE = _("The code is missing.")
NOT_A_CODE = _("This is no dossier code.")
LONG_CODE = _("The code is longer than 64 characters.")
TWICE = _("The code stands in row {row} too, with other values.")
NOT_A_DATE = _("This is no date like 23/11/2026.")
