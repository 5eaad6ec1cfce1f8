"""What each count is called in a sentence."""

from collections.abc import Mapping, Sequence

from messages.text import Text, _

LABELS: Mapping[str, Text] = {
    "feedback.received": _("pieces of feedback received"),
    "feedback.answered": _("pieces of feedback answered"),
    "feedback.answered_on_time": _("pieces of feedback answered on time"),
    "feedback.late": _("pieces of feedback past their deadline"),
    "feedback.rejected": _("pieces of feedback refused with a reason"),
    "feedback.forwarded": _("pieces of feedback forwarded"),
    "feedback.withdrawn": _("pieces of feedback withdrawn"),
    "feedback.reopened": _("pieces of feedback reopened"),
    "rating.count": _("ratings"),
    "rating.average": _("mean of the ratings"),
    "status.asked": _("questions about a code"),
    "status.found": _("questions about a code that was found"),
    "guidance.shown": _("guides shown"),
    "guidance.scanned": _("QR codes scanned"),
    "redirected.complaint": _("people shown where to complain"),
    "redirected.denunciation": _("people shown where to denounce"),
    "redirected.emergency": _("people given the emergency numbers"),
    "letter.congratulation": _("letters of congratulation"),
    "letter.condolence": _("letters of condolence"),
    "letter.thanks": _("letters of thanks"),
    "letter.apology": _("letters of apology"),
    "letter.commendation": _("letters of commendation"),
    "survey.answered": _("surveys answered"),
    "initiative.received": _("initiatives received"),
    "initiative.recognised": _("initiatives recognised"),
    "notice.sent": _("notices sent"),
    "publication.days": _("days with something published"),
    "homeservice.requested": _("home services asked for"),
    "homeservice.done": _("home services done"),
    "dossier.due": _("dossiers due"),
    "dossier.on_time": _("dossiers settled on time"),
    "dossier.late": _("dossiers overdue"),
    "dossier.apologised": _("overdue dossiers with a letter of apology"),
}
"""A count's full name → its name in a sentence, small letters, for any number."""


OTHER_KINDS: Mapping[str, Text] = {
    "rating": _("ratings"),
    "publication": _("days with something published"),
    "evidence.filed": _("evidence filed"),
    "evidence.confirmed": _("evidence confirmed"),
    "evidence.refused": _("evidence sent back"),
    "score.decided": _("scores decided"),
    "task.confirmed": _("tasks confirmed"),
}
"""Kind of evidence that is no count of its own → its name."""


def label(names: Sequence[str]) -> Text:
    """Name several counts that are added up; there is at least one."""
    named = LABELS[names[0]]
    for name in names[1:]:
        named = _("{these} and {more}", these=named, more=LABELS[name])
    return named
