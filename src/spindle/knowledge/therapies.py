"""Treatments: what can be considered, its harms, its evidence, and the results of its trials.

Doses stand nowhere. A treatment names facts; what it is, for whom, and how weak its evidence is
are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from spindle.knowledge.ages import AgeLimits
from spindle.knowledge.csv_files import read_number, read_whole
from spindle.knowledge.fact_tables import TableRow, load_rows
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import TABLES, WORD_LISTS, Entry, check_keys, read_entries
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.site_groups import load_site_groups

THERAPIES_FILE = "therapies.toml"
TRIALS_TABLE = "trials"
# What a trial's row says it was counted in, when the kinase was looked for and not found.
ALK_NEGATIVE = "ALK-negative"
KINDS = (
    "surgery", "observation", "targeted", "steroid", "nsaid", "chemotherapy", "radiotherapy",
)  # fmt: skip
# What a setting can ask for; the reasoning room knows how each is read from a case.
CONDITIONS = (
    "resectable", "resected-clear", "resected-with-tumour-left", "unresectable", "recurrent",
    "refractory", "metastatic", "locally-advanced", "advanced", "progressed", "severe-morbidity",
    "no-alternative", "others-exhausted", "approved-test", "validated-test",
    "no-resistance-mutation", "ntrk-inhibitor-before", "no-ntrk-inhibitor-before",
    "alk-inhibitor-before",
)  # fmt: skip
# Whose setting it is, where the data do not say otherwise.
PUBLISHED = "published for"
TARGETED = "targeted"
# What all patients of a result had had of drugs against the same kinase, where no drug is named.
NONE_BEFORE, ANY_BEFORE = "none", "any"

Needs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class KinaseSetting:
    """What is asked for a drug where its target is one of some kinases."""

    setting: str
    """The setting in which the sources speak of it."""
    needs: Needs = ()
    """Conditions of the setting; empty when no source names one."""
    asks: str = PUBLISHED
    """Words before them: `published for`, or whose labels ask for it."""
    own_needs: Needs = ()
    """Conditions that Spindle itself asks for before it calls it fitting."""
    own_needs_facts: tuple[Fact, ...] = ()
    """Facts behind those."""
    kinases: tuple[str, ...] = ()
    """The kinases; empty for every one that no other setting names."""


@dataclass(frozen=True, slots=True)
class Therapy:
    """One thing that can be considered."""

    id: str
    """Stable id."""
    name: str
    """Name for people."""
    kind: str
    """`surgery`, `observation`, `targeted`, `steroid`, `nsaid`, `chemotherapy`, `radiotherapy`."""
    setting: str
    """The setting in which the sources speak of it."""
    needs: Needs
    """Conditions of the setting: all groups have to hold, of one group any one."""
    harms: tuple[Fact, ...]
    """Harms to watch."""
    kinases: tuple[str, ...] = ()
    """Kinases that it acts on and for which something was published in IMT or on a label."""
    is_always_listed: bool = False
    """Whether it is listed before anything is known of its kinase."""
    is_ntrk_inhibitor: bool = False
    """Whether a label that asks for none before means it."""
    terms: tuple[str, ...] = ()
    """Other words by which a treatment of a case is recognised."""
    infection_first_at: tuple[str, ...] = ()
    """Groups of sites where an infection is to be excluded before it."""
    infection_first_facts: tuple[Fact, ...] = ()
    """Facts behind that."""
    evidence_for: tuple[str, ...] = ()
    """Kinases of which its evidence and guidelines speak; empty for any."""
    evidence: tuple[Fact, ...] = ()
    """How weak its evidence is, and what else is said of it."""
    guidelines: tuple[Fact, ...] = ()
    """What guidelines say of it, with their year."""
    asks: str = PUBLISHED
    """Words before its setting: `published for`, or whose labels ask for it."""
    own_needs: Needs = ()
    """Conditions that Spindle itself asks for before it calls it fitting."""
    own_needs_facts: tuple[Fact, ...] = ()
    """Facts behind those."""
    growing_facts: tuple[Fact, ...] = ()
    """Why a child's growth leaves it open; empty where it makes no difference."""
    gravest: str = ""
    """Its gravest harms in one short sentence; empty when none is known."""
    gravest_facts: tuple[Fact, ...] = ()
    """Facts behind that sentence, all of them among its harms."""
    settings: tuple[KinaseSetting, ...] = ()
    """What is asked instead where the target is one of some of its kinases."""

    def find_setting(self, kinases: Iterable[str]) -> KinaseSetting:
        """Give what is asked for these kinases; its usual setting where one of them has no own."""
        wanted = set(kinases)
        for found in self.settings:
            if wanted and wanted <= set(found.kinases):
                return found
        return KinaseSetting(
            self.setting, self.needs, self.asks, self.own_needs, self.own_needs_facts
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact that it names, each once."""
        named = (
            *self.evidence, *self.guidelines, *self.harms, *self.infection_first_facts,
            *self.own_needs_facts, *self.growing_facts,
            *(fact for found in self.settings for fact in found.own_needs_facts),
        )  # fmt: skip
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Trial:
    """One published result of one treatment."""

    fact: Fact
    """The fact of the row: what was found in whom."""
    agent: str
    """The treatment."""
    targets: tuple[str, ...]
    """Kinases in whose tumours it was counted, or `ALK-negative`; empty for any tumour."""
    population: str
    """Who: `children`, `adults`, `any`."""
    entity: str
    """`imt`, or `several` when other tumours were counted as well."""
    outcome: str
    """What was counted: `response`."""
    low: float | None
    """Lower end of the printed 95 % interval in per cent."""
    high: float | None
    """Its upper end."""
    design: str
    """How: `single-arm trial`, `retrospective series`, `case report`."""
    study: str
    """Key of the study; rows of one study count the same patients."""
    patients: int
    """Patients of the row; the largest row of a study counts."""
    ages: AgeLimits
    """Ages that were taken in, as far as they are known."""
    earlier: str = ""
    """What all had had of drugs against the same kinases: `none`, `any` or which one; empty when
    it was not read, or differed."""

    @property
    def is_pretreated(self) -> bool:
        """Whether all its patients had had another drug against the same kinases."""
        return self.earlier not in ("", NONE_BEFORE)


_REQUIRED: Mapping[str, type] = {
    "id": str, "name": str, "kind": str, "setting": str, "needs": WORD_LISTS, "harms": list,
}  # fmt: skip
_OPTIONAL: Mapping[str, type] = {
    "kinases": list, "is_always_listed": bool, "is_ntrk_inhibitor": bool, "terms": list,
    "infection_first_at": list, "infection_first_facts": list, "evidence_for": list,
    "evidence": list, "guidelines": list, "asks": str, "own_needs": WORD_LISTS,
    "own_needs_facts": list, "growing_facts": list, "gravest": str, "gravest_facts": list,
    "settings": TABLES,
}  # fmt: skip
_SETTING_REQUIRED: Mapping[str, type] = {"kinases": list, "setting": str}
_SETTING_OPTIONAL: Mapping[str, type] = {
    "needs": WORD_LISTS, "asks": str, "own_needs": WORD_LISTS, "own_needs_facts": list,
}  # fmt: skip
_FACT_LISTS = (
    "harms", "infection_first_facts", "evidence", "guidelines", "own_needs_facts", "growing_facts",
    "gravest_facts",
)  # fmt: skip


def pick_facts(entry: Entry, ids: Iterable[str]) -> tuple[Fact, ...]:
    """Give the facts of these ids.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown one.
    """
    facts = load_facts()
    for fact_id in ids:
        if fact_id not in facts:
            raise entry.fail(f"The fact {fact_id!r} does not exist.")
    return tuple(facts[fact_id] for fact_id in ids)


def read_needs(entry: Entry, needs: Any) -> Needs:
    """Give the conditions of a setting.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown condition, or a group that is no list or empty.
    """
    for group in needs:
        if not isinstance(group, list) or not group:
            raise entry.fail("needs holds a list of lists of conditions.")
        if unknown := [name for name in group if name not in CONDITIONS]:
            raise entry.fail(f"The condition {unknown[0]!r} is not known.")
    return tuple(tuple(group) for group in needs)


def refuse_unknown(entry: Entry, names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse a name that is not known.

    Raises
    ------
    UserError
        `knowledge-invalid`.
    """
    if unknown := sorted(set(names) - set(known)):
        raise entry.fail(f"The {what} {unknown[0]!r} is not known.")


def make_therapy(entry: Entry) -> Therapy:
    """Give the treatment of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, an unknown fact, kinase, kind or condition, a
        treatment without a harm, or a sentence on the gravest harms without facts among them.
    """
    check_keys(entry, _REQUIRED, _OPTIONAL)
    values = dict(entry.values)
    refuse_unknown(entry, [values["kind"]], KINDS, "kind")
    for name in ("kinases", "evidence_for"):
        refuse_unknown(entry, values.get(name, ()), load_kinases().names, "kinase")
    groups = load_site_groups()
    refuse_unknown(entry, values.get("infection_first_at", ()), groups, "group of sites")
    _check_gravest(entry)
    _read_all_needs(entry, values)
    values["settings"] = tuple(_make_setting(entry, own) for own in values.get("settings", ()))
    for name in _FACT_LISTS:
        values[name] = pick_facts(entry, values.get(name, ()))
    for name in ("kinases", "terms", "infection_first_at", "evidence_for"):
        values[name] = tuple(values.get(name, ()))
    return Therapy(**values)


def _read_all_needs(entry: Entry, values: dict[str, Any]) -> None:
    """Read the conditions of a treatment, or of one of its settings, in place."""
    for name in ("needs", "own_needs"):
        values[name] = read_needs(entry, values.get(name, ()))
    if bool(values["own_needs"]) != bool(values.get("own_needs_facts")):
        raise entry.fail(
            f"{entry.values['id']} has own_needs or own_needs_facts without the other."
        )


def _make_setting(entry: Entry, own: Mapping[str, Any]) -> KinaseSetting:
    """Give what is asked for a drug where its target is one of some kinases."""
    check_keys(replace(entry, values=own), _SETTING_REQUIRED, _SETTING_OPTIONAL)
    values = dict(own)
    refuse_unknown(entry, values["kinases"], entry.values.get("kinases", ()), "kinase")
    _read_all_needs(entry, values)
    if not (values["needs"] or values["own_needs"]):
        raise entry.fail(f"{entry.values['id']} has a setting that asks for nothing.")
    values["own_needs_facts"] = pick_facts(entry, values.get("own_needs_facts", ()))
    values["kinases"] = tuple(values["kinases"])
    return KinaseSetting(**values)


def _check_gravest(entry: Entry) -> None:
    """Refuse a sentence on the gravest harms without facts, and a targeted drug without one."""
    values = entry.values
    said, facts = values.get("gravest", ""), values.get("gravest_facts", [])
    if bool(said) != bool(facts) or (values["kind"] == TARGETED and not said):
        raise entry.fail(f"{values['id']} lacks gravest or gravest_facts.")
    if said and not (said.endswith(".") and said.count(".") == 1):
        raise entry.fail(f"{values['id']}: gravest is one sentence with a full stop.")
    if strange := [fact for fact in facts if fact not in values["harms"]]:
        raise entry.fail(f"{values['id']}: the fact {strange[0]!r} is none of its harms.")


@cache
def load_therapies() -> Mapping[str, Therapy]:
    """Give every treatment by its id, in the order in which the sources speak of them.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    therapies: dict[str, Therapy] = {}
    for entry in read_entries(THERAPIES_FILE, "therapies"):
        therapy = make_therapy(entry)
        if therapy.id in therapies:
            raise entry.fail(f"{therapy.id} stands twice.")
        therapies[therapy.id] = therapy
    return MappingProxyType(therapies)


def make_trial(row: TableRow) -> Trial:
    """Give the result of a row of the table.

    Raises
    ------
    UserError
        `knowledge-invalid` for an unknown treatment or kinase, a malformed interval, or an empty
        design or study.
    """
    cells = row.cells
    refuse_unknown(row.fact, [cells["agent"]], load_therapies(), "treatment")
    targets = tuple(filter(None, cells["target"].split("|")))
    refuse_unknown(row.fact, targets, (*load_kinases().names, ALK_NEGATIVE), "kinase")
    if not (cells["design"] and cells["study"] and cells["population"]):
        raise row.fact.fail(f"{row.id} has no design, study or population.")
    if cells["earlier"] not in ("", NONE_BEFORE, ANY_BEFORE, *load_therapies()):
        raise row.fact.fail(f"{row.id} has earlier = {cells['earlier']!r}, which is no treatment.")
    low, high = _read_end(row, "low"), _read_end(row, "high")
    if (low is None) != (high is None) or (low is not None and not 0 <= low <= (high or 0) <= 100):
        raise row.fact.fail(f"{row.id} has no interval from {cells['low']!r} to {cells['high']!r}.")
    return Trial(
        fact=load_facts()[row.id],
        agent=cells["agent"],
        targets=targets,
        population=cells["population"],
        entity=cells["entity"],
        outcome=cells["outcome"],
        low=low,
        high=high,
        design=cells["design"],
        study=cells["study"],
        patients=_read_whole(row, "patients") or 0,
        ages=AgeLimits(_read_whole(row, "from_months"), _read_whole(row, "below_months")),
        earlier=cells["earlier"],
    )


def _read_whole(row: TableRow, name: str) -> int | None:
    cell = row.cells[name]
    if not cell and name != "patients":
        return None
    try:
        number = read_whole(cell)
    except ValueError as error:
        raise row.fact.fail(f"{row.id} has {name} = {cell!r}{error}.") from None
    if number == 0:
        raise row.fact.fail(f"{row.id} has {name} = {cell!r}.")
    return number


def _read_end(row: TableRow, name: str) -> float | None:
    cell = row.cells[name]
    try:
        return read_number(cell) if cell else None
    except ValueError:
        raise row.fact.fail(f"{row.id} has {name} = {cell!r}; a number is expected.") from None


@cache
def load_trials() -> Mapping[str, tuple[Trial, ...]]:
    """Give the published results by treatment, in the order of the table.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    trials: dict[str, tuple[Trial, ...]] = {}
    for row in load_rows(TRIALS_TABLE):
        trial = make_trial(row)
        trials[trial.agent] = (*trials.get(trial.agent, ()), trial)
    return MappingProxyType(trials)
