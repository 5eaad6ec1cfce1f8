"""Estimates from answers: a share with its interval, a mean with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959964
"""Of the normal distribution for 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share that was estimated.

    Attributes:
        yes: answers that say yes.
        answers: all answers.
        of: how many there are to be asked, None where nobody has told.
        part: yes of all answers, 0 to 1; None without answers.
        low: the lower end of the 95 % interval.
        high: its upper end.
        coverage: answers of all there are to be asked, None where that is not known.
    """

    yes: int
    answers: int
    of: int | None
    part: float | None
    low: float
    high: float
    coverage: float | None

    @property
    def complete(self) -> bool:
        """Whether everybody answered, so that nothing is estimated."""
        return self.of is not None and self.answers >= self.of > 0


def share(yes: int, answers: int, of: int | None = None) -> Share:
    """Estimate a share: Wilson's interval, narrowed by how many of all have answered.

    The interval speaks of chance alone. Who answers in a chat is not drawn by chance, which no
    formula mends: whoever shows it says that it is an estimate from a survey.

    Args:
        yes: answers that say yes.
        answers: all answers.
        of: how many there are, None where that is not known.

    Raises:
        ValueError: more yes than answers, or a count below zero.
    """
    if not 0 <= yes <= answers:
        raise ValueError(f"{yes} of {answers} is no share")
    coverage = min(answers / of, 1.0) if of else None
    if not answers:
        return Share(yes, answers, of, None, 0.0, 1.0, coverage)
    if of is not None and answers >= of > 0:
        part = yes / answers
        return Share(yes, answers, of, part, part, part, coverage)
    # Of a finite number the answers that are in tell more (finite population correction).
    narrowed = math.sqrt((of - answers) / (of - 1)) if of and of > 1 else 1.0
    z = Z * narrowed
    part = yes / answers
    middle = part + z * z / (2 * answers)
    half = z * math.sqrt(part * (1 - part) / answers + z * z / (4 * answers * answers))
    scale = 1 + z * z / answers
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return Share(yes, answers, of, part, low, high, coverage)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of points with its 95 % interval, kept within the scale."""

    count: int
    mean: float | None
    low: float
    high: float


def mean(points: Sequence[int], least: int = 1, most: int = 5) -> Mean:
    """Give the mean of points and its interval by the normal approximation.

    With fewer than two points the interval is the whole scale.
    """
    count = len(points)
    if not count:
        return Mean(0, None, least, most)
    middle = sum(points) / count
    if count == 1:
        return Mean(1, middle, least, most)
    spread = math.sqrt(sum((one - middle) ** 2 for one in points) / (count - 1))
    half = Z * spread / math.sqrt(count)
    return Mean(count, middle, max(least, middle - half), min(most, middle + half))
