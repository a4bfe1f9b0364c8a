"""What is recorded of one patient's course, as far as options depend on it.

What is not recorded is none and never a no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.course import Margin, OutcomeKind, Treatment, TreatmentKind
from spindle.cases.observations import FusionTest
from spindle.cases.specimen import SpecimenKind
from spindle.cases.tumour import Extent
from spindle.knowledge.therapies import TARGETED, Therapy, load_therapies
from spindle.knowledge.vocabularies import find_gene, fold

# What a tumour can be refractory to, or progress after.
RESISTIBLE = (
    TreatmentKind.TARGETED,
    TreatmentKind.CHEMOTHERAPY,
    TreatmentKind.STEROID,
    TreatmentKind.NSAID,
    TreatmentKind.RADIOTHERAPY,
)
# Kinds of treatment that name a therapy by themselves.
_KIND_THERAPIES: Mapping[TreatmentKind, str] = {
    TreatmentKind.SURGERY: "surgery",
    TreatmentKind.OBSERVATION: "observation",
    TreatmentKind.RADIOTHERAPY: "radiotherapy",
    TreatmentKind.STEROID: "steroid",
    TreatmentKind.NSAID: "nsaid",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A change of a protein as reported, with the test that found it."""

    gene: str
    """Gene by its symbol."""
    change: str
    """The change: `G1269A`."""
    observation_id: str
    """The test."""

    @property
    def name(self) -> str:
        """Gene and change."""
        return f"{self.gene} {self.change}"


@dataclass(frozen=True, slots=True)
class Course:
    """What is recorded of one patient's course, as far as options depend on it."""

    is_resectable: bool | None
    """Whether the tumour is called resectable; none when nothing is said."""
    margin: Margin | None
    """Margin of the last resection whose margin is recorded."""
    resections: int
    """How many operations are recorded."""
    has_recurred: bool | None
    """Whether a recurrence is recorded or denied."""
    has_progressed: bool | None
    """Whether progression is recorded or denied."""
    has_spread: bool | None
    """Whether metastasis is recorded or denied."""
    kinds: frozenset[TreatmentKind]
    """Kinds of treatment recorded."""
    given: frozenset[str]
    """Ids of therapies recorded as given."""
    has_unnamed_targeted: bool
    """Whether a targeted treatment is recorded without its agent."""
    other_targeted: tuple[str, ...]
    """Agents of targeted treatments that are not known here."""
    variants: tuple[Variant, ...]
    """Changes of single proteins that are reported."""

    @property
    def is_cleared(self) -> bool:
        """Whether it was removed with a clear margin and nothing says that it came back."""
        is_back = self.has_recurred is not False or self.has_returned
        return self.margin is Margin.R0 and not is_back

    @property
    def has_returned(self) -> bool:
        """Whether it is recorded that it came back, spread or grew on."""
        return bool(self.has_recurred or self.has_spread or self.has_progressed)

    @property
    def is_unresectable(self) -> bool:
        """Whether it is called not resectable; a clear margin speaks against it, while it lasts."""
        is_overruled = self.margin is Margin.R0 and not self.has_returned
        return self.is_resectable is False and not is_overruled

    @property
    def has_treatment(self) -> bool:
        """Whether a drug or radiotherapy is recorded, which a tumour can resist."""
        return not self.kinds.isdisjoint(RESISTIBLE)


def read_course(case: Case) -> Course:
    """Give what is recorded of the course."""
    resectable = case.tumour.is_resectable
    margins = [t.margin for t in case.treatments if isinstance(t.margin, Margin)]
    targeted = [t for t in case.treatments if t.kind is TreatmentKind.TARGETED]
    return Course(
        is_resectable=None if isinstance(resectable, Absent) else resectable,
        margin=margins[-1] if margins else None,
        resections=sum(t.kind is TreatmentKind.SURGERY for t in case.treatments),
        has_recurred=_find_recurrence(case),
        has_progressed=_find_outcome(case, OutcomeKind.PROGRESSION),
        has_spread=_find_spread(case),
        kinds=frozenset(treatment.kind for treatment in case.treatments),
        given=frozenset(_list_given(case.treatments)),
        has_unnamed_targeted=any(isinstance(t.agent, Absent) for t in targeted),
        other_targeted=tuple(_list_other_targeted(targeted)),
        variants=tuple(_list_variants(case)),
    )


def _find_outcome(case: Case, kind: OutcomeKind) -> bool | None:
    """Give whether an outcome is recorded or denied; recorded wins, and silence is none."""
    said = [outcome.has_occurred for outcome in case.outcomes if outcome.kind is kind]
    return any(said) if said else None


def _find_recurrence(case: Case) -> bool | None:
    is_sampled = any(s.kind is SpecimenKind.RECURRENCE for s in case.specimens)
    return True if is_sampled else _find_outcome(case, OutcomeKind.RECURRENCE)


def _find_spread(case: Case) -> bool | None:
    said = _find_outcome(case, OutcomeKind.METASTASIS)
    if said or case.tumour.extent is Extent.METASTATIC:
        return True
    return False if said is False or case.tumour.extent is Extent.LOCALISED else None


def _list_given(treatments: Iterable[Treatment]) -> Iterable[str]:
    for treatment in treatments:
        if treatment.kind in _KIND_THERAPIES:
            yield _KIND_THERAPIES[treatment.kind]
        if not isinstance(treatment.agent, Absent):
            agent = fold(treatment.agent)
            for therapy in load_therapies().values():
                if names_therapy(agent, therapy):
                    yield therapy.id


def _list_other_targeted(targeted: Iterable[Treatment]) -> Iterable[str]:
    drugs = [therapy for therapy in load_therapies().values() if therapy.kind == TARGETED]
    for treatment in targeted:
        agent = treatment.agent
        if not isinstance(agent, Absent) and not any(names_therapy(fold(agent), d) for d in drugs):
            yield agent.strip()


def names_therapy(agent: str, therapy: Therapy) -> bool:
    """Give whether the folded words for an agent name a therapy."""
    return any(term in agent for term in (therapy.id, *therapy.terms))


def _list_variants(case: Case) -> Iterable[Variant]:
    seen = set()
    for _, observation in case.iterate_observations():
        if not isinstance(observation, FusionTest):
            continue
        for variant in observation.variants:
            gene = find_gene(variant.gene)
            symbol = gene.symbol if gene else variant.gene.strip()
            change = variant.change.strip().removeprefix("p.").upper()
            if (symbol, change) not in seen:
                seen.add((symbol, change))
                yield Variant(symbol, change, observation.id)
