"""Protocols compared draw by draw: the difference, and where one overtakes another.

Every draw is one set of parameters for all protocols, so that a difference is taken within it. At a
given prevalence the classes of tumour mix in proportion, so every measure is a straight line over
it, and in one draw two protocols do equally well at one prevalence at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.knowledge.strategies import CURVE_POINTS, NONE, PATIENTS
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_measures import (
    MEASURES,
    Estimate,
    Pair,
    compute_measure,
    estimate,
    list_levels,
)
from spindle.reasoning.strategy_sums import Number, Sums

# What can be varied: the share of one class, or of every fusion together.
VARIED: Mapping[str, str] = {"alk": "alk", "any": NONE}


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two protocols in one measure, draw by draw."""

    measure: str
    """The measure: `missed`, `cost`."""
    fewer: str
    """Protocol that has less of it on average, at the prevalence of the site."""
    more: str
    """Protocol that has more of it."""
    is_equal: bool
    """Whether both have the same in every draw, at every prevalence."""
    difference: Estimate
    """How much more the second has than the first, at the prevalence of the site."""
    share_fewer: float
    """Share of the draws in which the first has less."""
    share_equal: float
    """Share of the draws in which both have the same."""
    below: str
    """Protocol that has less of it below the crossing of the means; empty without one."""
    at: float | Absent
    """Prevalence at which the means are equal; absent when they do not cross."""
    low: float | Absent
    """Lower end of the 95 % range of the draws in which they cross."""
    high: float | Absent
    """Upper end of it."""
    share_crossing: float
    """Share of the draws in which they cross between nobody and everybody."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One protocol's expected number at each prevalence."""

    protocol_id: str
    """The protocol."""
    points: tuple[tuple[float, float, float, float], ...]
    """Prevalence, mean, lower and upper end."""


@dataclass(frozen=True, slots=True)
class Line:
    """Straight lines over the prevalence, one a draw."""

    start: Number
    """Values where nobody has it."""
    end: Number
    """Values where everybody has it."""

    def at(self, share: Number) -> Number:
        """Give the values at a prevalence."""
        return (1 - share) * self.start + share * self.end

    def subtract(self, other: Line) -> Line:
        """Give the lines of a difference; what rounding leaves of no difference is none."""
        import numpy as np

        pairs = ((self.start, other.start), (self.end, other.end))
        ends = [np.where(np.isclose(one, two), 0.0, one - two) for one, two in pairs]
        return Line(*ends)


def find_prevalence(sums: Sums, varied: str) -> Number:
    """Give the share that is varied, as it is at the site."""
    share = sums.shares[VARIED[varied]]
    return 1 - share if VARIED[varied] == NONE else share


def draw_line(sums: Sums, measure: str, varied: str, costs: Costs) -> Line | None:
    """Give a measure a patient over the prevalence; none when the costs do not cover it."""
    ends = [
        compute_measure(sums.vary(VARIED[varied], share), measure, costs) for share in (0.0, 1.0)
    ]
    return None if isinstance(ends[0], Absent) else Line(*ends)


def list_contrasts(pairs: Sequence[Pair], varied: str, costs: Costs) -> tuple[Contrast, ...]:
    """Give for each measure and each two protocols which has less, and where that turns round."""
    return tuple(_iterate_contrasts(pairs, varied, costs))


def _iterate_contrasts(pairs: Sequence[Pair], varied: str, costs: Costs) -> Iterator[Contrast]:
    for measure in MEASURES:
        found = {p.drawn.protocol_id: draw_line(p.drawn, measure, varied, costs) for p in pairs}
        lines = {name: line for name, line in found.items() if line is not None}
        for both in combinations([p for p in pairs if p.drawn.protocol_id in lines], 2):
            one, other = sorted(both, key=lambda p: _find_mean(p, measure, costs))
            values = [compute_measure(pair.drawn, measure, costs) for pair in (one, other)]
            seen = [float(compute_measure(pair.seen, measure, costs)) for pair in (one, other)]
            names = (one.drawn.protocol_id, other.drawn.protocol_id)
            apart = lines[names[1]].subtract(lines[names[0]])
            yield _make_contrast(measure, names, (values[0], values[1]), apart, seen[1] - seen[0])


def _find_mean(pair: Pair, measure: str, costs: Costs) -> float:
    return float(compute_measure(pair.drawn, measure, costs).mean())


def _make_contrast(
    measure: str, names: tuple[str, str], values: tuple[Number, Number], apart: Line, seen: float
) -> Contrast:
    """Give the contrast of two protocols.

    Parameters
    ----------
    names, values:
        Both protocols, the one with less on average first, and their measures in each draw.
    apart, seen:
        How much more the second has: lines over the prevalence, and as if nothing happened that no
        series has seen.
    """
    import numpy as np

    inside = _cross_draws(apart)
    at = _cross(float(apart.start.mean()), float(apart.end.mean()))
    low, high = np.quantile(inside, list_levels()) if len(inside) else (None, None)
    is_same = np.isclose(*values)
    below = names[0] if apart.start.mean() > 0 else names[1]
    return Contrast(
        measure=measure,
        fewer=names[0],
        more=names[1],
        is_equal=not apart.start.any() and not apart.end.any(),
        difference=estimate(values[1] - values[0], find_scale(measure), seen=seen),
        share_fewer=float((~is_same & (values[0] < values[1])).mean()),
        share_equal=float(is_same.mean()),
        below="" if at is None else below,
        at=NOT_REPORTED if at is None else at,
        low=NOT_REPORTED if low is None else float(low),
        high=NOT_REPORTED if high is None else float(high),
        share_crossing=len(inside) / is_same.size,
    )


def find_scale(measure: str) -> int:
    """Give how many patients a measure is given for: days are those of one."""
    return 1 if measure == "days" else PATIENTS


def _cross(start: float, end: float) -> float | None:
    """Give where a line is nought strictly between nobody and everybody; none elsewhere."""
    return None if start * end >= 0 else start / (start - end)


def _cross_draws(apart: Line) -> Number:
    """Give where the lines of the draws are nought, as far as they are."""
    is_inside = apart.start * apart.end < 0
    start, end = apart.start[is_inside], apart.end[is_inside]
    return start / (start - end)


def draw_curves(
    pairs: Sequence[Pair], measure: str, varied: str, costs: Costs
) -> tuple[Curve, ...]:
    """Give every protocol's curve in one measure; none when the costs do not cover all of them."""
    import numpy as np

    scale = find_scale(measure)
    shares = np.linspace(0, 1, CURVE_POINTS)
    curves = []
    for pair in pairs:
        line = draw_line(pair.drawn, measure, varied, costs)
        if line is None:
            return ()
        values = scale * line.at(shares[:, None])
        low, high = np.quantile(values, list_levels(), axis=1)
        means = values.mean(axis=1)
        points = zip(shares, means, low, high, strict=True)
        found = tuple((float(x), float(mean), float(a), float(b)) for x, mean, a, b in points)
        curves.append(Curve(pair.drawn.protocol_id, found))
    return tuple(curves)
