"""What a search for discordances looks at in a case, and what it hands on when one is raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishTest, Intensity, Observation, PcrTest, Stain
from spindle.cases.specimen import Specimen
from spindle.knowledge.site_groups import list_site_groups
from spindle.reasoning.assessments import Assessment, KinaseAssessment
from spindle.reasoning.findings import Explanation
from spindle.reasoning.statuses import FUSION_ASSAYS


@dataclass(frozen=True)
class CaseView:
    """A case beside its assessment, with its observations by id."""

    case: Case
    """The case."""
    assessment: Assessment
    """Its assessment."""

    @cached_property
    def _placed(self) -> Mapping[str, tuple[Specimen, Observation]]:
        pairs = self.case.iterate_observations()
        return {observation.id: (specimen, observation) for specimen, observation in pairs}

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Names of the tumour's sites, in the order reported."""
        return tuple(site.name for site in self.case.tumour.sites)

    @cached_property
    def site_groups(self) -> tuple[str, ...]:
        """Groups of sites in which the tumour lies, the narrowest first."""
        return list_site_groups(self.sites)

    def find_observation(self, reading: Reading) -> Observation | None:
        """Give the observation that a reading is of, or none when the case does not hold it."""
        found = self._placed.get(reading.observation_id)
        return found[1] if found else None

    def find_specimen(self, reading: Reading) -> Specimen | None:
        """Give the specimen on which a reading's test was done."""
        found = self._placed.get(reading.observation_id)
        return found[0] if found else None

    def find_stain(self, reading: Reading) -> Stain | None:
        """Give the stain that a reading is of, or none for another test."""
        observation = self.find_observation(reading)
        return observation if isinstance(observation, Stain) else None


@dataclass(frozen=True, slots=True)
class Raised:
    """One discordance that was found, before its texts are put together."""

    kind: str
    """Id of its kind."""
    kinase: str
    """The kinase, or the group of kinases that one stain asks about."""
    positives: tuple[Reading, ...] = ()
    """Positive readings in question."""
    negatives: tuple[Reading, ...] = ()
    """Negative readings in question."""
    observations: tuple[str, ...] = ()
    """Ids of further observations in question."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for the texts, by name."""
    facts: tuple[str, ...] = ()
    """Facts of this very case, beside those of the kind."""
    explanations: tuple[Explanation, ...] = ()
    """Explanations of this very case; they come first."""
    settles: tuple[str, ...] = ()
    """What would settle this very case; it comes first."""
    partners: tuple[str, ...] = ()
    """Partners in question."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every reading in question."""
        return (*self.positives, *self.negatives)


def list_results(
    readings: Iterable[Reading], result: ReadingResult, assays: Sequence[Assay] = tuple(Assay)
) -> tuple[Reading, ...]:
    """Give the readings of these assays with one result."""
    return tuple(r for r in readings if r.result is result and r.assay in assays)


def list_stained(kinase: KinaseAssessment) -> tuple[Reading, ...]:
    """Give the positive stains of a kinase, those of a group of kinases left out."""
    found = list_results(kinase.readings, ReadingResult.POSITIVE, (Assay.IHC,))
    return tuple(reading for reading in found if reading.kinase == kinase.kinase)


def list_found_fusions(kinase: KinaseAssessment) -> tuple[Reading, ...]:
    """Give the readings that found a fusion of a kinase."""
    return list_results(kinase.readings, ReadingResult.POSITIVE, FUSION_ASSAYS)


def list_partners(readings: Iterable[Reading]) -> tuple[str, ...]:
    """Give the partners that readings name, each once."""
    named = (r.partner for r in readings if not isinstance(r.partner, Absent))
    return tuple(dict.fromkeys(named))


def find_conditions(view: CaseView, raised: Raised) -> frozenset[str]:
    """Give what holds of the observations in question; see `CONDITIONS` in the knowledge."""
    observations = [view.find_observation(reading) for reading in raised.readings]
    specimens = [view.find_specimen(reading) for reading in raised.readings]
    counts = [c for o in observations if isinstance(o, FishTest) for c in o.counts]
    stains = [o for o in observations if isinstance(o, Stain)]
    pcrs = [o for o in observations if isinstance(o, PcrTest)]
    fusions = [r for r in raised.positives if r.assay in FUSION_ASSAYS]
    ids = {specimen.id for specimen in specimens if specimen}
    held = {
        "other_specimens": len(ids) > 1,
        "one_specimen": len(ids) == 1,
        "other_clones": len({str(s.clone).casefold() for s in stains if _is_said(s.clone)}) > 1,
        "weak_stain": any(stain.intensity is Intensity.WEAK for stain in stains),
        "decalcified": any(s.is_decalcified is True for s in specimens if s),
        "isolated_3p": any(_is_said(c.isolated_3p) and c.isolated_3p for c in counts),
        "isolated_5p": any(_is_said(c.isolated_5p) and c.isolated_5p for c in counts),
        "counted": bool(counts),
        "coverage_recorded": any(_is_said(p.covered_fusions) for p in pcrs),
        "coverage_not_recorded": any(isinstance(p.covered_fusions, Absent) for p in pcrs),
        "frame_not_recorded": any(isinstance(r.is_productive, Absent) for r in fusions),
        "stained": bool(stains),
        "by_rt_pcr": any(r.assay is Assay.RT_PCR for r in fusions),
    }
    return frozenset(name for name, is_so in held.items() if is_so)


def _is_said(value: object) -> bool:
    return not isinstance(value, Absent)
