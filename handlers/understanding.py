"""What a free text means: one of the closed list of intents, and the procedures it may ask for.

Order matters. Codes are plain; what the law forbids to take and what cannot wait come before
everything; then the rules of `phrases`; the search comes last, because a score of the search
alone does not tell a question about a procedure from another wish.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from handlers import phrases, troubles
from handlers.forbidden import complains, denounces, denounces_by_name, forbidden
from handlers.intents import Intent
from handlers.lost_papers import about_the_same, helps, tells
from handlers.search import STOP_WORDS, Catalogue, Procedure
from messages.vietnamese import Reading, read

__all__ = [
    "Intent",
    "Meaning",
    "Understanding",
    "forbidden",
    "guess_category",
    "understand",
]

# Search scores, measured on the development questions: what people ask reaches FOUND, small talk
# and feedback rarely do; below FAINT it is noise.
_FOUND: Final = 9.0
_FAINT_ASKED: Final = 6.0
# Beside a second procedure this near, the first is a guess.
_NEAR: Final = 0.95
_BARE_NEAR: Final = 0.88
# A bare subject that twins share (`kết hôn`: to register, or anew) tells less than their scores do.
_BARE_TWIN: Final = 0.8
_TORN: Final = 0.5
# A question that the search knows this well is one in spite of weak signs of another intent.
_ASKED: Final = 20.0
_PLAIN: Final = 30.0
_WEAK_UP_TO: Final = 3.5
_WEAK: Final = frozenset(
    {Intent.FEEDBACK, Intent.PRAISE, Intent.OVERDUE, Intent.PETITION, Intent.INFORMATION_REQUEST}
)
# A question of so few carrying words names a subject, not a wish.
_BARE: Final = 4
# What a long text is about stands in its opening; what it must not say may stand anywhere.
_OPENING: Final = 2000
_UP_TO: Final = 5
_LIKELY: Final = 3

_DIRECTIONS: Final[Mapping[Intent, str]] = {
    Intent.DENUNCIATION: "2.002396",
    Intent.COMPLAINT: "2.002409",
    Intent.RECEPTION_SCHEDULE: "2.001909",
    Intent.INFORMATION_REQUEST: "1.116556",
}

# Intents in the order in which they win among equal scores: the narrower first.
_NARROW_FIRST: Final = tuple(phrases.INTENTS)


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a text may mean, to offer as a choice; `code` is empty without a procedure."""

    intent: Intent
    code: str
    score: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text means.

    Attributes:
        intent: the best reading.
        procedures: up to five (code, score), best first, in code order among equals: those asked
            for, or those nearest where nothing was understood, or the directions' own.
        sure: whether to act on it; otherwise offer `likely`.
        likely: up to three meanings, best first.
    """

    intent: Intent
    procedures: tuple[tuple[str, float], ...]
    sure: bool
    likely: tuple[Meaning, ...]


def understand(text: str, catalogue: Catalogue) -> Understanding:
    """Return what a text means; pure, the same for the same text and catalogue, never raises."""
    whole = read(text)
    reading = whole if len(text) <= _OPENING else read(text, longest=_OPENING)
    return (
        _stopped(whole, catalogue)
        or _by_code(text, reading, catalogue)
        or _by_words(reading, catalogue)
    )


def is_emergency(text: str) -> bool:
    """Tell whether `understand` takes a text for an emergency, in a fraction of its time."""
    reading = read(text)
    return _is_emergency(reading) and not denounces_by_name(reading)


def guess_category(text: str) -> str | None:
    """Return the id of the feedback category a text is about, or nothing where nothing tells.

    Ids: giaothong dien nuoc moitruong trattu datdai xaydung anninh giaoduc yte chinhsach thutuc
    thaido loi_thong_tin; a text that names none belongs to the commune's `khac`.
    """
    scores = _categories(read(text, longest=_OPENING).line)
    return max(scores, key=lambda category: scores[category], default=None)


def _stopped(reading: Reading, catalogue: Catalogue) -> Understanding | None:
    if denounces_by_name(reading):
        intent = Intent.DENUNCIATION
    elif _is_emergency(reading):
        intent = Intent.EMERGENCY
    elif denounces(reading):
        intent = Intent.DENUNCIATION
    elif complains(reading):
        intent = Intent.COMPLAINT
    else:
        return None
    return _settled(intent, _directions(intent, catalogue))


def _by_code(text: str, reading: Reading, catalogue: Catalogue) -> Understanding | None:
    if phrases.DOSSIER_CODE.search(text.upper()):
        late = _scores(reading)[Intent.OVERDUE] >= phrases.ENOUGH
        return _settled(Intent.OVERDUE if late else Intent.DOSSIER_STATUS, ())
    if procedure := catalogue.in_text(text):
        scanned = _scores(reading)[Intent.QR_GUIDANCE] >= phrases.ENOUGH
        intent = Intent.QR_GUIDANCE if scanned else Intent.PROCEDURE
        return _settled(intent, ((procedure.code, 100.0),))
    if repealed := catalogue.repealed_in(text):
        instead = tuple((code, 100.0) for code in sorted(repealed.replaced_by))
        if not instead:
            return Understanding(Intent.UNKNOWN, (), sure=False, likely=())
        return _asked_back(instead)
    return None


def _by_words(reading: Reading, catalogue: Catalogue) -> Understanding:
    found = catalogue.find(reading.words, _UP_TO)
    if tells(reading):
        found = about_the_same(found, reading)
    ranked = tuple((procedure.code, score) for procedure, score in found)
    top = found[0][1] if found else 0.0
    scores = _scores(reading)
    best = max(_NARROW_FIRST, key=lambda intent: scores[intent])
    line = reading.line
    wants = _wants(reading)

    if phrases.OUT_OF_SCOPE.search(line) and not phrases.NOT_OUT_OF_SCOPE.search(line):
        return _settled(Intent.OUT_OF_SCOPE, ())
    if _asks_who(reading) or (_greets(reading) and scores[best] < phrases.ENOUGH):
        return _settled(Intent.GREETING, ())
    if scores[best] >= phrases.ENOUGH and not _rather_a_procedure(best, scores[best], top, reading):
        if best is Intent.INFORMATION_REQUEST and _twins_of_directions(found, best):
            return _asked_back(ranked)
        return _as_intent(best, scores, ranked, catalogue)
    faint = top < (_FAINT_ASKED if wants else _FOUND)
    if faint or (tells(reading) and not helps(found[0][0])):
        return _not_understood(best, scores, ranked)
    return _as_procedure(reading, found)


def _scores(reading: Reading) -> dict[Intent, float]:
    scores = {
        intent: sum(weight for weight, pattern in patterns if pattern.search(reading.line))
        for intent, patterns in phrases.INTENTS.items()
    }
    scores[Intent.FEEDBACK] += _trouble(reading)
    return scores


def _wants(reading: Reading) -> bool:
    """Tell whether the text asks how, where or for how much, or wants something done."""
    if phrases.WANTS.search(reading.line):
        return True
    if reading.marked:
        return bool(phrases.WHERE_MARKED.search(reading.text))
    return bool(phrases.WHERE_BARE.search(reading.line))


def _trouble(reading: Reading) -> float:
    line = reading.line
    defect = bool(troubles.DEFECTS.search(line) or troubles.LEAKS.search(line))
    thing = any(pattern.search(line) for pattern in troubles.THINGS.values())
    if not (defect and thing):
        return 0.0
    return 1.5 if _wants(reading) else 3.0


def _categories(line: str) -> dict[str, int]:
    """Count the words that speak for each category: `nước thải` outweighs `nước`."""
    found = {
        category: sum(len(thing.split()) for thing in pattern.findall(line))
        for category, pattern in troubles.THINGS.items()
    }
    return {category: words for category, words in found.items() if words}


def _is_emergency(reading: Reading) -> bool:
    if troubles.NOT_NOW.search(reading.line):
        return False
    if troubles.FIRE.search(reading.line) and not (reading.marked and "cháy" not in reading.text):
        return True
    return any(pattern.search(reading.line) for pattern in troubles.EMERGENCIES)


def _greets(reading: Reading) -> bool:
    return bool(phrases.GREETS.search(reading.line)) and phrases.GREETINGS.issuperset(reading.words)


def _asks_who(reading: Reading) -> bool:
    """Tell whether somebody asks who or what answers them."""
    is_short = len(reading.words) <= phrases.WHO_AT_MOST
    return is_short and phrases.WHO.search(reading.line) is not None


def _rather_a_procedure(best: Intent, score: float, top: float, reading: Reading) -> bool:
    """Tell whether a weak sign of something else stands beside a plain question.

    Thanks at the end and trouble told on the way belong to many questions; `khai sinh lưu động`
    is a procedure of its own, though it is done at home.
    """
    if best is Intent.HOME_SERVICE:
        return " khai sinh " in reading.line
    if best not in _WEAK or score > _WEAK_UP_TO:
        return False
    return top >= (_ASKED if _wants(reading) else _PLAIN)


def _twins_of_directions(found: tuple[tuple[Procedure, float], ...], intent: Intent) -> bool:
    """Tell whether the search is torn between an intent's own procedure and a near twin of it."""
    own = _DIRECTIONS[intent]
    if len(found) < 2 or found[1][1] < _TORN * found[0][1]:  # noqa: PLR2004 - a pair
        return False
    pair = {procedure.code: procedure for procedure, _ in found[:2]}
    return own in pair and any(own in procedure.asks_back for procedure in pair.values())


def _as_intent(
    best: Intent,
    scores: Mapping[Intent, float],
    ranked: tuple[tuple[str, float], ...],
    catalogue: Catalogue,
) -> Understanding:
    others = sorted(
        (intent for intent in scores if intent is not best and scores[intent] >= phrases.ENOUGH),
        key=lambda intent: -scores[intent],
    )
    likely = [Meaning(best, "", scores[best]), *(Meaning(i, "", scores[i]) for i in others)]
    sure = not others or scores[others[0]] < scores[best]
    if ranked and ranked[0][1] >= _ASKED and best in _WEAK:
        likely.insert(1, Meaning(Intent.PROCEDURE, *ranked[0]))
        sure = sure and scores[best] > phrases.ENOUGH
    return Understanding(best, _directions(best, catalogue), sure, tuple(likely[:_LIKELY]))


def _as_procedure(reading: Reading, found: tuple[tuple[Procedure, float], ...]) -> Understanding:
    ranked = tuple((procedure.code, score) for procedure, score in found)
    first, top = found[0]
    bare = not phrases.ACTS.search(reading.line) and _carrying(reading) <= _BARE
    near = _BARE_NEAR if bare else _NEAR
    rivals = [code for code, score in ranked[1:] if score >= near * top]
    twin = any(
        (other.code in first.asks_back or first.code in other.asks_back)
        and score >= _BARE_TWIN * top
        for other, score in found[1:]
    )
    if any(code in first.asks_back for code in rivals) or (bare and (rivals or twin)):
        return _asked_back(ranked)
    likely = tuple(Meaning(Intent.PROCEDURE, code, score) for code, score in ranked[:_LIKELY])
    return Understanding(Intent.PROCEDURE, ranked, top >= _FOUND and not rivals, likely)


def _carrying(reading: Reading) -> int:
    return len({word for word in reading.words if word not in STOP_WORDS})


def _not_understood(
    best: Intent, scores: Mapping[Intent, float], ranked: tuple[tuple[str, float], ...]
) -> Understanding:
    likely = [Meaning(Intent.PROCEDURE, code, score) for code, score in ranked[:_LIKELY]]
    if scores[best] > 0:
        likely.insert(0, Meaning(best, "", scores[best]))
    return Understanding(Intent.UNKNOWN, ranked, sure=False, likely=tuple(likely[:_LIKELY]))


def _asked_back(ranked: tuple[tuple[str, float], ...]) -> Understanding:
    likely = tuple(Meaning(Intent.PROCEDURE, code, score) for code, score in ranked[:_LIKELY])
    return Understanding(Intent.CLARIFY, ranked[:_UP_TO], sure=False, likely=likely)


def _settled(intent: Intent, procedures: tuple[tuple[str, float], ...]) -> Understanding:
    code, score = procedures[0] if procedures else ("", 1.0)
    return Understanding(intent, procedures, sure=True, likely=(Meaning(intent, code, score),))


def _directions(intent: Intent, catalogue: Catalogue) -> tuple[tuple[str, float], ...]:
    code = _DIRECTIONS.get(intent, "")
    return ((code, 1.0),) if catalogue.by_code(code) else ()
