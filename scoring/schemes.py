"""Several schemes side by side: criteria.toml, and criteria-2027.toml for another year."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

from messages.text import Text, _
from messages.vietnamese import fold
from scoring.criteria import BadCriteria, Problem, Scheme, read
from scoring.toml_lines import line_at, lines_of

MAIN, OTHERS = "criteria.toml", "criteria-*.toml"


def read_all(
    folder: Path, units: Collection[str] | None = None, kinds: Collection[str] | None = None
) -> tuple[Scheme, ...]:
    """Read every scheme of a commune's folder, the one of `criteria.toml` first.

    Raises:
        BadCriteria: a file is wrong, two are in force on one day, or a component has another
            criterion from the middle of a year on.
    """
    paths = (folder / MAIN, *sorted(folder.glob(OTHERS)))
    found = [(path, read(path, units, kinds)) for path in paths]
    in_order = sorted(found, key=lambda pair: pair[1].valid_from)
    for (_earlier, old), (path, new) in pairwise(in_order):
        if wrong := list(_between(old, new)):
            lines = lines_of(path.read_text("utf-8-sig"))
            line = line_at(lines, ("valid_from",))
            raise BadCriteria(str(path), [Problem(line, reason) for reason in wrong])
    return tuple(scheme for _path, scheme in found)


def _between(old: Scheme, new: Scheme) -> Iterator[Text]:
    if old.valid_to is None or old.valid_to >= new.valid_from:
        yield _(
            "The criteria {id} are still in force on {day}; give them a valid_to before that day.",
            id=old.id,
            day=new.valid_from,
        )
    yield from moved(old, new)


def moved(old: Scheme, new: Scheme) -> Iterator[Text]:
    """Tell which components have another criterion although the year has begun.

    A placement that no decision has laid down may be set right at any time.
    """
    if (new.valid_from.month, new.valid_from.day) == (1, 1) and new.valid_from > old.valid_from:
        return
    before = {
        fold(part.title): (criterion.id, part.criterion_source)
        for criterion in old.criteria
        for part in criterion.components
    }
    for criterion in new.criteria:
        for part in criterion.components:
            was, source = before.get(fold(part.title), (criterion.id, ""))
            if was != criterion.id and source == "decision":
                yield _(
                    "{component} is moved from criterion {old} to {new} within a year.",
                    component=part.title,
                    old=was,
                    new=criterion.id,
                )
