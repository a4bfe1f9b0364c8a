"""What a case document can't say, field by field right and together wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishCount, FishTest, Observation, Stain


def find_faults(case: Case) -> Iterator[str]:
    """Give a sentence for each contradiction within a case document."""
    ids = Counter(observation.id for _, observation in case.iterate_observations())
    for observation_id, n in ids.items():
        if n > 1:
            yield f"The observation id {observation_id!r} stands {n} times; a trace needs it once."
    for _, observation in case.iterate_observations():
        yield from _find_observation_faults(observation)


def _find_observation_faults(observation: Observation) -> Iterator[str]:
    if isinstance(observation, Stain) and not isinstance(observation.percent_positive, Absent):
        share = observation.percent_positive
        if share.low > share.high:
            yield f"{observation.id}: {share.low} to {share.high} per cent is turned round."
    if isinstance(observation, FishTest):
        for count in observation.counts:
            yield from _find_count_faults(observation.id, count)


def _find_count_faults(name: str, count: FishCount) -> Iterator[str]:
    patterns = (count.split, count.isolated_3p, count.isolated_5p, count.fused)
    counted = sum(number for number in patterns if not isinstance(number, Absent))
    if counted > count.nuclei_scored:
        yield f"{name}: {counted} nuclei by pattern are more than {count.nuclei_scored} scored."
