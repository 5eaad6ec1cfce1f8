"""What the service does with a message: one line for each conversation, in matching order."""

from collections.abc import Collection

from handlers import (
    alarms,
    auditing,
    blocking,
    breaches,
    broadcast,
    calendar_week,
    contact,
    data_requests,
    desk,
    dossier,
    dossier_apology,
    dossier_following,
    dossier_friday,
    dossier_home,
    dossier_late,
    dossier_staff,
    entries,
    evidence,
    feedback,
    flooding,
    groups,
    guidance,
    handover,
    households,
    information,
    initiatives,
    letters,
    linking,
    menu,
    next_tasks,
    noticeboard,
    own_data,
    privacy,
    questions,
    rating,
    receipts,
    report,
    roles,
    scans,
    self_score,
    short_report,
    subscriptions,
    surveys,
    thanks,
    tickets,
    too_large,
    unanswered,
)
from handlers.office import Office
from handlers.redirect import drops
from handlers.routing import Reply, Router, Turn
from messages.languages import say
from messages.text import Text, _

router = Router()
for _conversation in (
    too_large,  # a file that the platform does not give out
    menu,  # start, help, language, cancel; free text
    linking,  # two channels, one person
    roles,  # invitations
    tickets,  # my tickets: a bare code
    entries,  # the code of a poster that is no guide
    guidance,  # procedures: a guide's code
    dossier,  # how far is my dossier
    dossier_following,  # what changed
    dossier_home,  # service at home
    dossier_friday,  # the Friday without appointment
    dossier_staff,  # exports sent in the chat
    dossier_late,  # what falls due, for units
    dossier_apology,  # the letter of a late one
    feedback,  # bring a matter
    households,  # which households have the app
    thanks,  # to a person or a unit
    initiatives,  # an idea for the community, and what becomes of it
    rating,  # 1 to 5 for an answer
    surveys,  # forms of questions
    information,  # contacts, reception, an official
    contact,  # a telephone number
    noticeboard,  # what the commune makes public
    privacy,  # what is kept of me
    own_data,  # all of it, as a file
    data_requests,  # what else I may ask about it
    breaches,  # officials: an incident with personal data
    blocking,  # leaders: whose messages are not taken for some days
    flooding,  # far too many messages in a minute
    desk,  # officers
    groups,  # their group chats
    unanswered,  # officers: questions that no guide answered
    report,  # staff
    alarms,  # administrators
    receipts,  # delivered, read
    handover,  # an official answers by hand
    scans,  # staff: which guides are read, at which posters
    short_report,  # a month in short
    evidence,  # what proves a component
    self_score,  # the commune's own score
    next_tasks,  # what is to be done next
    subscriptions,  # what I want to be sent
    calendar_week,  # what the commune does this week
    broadcast,  # staff and leaders: notices to many
    letters,  # staff and leaders: the commune's letters
):
    router.include(_conversation.router)
auditing.audit_officials(router)


@router.after
def _gathered(turn: Turn, reply: Reply) -> Reply:
    """Lose nothing of what an official puts together to a command of another conversation."""
    conversation = turn.person.step.partition(".")[0]
    command = router.command_of(turn)
    if command is None or drops(reply):
        return reply
    of = command.handle.__module__.rpartition(".")[2]
    return reply if of in {conversation, "menu"} else questions.aside(turn, reply)


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


OFFICIAL_COMMANDS: dict[str, tuple[tuple[str, Text], ...]] = {
    "officer": (
        ("viec", _("What is to be done")),
        ("truc", _("Go on or off duty")),
        ("nhan", _("Take a ticket")),
        ("traloi", _("Answer a ticket")),
        ("hoi", _("Ask the citizen back")),
        ("chuyen", _("Forward a ticket to another unit")),
        ("tuchoi", _("Refuse a ticket, with a reason")),
        ("ghichu", _("Write an internal note")),
        ("ghinhan", _("Write down what came by hotline, letter box or counter")),
    ),
    "staff": (("report", _("Counts and scores of a period")),),
}
"""Role → what the list of commands shows beside what everybody has."""


def commands_of(roles: Collection[str]) -> tuple[tuple[str, Text], ...]:
    """Give the list of commands of somebody who holds these roles, those of the roles first."""
    found: dict[str, Text] = {}
    for role, listed in OFFICIAL_COMMANDS.items():
        if role in roles or "admin" in roles or (role == "staff" and "leader" in roles):
            found |= dict(listed)
    return (*found.items(), *((name, what) for name, what in COMMANDS if name not in found))


def about(office: Office, language: str) -> tuple[str, str]:
    """Give the words before the first message, and a shorter form for a profile."""
    name = office.commune.name.say(language)
    return (
        say(_("{name} listens: feedback, guidance, dossiers. Press Start.", name=name), language),
        say(_("The People's Committee of {name} at your service", name=name), language),
    )
