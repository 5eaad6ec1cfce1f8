"""What the service does with a message: one line for each conversation, in matching order."""

from handlers import (
    desk,
    dossier,
    feedback,
    guidance,
    information,
    linking,
    menu,
    privacy,
    rating,
    report,
    roles,
    tickets,
)
from handlers.office import Office
from handlers.routing import Router
from messages.languages import say
from messages.text import Text, _

router = Router()
for _conversation in (
    menu,  # start, help, language, cancel; free text
    linking,  # two channels, one person
    roles,  # invitations
    tickets,  # my tickets: a bare code
    guidance,  # procedures: a guide's code
    dossier,  # how far is my dossier
    feedback,  # bring a matter
    rating,  # 1 to 5 for an answer
    information,  # contacts, reception, an official
    privacy,  # what is kept of me
    desk,  # officers
    report,  # staff
):
    router.include(_conversation.router)

COMMANDS: tuple[tuple[str, Text], ...] = (
    ("gopy", _("Give feedback, report a problem")),
    ("phieu", _("My tickets")),
    ("thutuc", _("Guidance on procedures")),
    ("hoso", _("How far is my dossier")),
    ("lienhe", _("Contacts, talk to an official")),
    ("lichtruc", _("Who is on duty")),
    ("lienket", _("Join my channels")),
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
