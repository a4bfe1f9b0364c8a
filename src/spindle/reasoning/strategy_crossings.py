"""Where one protocol overtakes another on the axis of prevalence, and the curves of a picture.

At a given prevalence the classes of tumour mix in proportion, so every measure is a straight line
over it, and two protocols do equally well at one prevalence at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.knowledge.strategies import CURVE_POINTS, NONE, PATIENTS
from spindle.reasoning.strategy_costs import Costs
from spindle.reasoning.strategy_measures import MEASURES, Pair, compute_measure, list_levels
from spindle.reasoning.strategy_sums import Number, Sums

# What can be varied: the share of one class, or of every fusion together.
VARIED: Mapping[str, str] = {"alk": "alk", "any": NONE}


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two protocols do equally well in one measure, on the axis of prevalence."""

    measure: str
    """The measure: `missed`, `cost`."""
    first: str
    """Protocol that has less of it below; everywhere, when they do not cross."""
    second: str
    """Protocol that has less of it above; nowhere, when they do not cross."""
    is_equal: bool
    """Whether both have the same at every prevalence."""
    at: float | Absent
    """Prevalence at which they do equally well; absent when they do not cross."""
    low: float | Absent
    """Lower end of the 95 % interval of the draws in which they cross."""
    high: float | Absent
    """Upper end of it."""
    share_of_draws: float
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
    """A straight line over the prevalence."""

    start: Number
    """Value where nobody has it."""
    end: Number
    """Value where everybody has it."""

    def at(self, share: Number) -> Number:
        """Give the value at a prevalence."""
        return (1 - share) * self.start + share * self.end


def find_prevalence(sums: Sums, varied: str) -> float:
    """Give the share that is varied, as it is at the site."""
    share = float(sums.shares[VARIED[varied]])
    return 1 - share if VARIED[varied] == NONE else share


def draw_line(sums: Sums, measure: str, varied: str, costs: Costs) -> Line | None:
    """Give a measure a patient over the prevalence; none when the costs do not cover it."""
    ends = [
        compute_measure(sums.vary(VARIED[varied], share), measure, costs) for share in (0.0, 1.0)
    ]
    return None if isinstance(ends[0], Absent) else Line(*ends)


def find_crossings(pairs: Sequence[Pair], varied: str, costs: Costs) -> tuple[Crossing, ...]:
    """Give for each measure and each two protocols where one overtakes the other."""
    return tuple(_iterate_crossings(pairs, varied, costs))


def _iterate_crossings(pairs: Sequence[Pair], varied: str, costs: Costs) -> Iterator[Crossing]:
    for measure in MEASURES:
        lines = [
            (
                pair.mean.protocol_id,
                draw_line(pair.mean, measure, varied, costs),
                draw_line(pair.drawn, measure, varied, costs),
            )
            for pair in pairs
        ]
        for (one, mean, drawn), (other, other_mean, other_drawn) in combinations(lines, 2):
            if mean and drawn and other_mean and other_drawn:
                found = _cross(Line(mean.start, mean.end), other_mean)
                shares = _cross_draws(drawn, other_drawn)
                names = _order((one, mean), (other, other_mean), found)
                yield _make_crossing(measure, names, found, shares, (mean, other_mean))


def _make_crossing(
    measure: str,
    names: tuple[str, str],
    at: float | None,
    shares: tuple[Number, int],
    lines: tuple[Line, Line],
) -> Crossing:
    import numpy as np

    inside, draws = shares
    low, high = np.quantile(inside, list_levels()) if len(inside) else (None, None)
    first, second = lines
    return Crossing(
        measure=measure,
        first=names[0],
        second=names[1],
        is_equal=bool(np.isclose(first.start, second.start) and np.isclose(first.end, second.end)),
        at=NOT_REPORTED if at is None else at,
        low=NOT_REPORTED if low is None else float(low),
        high=NOT_REPORTED if high is None else float(high),
        share_of_draws=len(inside) / draws,
    )


def _order(one: tuple[str, Line], other: tuple[str, Line], at: float | None) -> tuple[str, str]:
    """Give the protocol first that has less below the crossing, or in the middle without one."""
    below = 0.5 if at is None else at / 2
    is_less = one[1].at(below) <= other[1].at(below)
    return (one[0], other[0]) if is_less else (other[0], one[0])


def _cross(first: Line, second: Line) -> float | None:
    """Give where two lines cross strictly between nobody and everybody; none elsewhere."""
    start, end = float(first.start - second.start), float(first.end - second.end)
    return None if start * end >= 0 else start / (start - end)


def _cross_draws(first: Line, second: Line) -> tuple[Number, int]:
    """Give where the lines of the draws cross, as far as they do, and how many draws there are."""
    import numpy as np

    start, end = np.asarray(first.start - second.start), np.asarray(first.end - second.end)
    is_inside = start * end < 0
    inside = start[is_inside] / (start[is_inside] - end[is_inside])
    return inside, int(start.size)


def draw_curves(
    pairs: Sequence[Pair], measure: str, varied: str, costs: Costs
) -> tuple[Curve, ...]:
    """Give every protocol's curve in one measure; none when the costs do not cover all of them."""
    import numpy as np

    scale = 1 if measure == "days" else PATIENTS
    curves = []
    for pair in pairs:
        mean = draw_line(pair.mean, measure, varied, costs)
        drawn = draw_line(pair.drawn, measure, varied, costs)
        if mean is None or drawn is None:
            return ()
        points = []
        for share in np.linspace(0, 1, CURVE_POINTS):
            low, high = np.quantile(drawn.at(share), list_levels())
            value = float(mean.at(share))
            points.append((float(share), scale * value, scale * float(low), scale * float(high)))
        curves.append(Curve(pair.mean.protocol_id, tuple(points)))
    return tuple(curves)
