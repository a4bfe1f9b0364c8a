"""The stain that would separate most of what is still open: expected information, computed.

Only stains of the panel that fits the site, without an answer yet, with published counts in at
least two of the diagnoses that are still open. The information is that between the stain's result
and the diagnosis. It uses no prevalence: half of the doubt is spread evenly over the diagnoses, the
other half after what the recorded results weigh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from spindle.knowledge.entities import IMT, load_entities
from spindle.knowledge.facts import find_fact
from spindle.knowledge.markers import find_group, find_localisation, list_panel
from spindle.knowledge.stain_rules import ANY_SITE, load_panels
from spindle.reasoning.differential_answers import CONTRADICTED, Answer, Answers, name_key
from spindle.reasoning.differential_counts import (
    Counts,
    Place,
    find_counts,
    find_rate,
    load_settings,
    say_notes,
)
from spindle.reasoning.differential_evidence import SHOWN_FACT
from spindle.reasoning.differential_weights import admit_error, list_information, undo_log10
from spindle.reasoning.findings import NextStain
from spindle.reasoning.statuses import join_words

EVEN_FACT = "differential.even-share"
SHOWN_STAINS_FACT = "differential.stains-shown"
LEAST_FACT = "differential.least-information"
SETTLING_FACT = "differential.settling-stains"
# The end of the doubt of a positive stain whose place in the cell is not recorded.
PLACE_MISSING = "where it lies is not recorded."
NOTHING_ASKED: Mapping[str, str] = MappingProxyType({})
STAIN_FACTS = (EVEN_FACT, SHOWN_STAINS_FACT, LEAST_FACT)


@dataclass(frozen=True, slots=True)
class _Ranked:
    marker: str
    information: float
    above: tuple[str, ...]
    below: tuple[str, ...]
    silent: int


def share_doubt(weights: Mapping[str, float], even: float) -> dict[str, float]:
    """Give how much of the doubt lies on each diagnosis that is still open; the sum is 1.

    Parameters
    ----------
    weights:
        Middle of the summed weight against IMT by diagnosis, log10; 0 for IMT itself.
    even:
        Share of the doubt that is spread evenly.
    """
    top = max(weights.values(), default=0.0)
    scaled = {name: undo_log10(weight - top) for name, weight in weights.items()}
    total = sum(scaled.values())
    return {
        name: even / len(weights) + (1 - even) * value / total for name, value in scaled.items()
    }


@cache
def _load_limits() -> tuple[float, int, float]:
    return (
        find_fact(EVEN_FACT).number,
        int(find_fact(SHOWN_STAINS_FACT).number),
        find_fact(LEAST_FACT).number,
    )


def rank_stains(
    weights: Mapping[str, float],
    answers: Answers,
    site_groups: tuple[str, ...],
    settling: Mapping[str, str] = NOTHING_ASKED,
) -> tuple[NextStain, ...]:
    """Give the stains that would separate most, the best first.

    Those that settle what is asked about stand before the others, and those that were never
    counted in IMT after them: they part the others from each other.

    Parameters
    ----------
    weights:
        Middle of the summed weight by diagnosis that nobody excluded; 0 for IMT.
    settling:
        Stains that settle what is asked about, each with a sentence that says so.
    """
    even, most, least = _load_limits()
    doubt = share_doubt(weights, even)
    place = Place(site_groups)
    ranked = [
        found
        for marker in list_unanswered(answers, site_groups, tuple(settling))
        if (found := _rank_marker(marker, doubt, place)) and found.information >= least
    ]
    ranked.sort(
        key=lambda found: (
            found.marker not in settling and not _is_to_be_placed(answers.find(found.marker)),
            not find_counts(IMT, found.marker, place),
            -found.information,
            found.marker,
        )
    )
    best = max((found.information for found in ranked[:most]), default=0.0)
    panel_facts = _list_panel_facts(site_groups)
    stains = []
    for found in ranked[:most]:
        stain = _make_stain(found, best, answers, place, panel_facts)
        if asked := settling.get(found.marker):
            facts = (*stain.facts, SETTLING_FACT)
            stain = replace(stain, why=f"{asked} {stain.why}", facts=facts)
        stains.append(stain)
    return tuple(stains)


def _is_to_be_placed(answer: Answer | None) -> bool:
    """Whether a stain is positive and only the place in the cell is missing: a second look."""
    return answer is not None and answer.is_positive and answer.doubt.endswith(PLACE_MISSING)


def list_unanswered(
    answers: Answers, site_groups: Sequence[str], more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Give the markers of the site's panel, and more that are asked for, that would add something.

    A stain of a group of which one is answered would not be counted beside it; stains that are
    shown and never weighed are left out.
    """
    answered = {find_group(answer.key) for answer in answers.stains if not answer.doubt}
    answered.add(str(find_fact(SHOWN_FACT).value))
    markers = dict.fromkeys((*list_panel(site_groups), *more))
    return tuple(marker for marker in markers if find_group(marker) not in answered)


def _list_panel_facts(site_groups: Sequence[str]) -> tuple[str, ...]:
    panels = load_panels()
    wanted = [group for group in (*site_groups, ANY_SITE) if group in panels]
    return tuple(dict.fromkeys(fact for group in wanted for fact in panels[group].facts))


def _rank_marker(marker: str, doubt: Mapping[str, float], place: Place) -> _Ranked | None:
    """Give the expected information of a stain; none with counts in fewer than two diagnoses."""
    error = load_settings().reading_error
    rates = {name: rate for name in doubt if (rate := find_rate(name, marker, place))}
    if len(rates) < 2:
        return None
    shares = [(doubt[name], admit_error(rate.mean, error)) for name, rate in rates.items()]
    parts = list_information(shares)
    mean = sum(w * p for w, p in shares) / sum(w for w, _ in shares)
    names = sorted(zip(parts, rates, shares, strict=True), key=lambda part: (-part[0], part[1]))
    above = [name for _, name, (_, share) in names if share > mean]
    below = [name for _, name, (_, share) in names if share <= mean]
    return _Ranked(marker, sum(parts), tuple(above[:2]), tuple(below[:2]), len(doubt) - len(rates))


def _make_stain(
    found: _Ranked, best: float, answers: Answers, place: Place, panel_facts: tuple[str, ...]
) -> NextStain:
    told = {name: c for name in _order(found) if (c := find_counts(name, found.marker, place))}
    facts = (fact for counts in told.values() for fact in counts.facts)
    return NextStain(
        marker=name_marker(found.marker),
        information_bits=found.information,
        share_of_best=found.information / best,
        separates=tuple(_name(name) for name in (*found.above, *found.below)),
        why=" ".join(_explain(found, told, answers)),
        facts=tuple(dict.fromkeys((*panel_facts, *facts, *STAIN_FACTS))),
    )


def _order(found: _Ranked) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*found.above, *found.below, IMT)))


def name_marker(marker: str) -> str:
    """Give a marker with the place that counts: `STAT6 (nuclear)`."""
    rule = find_localisation(marker)
    named = name_key(marker)
    return f"{named} ({rule.localisation})" if rule and not rule.is_assumed else named


def _name(entity: str) -> str:
    return "IMT" if entity == IMT else load_entities()[entity].name


def _explain(found: _Ranked, told: Mapping[str, Counts], answers: Answers) -> Iterator[str]:
    said = [f"{_name(name)} {c.n} of {c.of}{say_notes(c)}" for name, c in told.items()]
    if IMT not in told:
        said.append("no count is published for IMT, of which it tells nothing")
    yield f"Positive in: {'; '.join(said)}."
    if found.silent:
        some = "one diagnosis" if found.silent == 1 else f"{found.silent} diagnoses"
        yield f"It has no count for {some} still open, and tells nothing about them."
    if answer := answers.find(found.marker):
        yield f"It is done already: {_lower(_say_again(answer))}"


def _say_again(answer: Answer) -> str:
    if answer.doubt == CONTRADICTED:
        return f"{answer.doubt} A repeat may tell."
    return f"{answer.doubt} A second look at the slide may tell."


def _lower(words: str) -> str:
    is_name = words[1:2].isupper() or words[1:2].isdigit()
    return words if is_name else words[0].lower() + words[1:]


def join_markers(stains: Sequence[NextStain]) -> str:
    """Give the markers of stains as a list in a sentence."""
    return join_words([stain.marker for stain in stains])
