"""The second of the two pages: differential, outlook, gaps, conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from spindle.reasoning.prognosis import ADVANCED, is_of_variant
from spindle.reports.patient_options import list_changes
from spindle.reports.patient_parts import (
    ANNEX,
    ONLY_IF_IMT,
    OWN_KINDS,
    STANDINGS,
    Citer,
    Room,
    Stance,
    View,
    capitalise,
    cut_sentences,
    find_stance,
    join_sentences,
    limit_refs,
    make_list,
    make_section,
    make_table,
    point_to,
    say_counted,
    say_if_other,
    split_sentences,
)
from spindle.reports.words import write_count

Document = Mapping[str, Any]
Item = Mapping[str, Any]


OUTLOOK_TITLE = "Outlook: what was published of patients like this one, not a forecast"


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
    order = sorted(telling, key=_rank_row)
    shown = order[: room.candidates]
    head = ("Diagnosis", "Standing", "Speaks for it", "Speaks against it", "Patients behind it")
    flags = differential["red_flags"]
    rows = [_make_candidate_row(c, citer, room, is_urgent=_is_urgent(c, flags)) for c in shown]
    left_off = [c for c in candidates if not any(c is other for other in shown)]
    lines = [
        *iterate_flags(document, citer, "doubt", "remark"),
        *_name_left_off(left_off, citer, flags),
        *_list_next_stains(differential, citer, room),
    ]
    return make_section(
        "differential",
        "Differential diagnosis",
        make_table("Diagnoses for or against which something is recorded", head, rows),
        make_list(lines),
    )


def _rank_row(candidate: Item) -> tuple[bool, bool, bool]:
    """Give the place of a row: what is named, then what is supported, then IMT, then the others."""
    return (
        not candidate["is_pointed_to"],
        candidate["standing"] != "supported",
        candidate["kind"] not in OWN_KINDS,
    )


def _is_urgent(candidate: Item, flags: Sequence[Item]) -> bool:
    """Give whether a diagnosis is to be excluded first, since something recorded points to it.

    A red flag or a fusion names it, it is supported, or two counted results speak for it and its
    counts are clear of zero together. An urgent diagnosis for which one result speaks, such as a
    negative ALK stain, stands among the others, so that the line is read where it is there.
    """
    if not candidate["is_urgent"] or candidate["standing"] in ("excluded", "less_likely"):
        return False
    name = candidate["name"].lower()
    is_flagged = any(name in flag["says"].lower() for flag in flags)
    if is_flagged or candidate["is_pointed_to"] or candidate["standing"] == "supported":
        return True
    counted = [e for e in candidate["evidence"] if e["is_counted"] and e["speaks"] == "for"]
    return len(counted) > 1 and candidate["weight_low"] > 0


def _is_telling(candidate: Item) -> bool:
    """Give whether a diagnosis has a row of its own: IMT, and what counts for or against others."""
    telling = _list_telling(candidate)
    if candidate["is_pointed_to"] or candidate["standing"] == "supported":
        return True
    return any(e["is_counted"] or candidate["kind"] in OWN_KINDS for e in telling)


def _list_telling(candidate: Item) -> list[Item]:
    """Give the evidence that speaks for or against, what counts first."""
    telling = [e for e in candidate["evidence"] if _find_way(e, candidate)]
    return sorted(telling, key=lambda e: not e["is_counted"])


def _find_way(evidence: Item, candidate: Item) -> str:
    """Give the column in which evidence stands; empty when it speaks neither way.

    Of a diagnosis that a red flag or a fusion names, a count that leans to it is shown as well.
    """
    if evidence["speaks"] in ("for", "against"):
        return str(evidence["speaks"])
    leans = candidate["is_pointed_to"] and evidence["is_counted"] and evidence["weight_mid"] > 0
    return "for" if leans else ""


def _make_candidate_row(c: Item, citer: Citer, room: Room, *, is_urgent: bool) -> list[View]:
    cells = []
    for way in ("for", "against"):
        found = [e for e in _list_telling(c) if _find_way(e, c) == way][: room.evidence]
        said = join_sentences(*(_say_evidence(e) for e in found))
        facts = [fact for e in found for fact in e["facts"]]
        cells.append(limit_refs(citer.line(said or "nothing", facts), ANNEX["differential"]))
    standing = STANDINGS[c["standing"]]
    urgent = f"{standing}; to be excluded before treatment" if is_urgent else ""
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


def _name_left_off(
    candidates: Sequence[Item], citer: Citer, flags: Sequence[Item]
) -> Iterable[View]:
    """Give the names of all diagnoses that the table does not show, with a pointer."""
    letter = ANNEX["differential"]
    urgent = [c for c in candidates if _is_urgent(c, flags)]
    if urgent:
        said = f"{', '.join(c['name'] for c in urgent)}: annex {letter}."
        yield citer.line(said, lead="To be excluded before treatment", tone="doubt")
    for standing, name in STANDINGS.items():
        found = [c for c in candidates if c["standing"] == standing and c not in urgent]
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
        share = stain["share_of_best"]
        tail = f" ({100 * share:.0f} % of the best)" if place > 1 and share < 1 else ""
        lead = "Next stain that separates most" if share == 1 else "Next stain"
        lead = lead if place == 1 else "Then"
        yield citer.line(f"{stain['marker']}{tail}. {said}", stain["facts"], lead=lead, tone="next")
    if not stains:
        yield citer.line(_say_no_stain(differential["candidates"], room, letter), tone="next")
    yield from point_to(letter, len(stains) - room.stains, "stains")


def _say_no_stain(candidates: Sequence[Item], room: Room, letter: str) -> str:
    """Give that no stain is named, and what would settle what is open.

    What a red flag or a fusion names, or else what something speaks for and no words against.
    """
    opened = [
        c
        for c in candidates
        if c["kind"] not in OWN_KINDS
        and c["standing"] in ("supported", "open")
        and c["would_settle"]
    ]
    pointed = [c for c in opened if c["is_pointed_to"]]
    asked = pointed or [c for c in opened if _is_spoken_for(c)]
    said = "No stain that is held here would separate what is open, by published counts."
    if not asked:
        return said
    first = asked[: max(1, room.stains)]
    shown = [f"{c['name']} ({'; '.join(c['would_settle'])})" for c in first]
    rest = f"; of others in annex {letter}" if len(asked) > len(shown) else ""
    return f"{said} What would settle each: {', '.join(shown)}{rest}."


def _is_spoken_for(candidate: Item) -> bool:
    """Give whether something speaks for a diagnosis, and nothing in words against it."""
    ways = {(e["speaks"], e["is_counted"]) for e in candidate["evidence"]}
    return bool(ways & {("for", True), ("for", False)}) and ("against", False) not in ways


# Outlook, gaps, conflicts -----------------------------------------------------------------------


def make_outlook(document: Document, citer: Citer, room: Room) -> View:
    """Give ranges and nearest figures of published outcomes, and adverse features."""
    if said := say_if_other(document, "outlook"):
        return make_section("outlook", OUTLOOK_TITLE, make_list([citer.line(said)]))
    outlook, letter = document["outlook"], ANNEX["outlook"]
    ranges, figures = _choose_ranges(outlook, room), _choose_figures(outlook["figures"], room)
    unknown = [f["name"] for f in outlook["features"] if f["state"] == "not recorded"]
    lines = [
        *(citer.line(found["says"], found["facts"]) for found in ranges),
        *(_make_figure(figure, citer) for figure in figures),
        *_list_features(outlook["features"], document, citer, room),
    ]
    if unknown:
        said = f"{', '.join(dict.fromkeys(unknown))}."
        lines.append(citer.line(said, lead="Adverse features not recorded"))
    if outlook["about_kinase"]:
        lines.append(citer.line(cut_sentences(outlook["about_kinase"], room.sentences, letter)))
    lines += point_to(letter, len(outlook["ranges"]) - len(ranges), "ranges")
    lines += point_to(letter, len(outlook["figures"]) - len(figures), "figures")
    is_open = find_stance(document) is not Stance.IMT
    title = (
        f"Outlook, {ONLY_IF_IMT}: what was published, not a forecast" if is_open else OUTLOOK_TITLE
    )
    return make_section("outlook", title, make_list(lines))


def _choose_ranges(outlook: Item, room: Room) -> list[Item]:
    """Give the ranges that find room; those of a variant lead where it is likely, and are extra."""
    ranges = outlook["ranges"]
    own = list(takewhile(lambda found: is_of_variant(found["says"]), ranges))
    return list(ranges[: len(own) + room.ranges])


def _choose_figures(figures: Sequence[Item], room: Room) -> list[Item]:
    """Give the figures that find room, and always those of an advanced tumour, which lead."""
    advanced = sum(figure["outcome"] == ADVANCED for figure in figures)
    return list(figures[: max(advanced, room.figures)])


def _list_features(
    features: Sequence[Item], document: Document, citer: Citer, room: Room
) -> Iterable[View]:
    """Give what sources say of the adverse features that are recorded, one line a statement."""
    recorded = [f for f in features if f["state"] == "present"]
    populations = {fact["id"]: fact["applies_to"] for fact in document["facts"]}
    said: dict[str, list[Item]] = {}
    for feature in sorted(recorded, key=lambda f: not f["applies"]):
        said.setdefault(feature["says"], []).append(feature)
    for says, found in list(said.items())[: room.features]:
        names = ", ".join(dict.fromkeys(_name_feature(f, populations) for f in found))
        facts = [fact for f in found for fact in f["facts"]]
        yield citer.line(says, facts, lead=f"Recorded, and held adverse: {names}")
    if left := list(said.values())[room.features :]:
        names = ", ".join(dict.fromkeys(_name_feature(f, populations) for g in left for f in g))
        more = write_count(len(left), "further statement")
        text = f"{names} ({more}): annex {ANNEX['outlook']}."
        yield citer.line(text, lead="Also recorded, and held adverse", tone="pointer")


def _name_feature(feature: Item, populations: Mapping[str, str]) -> str:
    """Give a feature, with whose it is where its source is about other patients than this one."""
    if feature["applies"] or not feature["facts"]:
        return str(feature["name"])
    return f"{feature['name']} (another population: {populations[feature['facts'][0]]})"


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
    """Give where the facts that were used contradict each other, the nearest to the case first.

    Those that concern the counts of a test stand first and always, then those on a change of a
    kinase that is recorded; then those of which most sides are cited above, which is why this
    section is made last. Others stand in the annex.
    """
    statements = {fact["id"]: fact["statement"] for fact in document["facts"]}
    changes = list_changes(document)
    of_change = {
        c["id"]: any(change in statements[side] for change in changes for side in c["sides"])
        for c in document["conflicts"]
    }
    conflicts = document["conflicts"]
    always = {key for test in document["tests"] for key in test["rules_conflicts"]}
    cited = {c["id"]: len(citer.cited & set(c["sides"])) for c in conflicts}
    near = [c for c in conflicts if c["id"] in always or (cited[c["id"]] and not _is_of_counts(c))]
    ranked = sorted(
        near, key=lambda c: (c["id"] not in always, not of_change[c["id"]], -cited[c["id"]])
    )
    shown = ranked[: max(room.conflicts, len(always))]
    lines = [citer.line(f"{c['title'].rstrip('.')}. {c['consequence']}", c["sides"]) for c in shown]
    lines += point_to(ANNEX["conflicts"], len(conflicts) - len(shown), "conflicts")
    none = [] if conflicts else [citer.line("None among the facts that were used.")]
    title = "Where sources contradict each other"
    return make_section("conflicts", title, make_list(lines or none))


def _is_of_counts(conflict: Item) -> bool:
    """Give whether a conflict is about counting rules alone, which matter where they disagree."""
    return list(conflict["subjects"]) == ["fish"]
