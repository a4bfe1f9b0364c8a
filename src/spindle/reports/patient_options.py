"""The options on the first two pages: one row each, what several of them share said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spindle.reasoning.actionability_pregnancy import ALERT, NOT_RECORDED, UNBORN
from spindle.reasoning.actionability_resistance import AFTER
from spindle.reports import words
from spindle.reports.patient_parts import (
    ANNEX,
    FITS,
    ONLY_IF_IMT,
    Citer,
    Room,
    Stance,
    View,
    capitalise,
    find_stance,
    join_sentences,
    limit_refs,
    make_list,
    make_section,
    make_table,
    say_counted,
    say_if_other,
    split_sentences,
)

Document = Mapping[str, Any]
Item = Mapping[str, Any]

TITLE = "Options that can be considered"
# Sentences on the evidence of an option without a counted result, where there is room.
DOUBTS = 3
# Marks of notes below a table.
_NOTE_MARKS = "abcdefghijklmnopqrstuvwxyz"


def make_options(document: Document, citer: Citer, room: Room) -> View:
    """Give the options in a table; one line where another diagnosis than IMT is supported."""
    if said := say_if_other(document, "options"):
        lines = [citer.line(said), *_list_remarks(document, citer)]
        return make_section("options", TITLE, make_list(lines))
    actionability = document["actionability"]
    options, region = actionability["options"], actionability["region"]
    fitting = [o for o in options if o["fit"] != "no"]
    shown = (fitting or options)[: room.options]
    shared = _find_shared_clauses(shown)
    notes = _find_shared_reasons(shown)
    heading = f"Regulators ({region} first)" if region else "Regulators (no region chosen)"
    head = ("Option", "For this patient", heading, "Published results, gravest harms")
    told = _Told(citer, shared, notes, region, list_changes(document), _list_statements(document))
    rows = [_make_option_row(o, told, room) for o in shown]
    is_pregnant = ALERT in actionability["limits"]
    above = [citer.line(ALERT, tone="alert")] if is_pregnant else []
    above += [
        citer.line(f"{'; '.join(clauses)}.", lead=f"All {target} inhibitors here")
        for target, clauses in shared.items()
    ]
    below = [
        *(citer.line(f"{capitalise(said)}.", lead=f"({mark})") for said, mark in notes.items()),
        *_list_remarks(document, citer),
        *_name_left_off(options, shown, citer),
    ]
    is_open = find_stance(document) is not Stance.IMT
    return make_section(
        "options",
        f"{TITLE}, {ONLY_IF_IMT}" if is_open else TITLE,
        make_list(above),
        make_table("Options, surgery first", head, rows),
        make_list(below),
    )


def _list_remarks(document: Document, citer: Citer) -> Iterator[View]:
    """Give what the case leaves open or says besides, on which nothing here depends."""
    if NOT_RECORDED in document["actionability"]["limits"]:
        yield citer.line(NOT_RECORDED, tone="remark")
    for remark in document["case"]["remarks"]:
        said = f"“{remark['words']}”. Kept as written; nothing here takes it into account."
        yield citer.line(said, lead="Remark", tone="remark")


def _name_left_off(options: Sequence[Item], shown: Sequence[Item], citer: Citer) -> Iterator[View]:
    """Give the names of the options that the table does not show, with a pointer."""
    letter = ANNEX["options"]
    rest = [o for o in options if not any(o is other for other in shown)]
    if found := [o["name"] for o in rest if o["fit"] != "no"]:
        lead = f"Also fitting or open, told in annex {letter} for want of space"
        yield citer.line(f"{', '.join(found)}.", lead=lead, tone="pointer")
    if found := [o["name"] for o in rest if o["fit"] == "no"]:
        said = f"{', '.join(found)}: annex {letter}."
        yield citer.line(said, lead="Do not fit what is recorded", tone="pointer")
    yield citer.line(
        f"All results, all harms to watch, resistance: annex {letter}. An option is something to "
        "consider with the treating team; none is recommended here.",
        tone="pointer",
    )


def list_changes(document: Document) -> list[str]:
    """Give the changes of single proteins that tests of this case found: `G1202R`."""
    return [
        variant["change"]
        for specimen in document["case"]["specimens"]
        for observation in specimen["observations"]
        for variant in observation.get("variants", ())
    ]


def _split_clauses(standing: str) -> list[str]:
    return [clause.strip() for clause in standing.rstrip(".").split("; ")]


def _find_shared_clauses(options: Sequence[Item]) -> dict[str, list[str]]:
    """Give, by target, the clauses with which what is said of all its options begins."""
    shared: dict[str, list[str]] = {}
    for target in dict.fromkeys(o["target"] for o in options if o["target"]):
        said = [_split_clauses(o["standing"]) for o in options if o["target"] == target]
        common = []
        for clauses in zip(*said, strict=False):
            if len(set(clauses)) > 1:
                break
            common.append(clauses[0])
        if len(said) > 1 and common:
            shared[target] = common
    return shared


def _find_shared_reasons(options: Sequence[Item]) -> dict[str, str]:
    """Give the reasons that hold for several options, each with the mark of its note."""
    counted = Counter(reason for o in options for reason in _list_reasons(o))
    several = [reason for reason, n in counted.items() if n > 1][: len(_NOTE_MARKS)]
    return dict(zip(several, _NOTE_MARKS, strict=False))


def _list_reasons(o: Item) -> list[str]:
    """Give why an option may not apply, where its standing does not say it yet."""
    reasons = [r.rstrip(".") for r in o["may_not_apply"]]
    return [r for r in reasons if r.lower() not in o["standing"].lower()]


@dataclass(frozen=True, slots=True)
class _Told:
    """What every row of the table is made with."""

    citer: Citer
    shared: Mapping[str, Sequence[str]]
    """By target, clauses that are said above the table."""
    notes: Mapping[str, str]
    """By reason, the mark of its note below."""
    region: str
    """The chosen region; empty for none."""
    changes: Sequence[str]
    """Changes of single proteins that are recorded."""
    statements: Mapping[str, str]
    """By fact, its statement."""


def _list_statements(document: Document) -> Mapping[str, str]:
    return {fact["id"]: fact["statement"] for fact in document["facts"]}


def _make_option_row(o: Item, told: _Told, room: Room) -> list[View]:
    citer = told.citer
    own = _split_clauses(o["standing"])[len(told.shared.get(o["target"], ())) :]
    reasons = _list_reasons(o)
    marks = [f"({told.notes[r]})" for r in reasons if r in told.notes]
    unshared = [r for r in reasons if r not in told.notes]
    # The annex holds every reason; what stands in the standing is never left off.
    most = max(1, room.limits) if room.is_brief else room.limits + 1
    left = len(unshared) - most
    more = f"{words.write_count(left, 'more reason')} in annex {ANNEX['options']}"
    said = join_sentences(
        "; ".join(own),
        *unshared[:most],
        more if left > 0 else "",
        *_list_resistance(o, told.changes, room),
    )
    name = f"{o['name']} ({o['target']})" if o["target"] else o["name"]
    return [
        citer.line(capitalise(name)),
        citer.line(" ".join([said, *marks]).strip() or "as above", _list_told_facts(o, told)),
        _make_approval_cell(o["approvals"], citer, told.region),
        _make_result_cell(o, citer, is_brief=room.is_brief),
    ]


def _list_told_facts(o: Item, told: _Told) -> list[str]:
    """Give the facts behind what is said of a recorded change, a drug before or a pregnancy."""
    about = [said for said in o["resistance"] if any(c in said for c in told.changes)]
    about += [reason for reason in o["may_not_apply"] if UNBORN in reason]
    found = (fact for fact in o["facts"] if any(told.statements[fact] in said for said in about))
    counted = (
        fact
        for result in o["results"]
        if f"{result['n']} of {result['of']} {AFTER}" in o["standing"]
        for fact in result["facts"]
    )
    return list(dict.fromkeys((*found, *counted)))


def _list_resistance(o: Item, changes: Iterable[str], room: Room) -> list[str]:
    """Give what is held on the changes that are recorded, where nothing else says it yet."""
    found = []
    for change in changes:
        for said in (said for said in o["resistance"] if change in said):
            if change in o["standing"] and room.is_brief:
                continue
            recorded, _, rest = said.partition(". ")
            is_recorded = recorded.endswith(" is recorded")
            is_said = is_recorded and rest and change in o["standing"]
            found.append(rest if is_said else said)
    return [join_sentences(said) for said in dict.fromkeys(found)]


def _make_approval_cell(approvals: Sequence[Item], citer: Citer, region: str) -> View:
    if not approvals:
        return citer.line("none held for IMT")
    ranked = sorted(approvals, key=lambda a: a["region"] != region)
    first = ranked[0]
    date = "" if words.is_absent(first["date"]) else f" ({first['date']})"
    said = f"{first['region']} ({first['regulator']}): {first['says'].rstrip('.')}{date}"
    others = [f"{a['region']}: {FITS[a['fit']]}" for a in ranked[1:]]
    more = f"Others: {', '.join(others)}" if others else ""
    facts = [fact for a in approvals for fact in a["facts"]]
    said = join_sentences(said, f"Its conditions: {FITS[first['fit']]}", more)
    # The other regions are only named: their facts make no conflict one of this page.
    return {**citer.line(said, first["facts"]), "refs": citer.number(facts)}


def _make_result_cell(o: Item, citer: Citer, *, is_brief: bool) -> View:
    """Give the most telling result in counts, how many more there are, and the gravest harms."""
    results = o["results"]
    first = next((r for r in results if not words.is_absent(r["of"])), None)
    sentences = split_sentences(o["evidence_strength"] or "no published result is held")
    strength = sentences[0]
    gravest = f"Gravest harms: {_begin_small(o['gravest'])}" if o["gravest"] else ""
    if first is None:
        # Without a counted result, what is doubted of the evidence says the most.
        said = join_sentences(*sentences[: 1 if is_brief else DOUBTS], gravest)
        return limit_refs(citer.line(said, o["facts"]), ANNEX["options"])
    left = len(results) - 1
    more = f"{words.write_count(left, 'more result')} in annex {ANNEX['options']}" if left else ""
    all_told = "" if is_brief else f"In all {_begin_small(strength)}"
    said = join_sentences(say_counted(first), all_told, more, gravest)
    return citer.line(said, first["facts"])


def _begin_small(text: str) -> str:
    """Give a text as it stands after a colon: a plain word at its start gets a small letter."""
    first = text.split(maxsplit=1)[0]
    return f"{text[0].lower()}{text[1:]}" if first.isalpha() and first[1:].islower() else text
