"""What must hold between the figures of a scheme, beyond the shape of each."""

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from itertools import combinations
from typing import TypeAlias

from messages.text import Text, Value, _
from scoring.scheme import Component, Level, Scheme
from scoring.toml_lines import Place

Doubt: TypeAlias = tuple[Place, Text]
"""Something that does not hold: its place and a sentence."""


def doubts(
    scheme: Scheme, units: Collection[str] | None, kinds: Collection[str] | None
) -> Iterator[Doubt]:
    """Give all that does not hold; unit ids and kinds of evidence are None where not known."""
    for check in CHECKS:
        yield from check(scheme)
    if units is not None:
        yield from _units(scheme, units)
    if kinds is not None:
        yield from _kinds(scheme, kinds)


def _dates(scheme: Scheme) -> Iterator[Doubt]:
    if scheme.valid_to is not None and scheme.valid_to < scheme.valid_from:
        yield ("valid_to",), _("It ends before it begins.")


def _sums(scheme: Scheme) -> Iterator[Doubt]:
    points = sum((criterion.max for criterion in scheme.criteria), Decimal())
    if points != scheme.total:
        yield (
            ("total",),
            _(
                "The criteria have {sum} points together, the total says {total}.",
                sum=points,
                total=scheme.total,
            ),
        )
    for i, criterion in enumerate(scheme.criteria):
        sums: dict[str, Value] = {
            "id": criterion.id,
            "sum": criterion.max - criterion.unlisted,
            "max": criterion.max,
        }
        if criterion.unlisted < 0:
            yield (
                ("criteria", i, "max"),
                _("The components of criterion {id} have {sum} points, more than {max}.", **sums),
            )
        elif criterion.unlisted and all(part.max is not None for part in criterion.components):
            yield (
                ("criteria", i, "max"),
                _("The components of criterion {id} have {sum} points, not {max}.", **sums),
            )


def _twice(scheme: Scheme) -> Iterator[Doubt]:
    seen: set[tuple[str, str]] = set()
    named: list[tuple[Place, str, str]] = [
        (("levels", i, "id"), "level", str(level.id)) for i, level in enumerate(scheme.levels)
    ]
    named += [
        (("criteria", i, "id"), "criterion", criterion.id)
        for i, criterion in enumerate(scheme.criteria)
    ]
    named += [((*place, "id"), "component", part.id) for place, part in _components(scheme)]
    for place, kind, name in named:
        if (kind, name) in seen:
            yield place, _("The id {id} stands here a second time.", id=name)
        seen.add((kind, name))


def _levels(scheme: Scheme) -> Iterator[Doubt]:
    for i, level in enumerate(scheme.levels):
        if _from(level) >= _below(level, scheme):
            yield ("levels", i), _("Level {id} holds no points at all.", id=level.id)
        elif level.below is not None and level.below > scheme.total:
            yield ("levels", i, "below"), _("Level {id} goes beyond the total.", id=level.id)
    if scheme.registered_level is not None and scheme.registered is None:
        yield ("registered_level",), _("There is no level {id}.", id=scheme.registered_level)
    for (_i, one), (j, other) in combinations(enumerate(scheme.levels), 2):
        lower, upper = sorted((one, other), key=_from)
        if _from(upper) < _below(lower, scheme):
            yield ("levels", j), _("Levels {one} and {other} overlap.", one=one.id, other=other.id)


def _sources(scheme: Scheme) -> Iterator[Doubt]:
    for place, part in _components(scheme):
        if (part.max is None) != (part.max_source is None):
            yield (
                (*place, "max_source"),
                _(
                    "Component {id}: max and max_source are given together or not at all.",
                    id=part.id,
                ),
            )
        if (part.lead_unit is None) != (part.lead_source is None):
            yield (
                (*place, "lead_source"),
                _(
                    "Component {id}: lead_unit and lead_source are given together or not at all.",
                    id=part.id,
                ),
            )


def _units(scheme: Scheme, units: Collection[str]) -> Iterator[Doubt]:
    for place, part in _components(scheme):
        if part.lead_unit is not None and part.lead_unit not in units:
            yield (*place, "lead_unit"), _unknown_unit(part.lead_unit, units)
        for unit in part.support_units:
            if unit not in units:
                yield (*place, "support_units"), _unknown_unit(unit, units)


def _kinds(scheme: Scheme, kinds: Collection[str]) -> Iterator[Doubt]:
    for place, part in _components(scheme):
        for kind in part.evidence:
            if kind not in kinds:
                known = ", ".join(sorted(kinds))
                yield (
                    (*place, "evidence"),
                    _(
                        "No evidence is of the kind {kind}; there are: {known}.",
                        kind=kind,
                        known=known,
                    ),
                )


def _unknown_unit(unit: str, units: Collection[str]) -> Text:
    known = ", ".join(sorted(units))
    return _("The unit {unit} is not known; there are: {known}.", unit=unit, known=known)


def _components(scheme: Scheme) -> Iterator[tuple[Place, Component]]:
    for i, criterion in enumerate(scheme.criteria):
        for j, component in enumerate(criterion.components):
            yield ("criteria", i, "components", j), component


def _from(level: Level) -> Decimal:
    return Decimal("-Infinity") if level.min is None else level.min


def _below(level: Level, scheme: Scheme) -> Decimal:
    """Give the first points above a level; the total itself still belongs to one without bound."""
    return scheme.total + 1 if level.below is None else level.below


CHECKS: tuple[Callable[[Scheme], Iterator[Doubt]], ...] = (_dates, _sums, _twice, _levels, _sources)
