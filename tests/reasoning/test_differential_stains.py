"""The next stain: expected information over what is still open, within the site's panel."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishTest,
    HistologyFinding,
    Observation,
    Stain,
    StainPattern,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Site, Tumour
from spindle.knowledge.entities import load_entities
from spindle.knowledge.facts import find_fact
from spindle.knowledge.markers import find_group, list_panel
from spindle.knowledge.site_groups import list_site_groups
from spindle.knowledge.vocabularies import find_marker
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.differential_answers import collect_answers
from spindle.reasoning.differential_candidates import draft_candidates
from spindle.reasoning.differential_counts import (
    Place,
    find_counts,
    find_rate,
    load_settings,
)
from spindle.reasoning.differential_fusions import collect_fusions
from spindle.reasoning.differential_open import load_settling, weigh_open
from spindle.reasoning.differential_stains import (
    SETTLING_FACT,
    list_unanswered,
    name_marker,
    share_doubt,
)
from spindle.reasoning.differential_weights import admit_error
from spindle.reasoning.findings import NextStain
from spindle.reasoning.reflex import assess_case

POSITIVE, NEGATIVE = TestResult.POSITIVE, TestResult.NEGATIVE
SITES = ("lung", "nasal cavity", "stomach", "uterus", "urinary bladder", "thigh", "skin", "")


def stain(marker: str, result: TestResult | Absent = POSITIVE, **values: object) -> Stain:
    return Stain(id=f"{marker} stain", marker=marker, result=result, **values)  # type: ignore[arg-type]


def make_case(*observations: Observation, site: str = "stomach") -> Case:
    return Case(
        id="case",
        tumour=Tumour(sites=(Site(name=site),) if site else ()),
        specimens=(Specimen(id="block", observations=observations),),
    )


def rank(*observations: Stain, site: str = "stomach") -> tuple[NextStain, ...]:
    case = make_case(*observations, site=site)
    return weigh_differential(case, assess_case(case)).next_stains


def list_markers(stains: tuple[NextStain, ...]) -> list[str]:
    return [stain.marker for stain in stains]


def test_the_doubt_is_half_even_and_half_after_the_weights() -> None:
    """Weights 0 and +1 are 1 to 10, so 1/11 and 10/11; half of that and a quarter each."""
    shared = share_doubt({"imt": 0.0, "gist": 1.0}, 0.5)
    assert shared["imt"] == pytest.approx(0.25 + 0.5 / 11)
    assert shared["gist"] == pytest.approx(0.25 + 5 / 11)


@given(st.dictionaries(st.text(min_size=1), st.floats(-6, 6), min_size=1, max_size=30))
def test_no_diagnosis_is_left_out_because_of_its_weight(weights: dict[str, float]) -> None:
    shared = share_doubt(weights, 0.5)
    assert math.isclose(sum(shared.values()), 1)
    assert all(share >= 0.5 / len(weights) - 1e-12 for share in shared.values())


def test_alk_comes_early_while_nothing_is_stained() -> None:
    """It is among the first three, and first where most IMT have it. In the nose 2 of 25 had it
    (Zhao 2025). In the stomach S100, which 108 of 108 schwannomas of the gut had, desmin and CD34
    tell more."""
    for site in SITES:
        assert "ALK" in list_markers(rank(site=site))[: 4 if site == "stomach" else 3]
    for site in ("lung", "uterus", "urinary bladder", "thigh", "skin"):
        assert rank(site=site)[0].marker == "ALK"


def test_the_information_is_that_of_the_published_counts() -> None:
    """Recomputed from the rates: sum of p(diagnosis) p(result) log2(p(result) / mean)."""
    case = make_case()
    assessment = assess_case(case)
    answers, fusions = collect_answers(case, assessment), collect_fusions(assessment, case)
    groups = list_site_groups(("stomach",))
    drafts = draft_candidates(case, answers, fusions, groups, [])
    doubt = share_doubt(weigh_open(drafts, ()), find_fact("differential.even-share").number)
    error = load_settings().reading_error
    rates = {d: find_rate(d, "CD34", Place(groups)) for d in doubt}
    known = {d: admit_error(rate.mean, error) for d, rate in rates.items() if rate}
    assert len(known) >= 2
    mean = sum(doubt[d] * p for d, p in known.items()) / sum(doubt[d] for d in known)
    bits = sum(
        doubt[d] * (p * math.log2(p / mean) + (1 - p) * math.log2((1 - p) / (1 - mean)))
        for d, p in known.items()
    )
    found = next(s for s in rank() if s.marker == "CD34")
    assert found.information_bits == pytest.approx(bits)
    assert "gastrointestinal stromal tumour" in found.separates
    assert "gastrointestinal stromal tumour" in found.why
    assert "diagnoses still open" in found.why


def test_the_sentence_names_counts_and_says_where_none_is_published() -> None:
    stat6 = next(s for s in rank(stain("CD34"), site="pleura") if s.marker == "STAT6 (nuclear)")
    assert "solitary fibrous tumour" in stat6.why
    assert "no count is published for IMT" in stat6.why or "IMT" in stat6.separates
    assert " of " in stat6.why
    assert any(fact.startswith("marker.") for fact in stat6.facts)


def test_a_stain_that_is_answered_is_not_proposed_again_nor_one_of_its_group() -> None:
    for answered in ("ALK", "DOG1", "KIT", "desmin", "CD34"):
        groups = {find_group(s.marker.split(" ")[0]) for s in rank(stain(answered, NEGATIVE))}
        assert find_group(answered) not in groups


@pytest.mark.parametrize("result", [TestResult.FAILED, TestResult.EQUIVOCAL, NOT_DONE])
def test_a_stain_without_an_answer_is_still_proposed(result: TestResult | Absent) -> None:
    assert rank(stain("ALK", result)) == rank()


def test_a_stain_whose_place_is_not_recorded_asks_for_a_second_look() -> None:
    found = next(s for s in rank(stain("STAT6")) if s.marker == "STAT6 (nuclear)")
    assert "second look" in found.why
    nuclear = stain("STAT6", pattern=StainPattern.NUCLEAR)
    assert "STAT6 (nuclear)" not in list_markers(rank(nuclear))


def test_igg4_is_never_proposed_as_what_decides() -> None:
    for site in SITES:
        case = make_case(site=site)
        answers = collect_answers(case, assess_case(case))
        markers = list_unanswered(answers, list_site_groups((site,)))
        assert not {"IgG4", "IgG4/IgG ratio", "IgG"} & set(markers)


@pytest.mark.parametrize("site", SITES)
def test_stains_are_in_the_panel_of_the_site_and_in_order(site: str) -> None:
    stains = rank(site=site)
    panel = {name_marker(marker) for marker in list_panel(list_site_groups((site,)))}
    most = find_fact("differential.stains-shown").number
    least = find_fact("differential.least-information").number
    assert set(list_markers(stains)) <= panel
    assert 0 < len(stains) <= most
    # Nothing is asked about here: stains that were counted in IMT come first, then by information.
    keys = [s.marker.split(" (")[0] for s in stains]
    order = [
        (find_counts("imt", key, Place(list_site_groups((site,)))) is None, -s.information_bits)
        for key, s in zip(keys, stains, strict=True)
    ]
    assert order == sorted(order)
    assert all(s.information_bits >= least for s in stains)
    assert max(s.share_of_best for s in stains) == 1
    assert all(0 < s.share_of_best <= 1 and s.separates and s.facts for s in stains)


# What leads -------------------------------------------------------------------------------------


def test_a_stain_never_counted_in_imt_does_not_lead() -> None:
    """STAT6 parts the others from each other; of IMT nobody has counted it."""
    for site in SITES:
        key = rank(site=site)[0].marker.split(" (")[0]
        assert find_counts("imt", key, Place(list_site_groups((site,))))


def test_cd34_alone_asks_for_stat6_first() -> None:
    first = rank(stain("CD34"), stain("ALK", NEGATIVE), site="thigh")[0]
    assert first.marker == "STAT6 (nuclear)"
    assert first.why.startswith("CD34 positive asks for it")
    assert "no count is published for IMT, of which it tells nothing" in first.why
    assert SETTLING_FACT in first.facts


def find_stains(*observations: Observation, site: str) -> list[str]:
    case = make_case(*observations, site=site)
    return list_markers(weigh_differential(case, assess_case(case)).next_stains)


def break_alk(result: TestResult = POSITIVE) -> FishTest:
    return FishTest(id="fish", gene="ALK", result=result)


def test_alk_confirmed_by_stain_and_fish_closes_what_it_speaks_against() -> None:
    """No source reports an ALK fusion in a solitary fibrous tumour or a desmoid."""
    open_ones = find_stains(stain("ALK"), stain("CD34"), site="mesentery")
    confirmed = find_stains(stain("ALK"), stain("CD34"), break_alk(), site="mesentery")
    assert "STAT6 (nuclear)" in open_ones
    assert not {"STAT6 (nuclear)", "beta-catenin (nuclear)"} & set(confirmed)


def test_a_break_without_the_stain_closes_nothing() -> None:
    assert "STAT6 (nuclear)" in find_stains(stain("CD34"), break_alk(), site="thigh")


def test_a_confirmed_fusion_does_not_close_what_something_names() -> None:
    """Nuclear beta-catenin in the abdomen names a desmoid, whatever ALK shows."""
    catenin = stain("beta-catenin", pattern=StainPattern.NUCLEAR)
    case = make_case(stain("ALK"), catenin, break_alk(), site="mesentery")
    found = weigh_differential(case, assess_case(case))
    desmoid = next(c for c in found.candidates if c.id == "desmoid-fibromatosis")
    assert desmoid.is_pointed_to
    assert found.candidates[0] is desmoid


def test_where_nothing_ranks_between_those_in_play_all_that_are_open_are_asked() -> None:
    """ALK, SMA, desmin and S100 negative in the mesentery: KIT, CD34 and MDM2 are left."""
    done = [stain(marker, NEGATIVE) for marker in ("ALK", "ROS1", "desmin")]
    histology = tuple(HistologyFinding(name=n) for n in ("spindle cells", "plasma cells"))
    case = replace(make_case(), tumour=Tumour(sites=(Site(name="mesentery"),)))
    specimen = Specimen(id="block", histology=histology, observations=(*done, stain("SMA")))
    case = replace(case, specimens=(specimen,))
    assert weigh_differential(case, assess_case(case)).next_stains


def test_the_stains_that_settle_are_named_in_what_would_settle_it() -> None:
    """The list of stains and the words beside it agree, so that a page never says both."""
    same = {"cytokeratin": "keratin"}
    for entity, markers in load_settling().items():
        words = " ".join(load_entities()[entity].settles).lower()
        for marker in markers:
            named = marker.removeprefix("FISH:")
            assert same.get(named, named).lower() in words, (entity, marker)
            assert marker.startswith("FISH:") or find_marker(marker).name == marker


def test_a_marker_is_named_with_the_place_that_counts() -> None:
    assert name_marker("STAT6") == "STAT6 (nuclear)"
    assert name_marker("myogenin") == "myogenin"
    assert name_marker("FISH:USP6") == "USP6 by FISH"
