"""The second of the two pages: differential, options, outlook, gaps, conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spindle.reports import words
from spindle.reports.patient_parts import (
    ANNEX,
    FITS,
    STANDINGS,
    Citer,
    Room,
    View,
    capitalise,
    cut_sentences,
    join_sentences,
    limit_refs,
    make_list,
    make_section,
    make_table,
    point_to,
    say_counted,
    split_sentences,
)

Document = Mapping[str, Any]
Item = Mapping[str, Any]

OWN_KINDS = ("imt", "variant")
# Marks of notes below a table.
_NOTE_MARKS = "abcdefghijklmnopqrstuvwxyz"


# Differential -----------------------------------------------------------------------------------


def iterate_flags(document: Document, citer: Citer, *weights: str) -> Iterable[View]:
    """Give the red flags of some weights."""
    for flag in document["differential"]["red_flags"]:
        if flag["weight"] in weights:
            yield citer.line(flag["says"], flag["facts"], tone=flag["weight"])


def make_differential(document: Document, citer: Citer, room: Room) -> View:
    """Give the diagnoses for or against which something is recorded, and the next stains."""
    differential = document["differential"]
    candidates = differential["candidates"]
    telling = [c for c in candidates if c["standing"] != "excluded" and _is_telling(c)]
    shown = sorted(telling, key=lambda c: c["kind"] not in OWN_KINDS)[: room.candidates]
    head = ("Diagnosis", "Standing", "Speaks for it", "Speaks against it", "Patients behind it")
    rows = [_make_candidate_row(c, citer, room) for c in shown]
    left_off = [c for c in candidates if not any(c is other for other in shown)]
    lines = [
        *iterate_flags(document, citer, "doubt", "remark"),
        *_name_left_off(left_off, citer),
        *_list_next_stains(differential, citer, room),
    ]
    return make_section(
        "differential",
        "Differential diagnosis",
        make_table("Diagnoses for or against which something is recorded", head, rows),
        make_list(lines),
    )


def _is_urgent(candidate: Item) -> bool:
    """Give whether a diagnosis still is to be excluded before treatment starts."""
    return candidate["is_urgent"] and candidate["standing"] not in ("excluded", "less_likely")


def _is_telling(candidate: Item) -> bool:
    """Give whether a diagnosis has a row of its own: IMT, and what counts for or against others."""
    telling = _list_telling(candidate)
    return any(e["is_counted"] or candidate["kind"] in OWN_KINDS for e in telling)


def _list_telling(candidate: Item) -> list[Item]:
    """Give the evidence that speaks for or against, what counts first."""
    telling = [e for e in candidate["evidence"] if e["speaks"] in ("for", "against")]
    return sorted(telling, key=lambda e: not e["is_counted"])


def _make_candidate_row(c: Item, citer: Citer, room: Room) -> list[View]:
    cells = []
    for way in ("for", "against"):
        found = [e for e in _list_telling(c) if e["speaks"] == way][: room.evidence]
        said = join_sentences(*(_say_evidence(e) for e in found))
        facts = [fact for e in found for fact in e["facts"]]
        cells.append(limit_refs(citer.line(said or "nothing", facts), ANNEX["differential"]))
    standing = STANDINGS[c["standing"]]
    urgent = f"{standing}; to be excluded before treatment" if _is_urgent(c) else ""
    patients = f"{c['patients']:,}" if c["patients"] else "none"
    return [
        citer.line(capitalise(c["name"])),
        citer.line(urgent or standing, tone="doubt" if urgent else ""),
        *cells,
        citer.line(patients),
    ]


def _say_evidence(e: Item) -> str:
    """Give a piece of evidence; its first sentence where it is not counted."""
    if e["is_counted"]:
        return str(e["says"])
    return f"{split_sentences(e['says'])[0].rstrip('.')} (not counted)"


def _name_left_off(candidates: Sequence[Item], citer: Citer) -> Iterable[View]:
    """Give the names of all diagnoses that the table does not show, with a pointer."""
    letter = ANNEX["differential"]
    if urgent := [c for c in candidates if _is_urgent(c)]:
        said = f"{', '.join(c['name'] for c in urgent)}: annex {letter}."
        yield citer.line(said, lead="To be excluded before treatment", tone="doubt")
    for standing, name in STANDINGS.items():
        found = [c for c in candidates if c["standing"] == standing and not _is_urgent(c)]
        if not found:
            continue
        if standing == "excluded":
            said = "; ".join(f"{c['name']} ({c['why'].rstrip('.')})" for c in found)
        else:
            said = ", ".join(c["name"] for c in found)
        yield citer.line(f"{said}: annex {letter}.", lead=capitalise(name), tone="pointer")


def _list_next_stains(differential: Item, citer: Citer, room: Room) -> Iterable[View]:
    stains, letter = differential["next_stains"], ANNEX["differential"]
    for place, stain in enumerate(stains[: room.stains], 1):
        # The sentence with the counts is long and says the most.
        said = cut_sentences(stain["why"], max(1, room.sentences - place + 1), letter)
        share = f" ({100 * stain['share_of_best']:.0f} % of the best)" if place > 1 else ""
        lead = "Next stain that separates most" if place == 1 else "Then"
        yield citer.line(
            f"{stain['marker']}{share}. {said}", stain["facts"], lead=lead, tone="next"
        )
    if not stains:
        yield citer.line("No stain that is held here would separate what is open.", tone="next")
    yield from point_to(letter, len(stains) - room.stains, "stains")


# Options ----------------------------------------------------------------------------------------


def make_options(document: Document, citer: Citer, room: Room) -> View:
    """Give the options in a table, what several of them share said once."""
    actionability = document["actionability"]
    options, region = actionability["options"], actionability["region"]
    fitting = [o for o in options if o["fit"] != "no"]
    shown = (fitting or options)[: room.options]
    shared = _find_shared_clauses(shown)
    notes = _find_shared_reasons(shown)
    heading = f"Regulators ({region} first)" if region else "Regulators (no region chosen)"
    head = ("Option", "For this patient", heading, "Published results")
    rows = [
        _make_option_row(o, citer, shared, notes, region, is_brief=room.is_brief) for o in shown
    ]
    letter = ANNEX["options"]
    rest = [o for o in options if not any(o is other for other in shown)]
    groups = (
        ("No room for", [o for o in rest if o["fit"] != "no"]),
        ("Do not fit what is recorded", [o for o in rest if o["fit"] == "no"]),
    )
    lines = [
        *(citer.line(f"{capitalise(said)}.", lead=f"({mark})") for said, mark in notes.items()),
        *(
            citer.line(f"{', '.join(o['name'] for o in found)}: annex {letter}.", lead=lead,
                       tone="pointer")
            for lead, found in groups
            if found
        ),
        citer.line(
            f"Further results, harms to watch, resistance: annex {letter}. An option is something "
            "to consider with the treating team; none is recommended here.",
            tone="pointer",
        ),
    ]  # fmt: skip
    above = [
        citer.line(f"{'; '.join(clauses)}.", lead=f"All {target} inhibitors here")
        for target, clauses in shared.items()
    ]
    return make_section(
        "options",
        "Options that can be considered",
        make_list(above),
        make_table("Options, surgery first", head, rows),
        make_list(lines),
    )


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
    counted = Counter(r.rstrip(".") for o in options for r in o["may_not_apply"])
    several = [reason for reason, n in counted.items() if n > 1][: len(_NOTE_MARKS)]
    return dict(zip(several, _NOTE_MARKS, strict=False))


def _make_option_row(
    o: Item,
    citer: Citer,
    shared: Mapping[str, Sequence[str]],
    notes: Mapping[str, str],
    region: str,
    *,
    is_brief: bool,
) -> list[View]:
    own = _split_clauses(o["standing"])[len(shared.get(o["target"], ())) :]
    reasons = [r.rstrip(".") for r in o["may_not_apply"]]
    reasons = [r for r in reasons if r.lower() not in o["standing"].lower()]
    marks = [f"({notes[r]})" for r in reasons if r in notes]
    said = join_sentences("; ".join(own), *(r for r in reasons if r not in notes))
    name = f"{o['name']} ({o['target']})" if o["target"] else o["name"]
    return [
        citer.line(capitalise(name)),
        citer.line(" ".join([said, *marks]).strip() or "as above"),
        _make_approval_cell(o["approvals"], citer, region),
        _make_result_cell(o, citer, is_brief=is_brief),
    ]


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
    return citer.line(join_sentences(said, f"Its conditions: {FITS[first['fit']]}", more), facts)


def _make_result_cell(o: Item, citer: Citer, *, is_brief: bool) -> View:
    strength = split_sentences(o["evidence_strength"] or "no published result is held")[0]
    if not o["results"] or is_brief:
        return limit_refs(citer.line(join_sentences(strength), o["facts"]), ANNEX["options"])
    first = o["results"][0]
    return citer.line(join_sentences(say_counted(first), strength), first["facts"])


# Outlook, gaps, conflicts -----------------------------------------------------------------------


def make_outlook(document: Document, citer: Citer, room: Room) -> View:
    """Give ranges and nearest figures of published outcomes, and adverse features."""
    outlook, letter = document["outlook"], ANNEX["outlook"]
    ranges, figures = outlook["ranges"][: room.ranges], outlook["figures"][: room.figures]
    unknown = [f["name"] for f in outlook["features"] if f["state"] == "not recorded"]
    lines = [
        *(citer.line(says) for says in ranges),
        *(_make_figure(figure, citer) for figure in figures),
        *_list_features(outlook["features"], citer, room),
    ]
    if unknown:
        said = f"{', '.join(dict.fromkeys(unknown))}."
        lines.append(citer.line(said, lead="Adverse features not recorded"))
    if outlook["about_kinase"]:
        lines.append(citer.line(cut_sentences(outlook["about_kinase"], room.sentences, letter)))
    lines += point_to(letter, len(outlook["ranges"]) - len(ranges), "ranges")
    lines += point_to(letter, len(outlook["figures"]) - len(figures), "figures")
    title = "Outlook: what was published of patients like this one, not a forecast"
    return make_section("outlook", title, make_list(lines))


def _list_features(features: Sequence[Item], citer: Citer, room: Room) -> Iterable[View]:
    """Give what sources say of the adverse features that are recorded, one line a statement."""
    recorded = [f for f in features if f["state"] == "present"]
    said: dict[str, list[Item]] = {}
    for feature in sorted(recorded, key=lambda f: not f["applies"]):
        said.setdefault(feature["says"], []).append(feature)
    for says, found in list(said.items())[: room.features]:
        names = ", ".join(dict.fromkeys(f["name"] for f in found))
        facts = [fact for f in found for fact in f["facts"]]
        elsewhere = "" if found[0]["applies"] else " (another population)"
        yield citer.line(says, facts, lead=f"Recorded, and held adverse{elsewhere}: {names}")
    if left := list(said.values())[room.features :]:
        names = ", ".join(dict.fromkeys(f["name"] for found in left for f in found))
        text = f"{names} ({len(left)} further statements): annex {ANNEX['outlook']}."
        yield citer.line(text, lead="Also recorded, and held adverse", tone="pointer")


def _make_figure(figure: Item, citer: Citer) -> View:
    like = f"Like this patient in {', '.join(figure['matches'])}" if figure["matches"] else ""
    differs = f"Differs: {'; '.join(figure['differs'])}" if figure["differs"] else ""
    return citer.line(join_sentences(say_counted(figure), like, differs), figure["facts"])


def make_gaps(document: Document, citer: Citer, room: Room) -> View:
    """Give what is missing, in the order of how much it would change."""
    gaps = document["gaps"]
    shown = gaps[: room.gaps]
    lines = [
        citer.line(
            f"{gap['why'].rstrip('.')} (changes: {', '.join(gap['changes'])}).",
            gap["facts"],
            lead=f"{gap['rank']}. {capitalise(gap['what'])}",
        )
        for gap in shown
    ]
    if rest := gaps[len(shown) :]:
        named = ", ".join(gap["what"] for gap in rest)
        lines.append(
            citer.line(
                f"{named}: annex {ANNEX['gaps']}.", lead="Also" if shown else "", tone="pointer"
            )
        )
    none = [] if gaps else [citer.line("Nothing that is held here is missing.")]
    title = "What is missing, by how much it would change"
    return make_section("gaps", title, make_list(lines or none))


def make_conflicts(document: Document, citer: Citer, room: Room) -> View:
    """Give where the facts that were used contradict each other."""
    conflicts = document["conflicts"]
    shown = conflicts[: room.conflicts]
    lines = [citer.line(f"{c['title'].rstrip('.')}. {c['consequence']}", c["sides"]) for c in shown]
    lines += point_to(ANNEX["conflicts"], len(conflicts) - len(shown), "conflicts")
    none = [] if conflicts else [citer.line("None among the facts that were used.")]
    title = "Where sources contradict each other"
    return make_section("conflicts", title, make_list(lines or none))
