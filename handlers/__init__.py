"""What the service does with a message: one line for each conversation, in matching order."""

from handlers import (
    desk,
    dossier,
    entries,
    feedback,
    guidance,
    information,
    menu,
    noticeboard,
    privacy,
    rating,
    report,
    roles,
    scans,
    tickets,
    unanswered,
)
from handlers.office import Office
from handlers.routing import Router
from messages.languages import say
from messages.text import Text, _

router = Router()
for _conversation in (
    menu,  # start, help, language, cancel; free text
    roles,  # invitations
    tickets,  # my tickets: a bare code
    entries,  # the code of a poster that is no guide
    guidance,  # procedures: a guide's code
    dossier,  # how far is my dossier
    feedback,  # bring a matter
    rating,  # 1 to 5 for an answer
    information,  # contacts, reception, an official
    noticeboard,  # what the commune makes public
    privacy,  # what is kept of me
    desk,  # officers
    unanswered,  # officers: questions that no guide answered
    report,  # staff
    scans,  # staff: which guides are read, at which posters
):
    router.include(_conversation.router)

COMMANDS: tuple[tuple[str, Text], ...] = (
    ("gopy", _("Give feedback, report a problem")),
    ("phieu", _("My tickets")),
    ("thutuc", _("Guidance on procedures")),
    ("hoso", _("How far is my dossier")),
    ("lienhe", _("Contacts, talk to an official")),
    ("ngonngu", _("Language")),
    ("riengtu", _("My personal data")),
    ("huy", _("Leave what I am doing")),
    ("help", _("Help")),
)
"""What a platform's list of commands shows to everybody."""


def about(office: Office, language: str) -> tuple[str, str]:
    """Give the words before the first message, and a shorter form for a profile."""
    name = office.commune.name.say(language)
    return (
        say(_("{name} listens: feedback, guidance, dossiers. Press Start.", name=name), language),
        say(_("The People's Committee of {name} at your service", name=name), language),
    )
