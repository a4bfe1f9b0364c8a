"""The annex of a patient's report: everything in full, the trace, the facts and the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spindle.reasoning.findings import GateState
from spindle.reports import words
from spindle.reports.patient_layers import GATE, write_gate
from spindle.reports.patient_parts import (
    ANNEX,
    FITS,
    ONLY_IF_IMT,
    STANDINGS,
    Citer,
    Stance,
    View,
    capitalise,
    find_stance,
    join_sentences,
    make_list,
    make_section,
    make_table,
    say_counted,
)

Document = Mapping[str, Any]

FUSION_FILES = "Files of fusion calls, and how they were read"
# Rows that were not interpreted and are told on a page; the JSON holds all of them.
ROWS_IN_FULL = 50
_TRACES = (
    ("assessment", "Kinases and next test"),
    ("differential", "Differential"),
    ("actionability", "Options"),
    ("outlook", "Outlook"),
)


def make_annex(document: Document, citer: Citer) -> list[View]:
    """Give the sections of the annex, each with its letter in the title."""
    made = {
        "tests": _make_tests(document, citer),
        "discordances": _make_discordances(document, citer),
        "differential": _make_differential(document, citer),
        "options": _make_options(document, citer),
        "outlook": _make_outlook(document, citer),
        "gaps": _make_gaps(document, citer),
        "conflicts": _make_conflicts(document, citer),
        "trace": _make_trace(document, citer),
        "case": _make_case(document, citer),
        "facts": _make_facts(document, citer),
        "sources": _make_sources(document),
    }
    titles = {
        "tests": "Every test: meaning and limits",
        "discordances": "What does not go together, in full",
        "differential": "Differential diagnosis, in full",
        "options": "Options, in full",
        "outlook": "Outlook, in full",
        "gaps": "What is missing, in full",
        "conflicts": "Where sources contradict each other, in full",
        "trace": "Trace: how each conclusion was reached",
        "case": "The case as it was read",
        "facts": "Facts, and how they were read",
        "sources": "Sources",
    }
    return [
        make_section(f"annex-{key}", f"{letter}. {titles[key]}", made[key])
        for key, letter in ANNEX.items()
    ]


def _nothing(citer: Citer, blocks: Sequence[View], says: str) -> Sequence[View]:
    return blocks or make_list([citer.line(says)])


def _heading(text: str) -> list[View]:
    return [{"kind": "heading", "text": words.clean_text(text)}]


# Tests and discordances -------------------------------------------------------------------------


def _make_tests(document: Document, citer: Citer) -> Sequence[View]:
    blocks: list[View] = []
    for test in document["tests"]:
        if test["is_of_kinase"]:
            lines = make_list(_iterate_test(test, citer))
            blocks += [*_heading(f"{capitalise(test['name'])} ({test['observation']})"), *lines]
    several = len(document["case"]["specimens"]) > 1
    others = [
        citer.line(
            _say_other(test),
            lead=f"{capitalise(test['name'])} ({test['observation']}"
            f"{', ' + test['specimen'] if several else ''})",
        )
        for test in document["tests"]
        if not test["is_of_kinase"]
    ]
    if others:
        blocks += [*_heading("Stains that ask about no kinase"), *make_list(others)]
    return _nothing(citer, blocks, "No test is recorded.")


def _say_other(test: Mapping[str, Any]) -> str:
    """Give a stain's result and details; details without a result are not called either way."""
    is_bare = words.is_absent(test["result"]) and test["details"]
    result = "called neither positive nor negative" if is_bare else ""
    return "; ".join([result or words.find_result(test["result"]).words, *test["details"]])


def _iterate_test(test: Mapping[str, Any], citer: Citer) -> Iterable[View]:
    yield citer.mark(words.find_result(test["result"]))
    if test["found"]:
        yield citer.line(", ".join(test["found"]), lead="Found")
    if test["result"] != test["result_as_reported"]:
        said = words.find_result(test["result_as_reported"]).words
        yield citer.line(join_sentences(said, test["as_reported"]), lead="Result as reported")
    if test["rules"]:
        yield citer.line(test["rules"], test["rules_facts"], lead="Counting rules", tone="doubt")
    yield citer.line("; ".join(test["details"]) or "not reported", lead="How, and what it showed")
    yield from (citer.line(note, lead="As called") for note in test["notes"])
    yield citer.line(test["meaning"], test["facts"], lead="Meaning")
    yield from (citer.line(limit, lead="Limit") for limit in test["limits"])


def _make_discordances(document: Document, citer: Citer) -> Sequence[View]:
    blocks: list[View] = []
    for d in document["discordances"]:
        lines = [
            *(citer.line(e["says"], e["facts"], lead="Explanation") for e in d["explanations"]),
            *(citer.line(said, lead="Could not be seen") for said in d["unseen"]),
            *(citer.line(said, lead="Would settle it") for said in d["settles"]),
            citer.line(", ".join(d["observations"]) or "none", lead="Observations"),
            *_make_steps(d["trace"], citer),
        ]
        blocks += [*_heading(d["title"]), *make_list(lines)]
    return _nothing(citer, blocks, "No discordance among what is recorded.")


# Differential -----------------------------------------------------------------------------------


def _make_differential(document: Document, citer: Citer) -> Sequence[View]:
    differential = document["differential"]
    gate = differential["gate"]
    state = GATE[GateState(gate["state"])]
    first = [
        citer.line(
            write_gate(state, gate["why"], gate["missing"]),
            gate["facts"],
            lead="Morphology gate",
        ),
        *(
            citer.line(flag["says"], flag["facts"], lead="Red flag", tone=flag["weight"])
            for flag in differential["red_flags"]
        ),
        *(
            citer.line(
                f"{stain['marker']}: {stain['information_bits']:.2f} bits expected. {stain['why']}",
                stain["facts"],
                lead="Next stain",
            )
            for stain in differential["next_stains"]
        ),
        *(citer.line(limit, lead="Limit") for limit in differential["limits"]),
    ]
    blocks = make_list(first)
    for candidate in differential["candidates"]:
        blocks += _make_candidate(candidate, citer)
    return blocks


def _make_candidate(c: Mapping[str, Any], citer: Citer) -> list[View]:
    weight = ""
    if any(e["is_counted"] for e in c["evidence"]):
        weight = (
            f"Weights that count add up to {c['weight_mid']:+.1f} "
            f"({c['weight_low']:+.1f} to {c['weight_high']:+.1f}), with "
            f"{words.write_count(c['patients'], 'published patient')} behind them"
        )
    urgent = "To be excluded before treatment starts" if c["is_urgent"] else ""
    lines = [citer.line(join_sentences(c["why"], weight, urgent), c["facts"])]
    lines += [_make_evidence(e, citer) for e in c["evidence"]]
    if c["would_settle"]:
        lines.append(citer.line("; ".join(c["would_settle"]), lead="Would settle it"))
    return [*_heading(f"{c['name']}: {STANDINGS[c['standing']]}"), *make_list(lines)]


_SPEAKS: Mapping[str, str] = {"for": "For", "against": "Against", "neither": "Neither"}


def _make_evidence(e: Mapping[str, Any], citer: Citer) -> View:
    weighed = (
        f"Weight {e['weight_mid']:+.1f} ({e['weight_low']:+.1f} to {e['weight_high']:+.1f})"
        if e["is_counted"]
        else f"Not counted: {e['why_not_counted']}"
    )
    return citer.line(join_sentences(e["says"], weighed), e["facts"], lead=_SPEAKS[e["speaks"]])


# Options and outlook ----------------------------------------------------------------------------


def _make_options(document: Document, citer: Citer) -> Sequence[View]:
    actionability = document["actionability"]
    limits = [citer.line(limit, lead="Limit") for limit in actionability["limits"]]
    blocks = make_list([*_say_only_if(document, citer), *limits])
    for option in actionability["options"]:
        blocks += _make_option(option, citer)
    return _nothing(citer, blocks, "No option is held.")


def _say_only_if(document: Document, citer: Citer) -> list[View]:
    """Give the line above what is held on IMT alone, where IMT is not supported."""
    if find_stance(document) is Stance.IMT:
        return []
    return [citer.line(f"{capitalise(ONLY_IF_IMT)}.", tone="doubt")]


def _make_option(o: Mapping[str, Any], citer: Citer) -> list[View]:
    target = f", {o['target']}" if o["target"] else ""
    lines = [
        citer.line(join_sentences(o["standing"], f"Setting: {o['setting']}"), o["facts"]),
        *(citer.line(reason, lead="May not apply") for reason in o["may_not_apply"]),
        *(_make_approval(approval, citer) for approval in o["approvals"]),
        *(_make_result(result, citer) for result in o["results"]),
        citer.line(o["evidence_strength"] or "none held", lead="Evidence"),
        *([citer.line(o["gravest"], lead="Gravest harms")] if o["gravest"] else []),
        *(citer.line(harm, lead="Harm to watch") for harm in o["harms"]),
        *(citer.line(said, lead="Resistance") for said in o["resistance"]),
    ]
    return [*_heading(f"{o['name']}{target}: {FITS[o['fit']]}"), *make_list(lines)]


def _make_approval(a: Mapping[str, Any], citer: Citer) -> View:
    date = "" if words.is_absent(a["date"]) else f" ({a['date']})"
    reasons = "; ".join(reason.rstrip(".") for reason in a["reasons"])
    fit = f"Conditions: {FITS[a['fit']]}" + (f": {reasons}" if reasons else "")
    return citer.line(
        join_sentences(f"{a['says'].rstrip('.')}{date}", fit),
        a["facts"],
        lead=f"{a['regulator']}, {a['region']}",
    )


def _make_result(r: Mapping[str, Any], citer: Citer) -> View:
    return citer.line(join_sentences(say_counted(r)), r["facts"], lead="Result")


def _make_outlook(document: Document, citer: Citer) -> Sequence[View]:
    outlook = document["outlook"]
    limits = [citer.line(limit, lead="Limit") for limit in outlook["limits"]]
    ranges = [citer.line(found["says"], found["facts"]) for found in outlook["ranges"]]
    lines = [*_say_only_if(document, citer), *limits, *ranges]
    for figure in outlook["figures"]:
        like = f"Like this patient in {', '.join(figure['matches'])}" if figure["matches"] else ""
        differs = f"Differs: {'; '.join(figure['differs'])}" if figure["differs"] else ""
        text = join_sentences(say_counted(figure), like, differs, *figure["cautions"])
        lines.append(citer.line(text, figure["facts"], lead=figure["outcome"].capitalize()))
    for feature in outlook["features"]:
        fits = "" if feature["applies"] else "The source is about another population"
        text = join_sentences(f"{feature['name']}: {feature['says']}", fits)
        lines.append(citer.line(text, feature["facts"], lead=f"Feature, {feature['state']}"))
    return _nothing(citer, make_list(lines), "No published figure is held.")


# Gaps, conflicts, trace -------------------------------------------------------------------------


def _make_gaps(document: Document, citer: Citer) -> Sequence[View]:
    head = ("Missing", "Why it matters", "What it could change")
    rows = [
        [
            citer.line(f"{gap['rank']}. {gap['what']}"),
            citer.line(gap["why"], gap["facts"]),
            citer.line(", ".join(gap["changes"])),
        ]
        for gap in document["gaps"]
    ]
    table = make_table("By how much it would change", head, rows)
    return _nothing(citer, table, "Nothing that is held here is missing.")


def _make_conflicts(document: Document, citer: Citer) -> Sequence[View]:
    statements = {fact["id"]: fact["statement"] for fact in document["facts"]}
    blocks: list[View] = []
    for conflict in document["conflicts"]:
        lines = [
            *(citer.line(statements[side], (side,), lead="Says") for side in conflict["sides"]),
            citer.line(conflict["consequence"], lead="What is made of it"),
        ]
        blocks += [*_heading(conflict["title"]), *make_list(lines)]
    return _nothing(citer, blocks, "None among the facts that were used.")


def _make_trace(document: Document, citer: Citer) -> Sequence[View]:
    blocks: list[View] = []
    for part, title in _TRACES:
        if lines := _make_steps(document[part]["trace"], citer):
            blocks += [*_heading(title), {"kind": "numbered", "lines": lines}]
    return _nothing(citer, blocks, "No step is recorded.")


def _make_steps(steps: Iterable[Mapping[str, Any]], citer: Citer) -> list[View]:
    lines = []
    for step in steps:
        is_inferred = step.get("inferred", step.get("is_inferred", False))
        inferred = "Inferred: goes beyond what the source says" if is_inferred else ""
        observations = ", ".join(step["observations"])
        came = f"From {observations}" if observations else ""
        change = f"Would change it: {step['would_change']}" if step["would_change"] else ""
        text = join_sentences(step["concluded"], inferred, came, change)
        lines.append(citer.line(text, step["facts"]))
    return lines


# The case, facts, sources -----------------------------------------------------------------------


def _make_case(document: Document, citer: Citer) -> Sequence[View]:
    """Give what was read otherwise than written, what was doubted, and what stands in the case."""
    read = make_table(
        "Read otherwise than written",
        ("Line", "Field", "Written", "Read as"),
        [
            [citer.line(str(item["line"] or "–")), *map(citer.line, _name_read(item))]
            for item in document["read_as"]
        ],
    )
    doubted = make_table(
        "Doubts",
        ("Line", "Field", "Written", "What was made of it"),
        [
            [
                citer.line(str(note["row"] or "–")),
                citer.line(note["column"] or "the whole file"),
                citer.line(note["value"] or "–"),
                citer.line(note["message"]),
            ]
            for note in document["notes"]
        ],
    )
    files = [line for file in document["fusion_files"] for line in list_file_lines(file, citer)]
    of_fusions = [*_heading(FUSION_FILES), *make_list(files)] if files else []
    recorded = make_list(_iterate_recorded(document["case"], citer))
    where = f"From {document['file']}. " if document["file"] else ""
    nothing_doubted = "" if doubted else "Nothing was doubtful."
    start = make_list([citer.line(f"{where}{nothing_doubted}")]) if where or not doubted else []
    return [*start, *doubted, *read, *of_fusions, *_heading("Recorded"), *recorded]


def list_file_lines(file: Mapping[str, Any], citer: Citer) -> list[View]:
    """Give how a file of fusion calls was read: what it is, what was not read, what stays out."""
    name, rows = file["file"], file["not_interpreted"]
    caller = f"{file['caller']} {file['caller_version']}".strip()
    counted = words.write_count(file["calls"], "call")
    kept = f"{words.write_count(file['in_case'], 'fusion')} in the case"
    first = f"{caller}, {file['material']}; {counted}, {len(rows):,} not interpreted; {kept}"
    lines = [citer.line(join_sentences(first, file["build"], *file["notes"]), lead=name)]
    lines += [
        citer.line(
            f"not interpreted: “{row['written']}”. {row['reason']}",
            lead=f"{name}, line {row['line']}",
            tone="doubt",
        )
        for row in rows[:ROWS_IN_FULL]
    ]
    if len(rows) > ROWS_IN_FULL:
        more = f"{len(rows) - ROWS_IN_FULL:,} more rows were not interpreted; the JSON names each."
        lines.append(citer.line(more, lead=name, tone="doubt"))
    for left in file["left_out"]:
        rest = left["count"] - len(left["names"])
        more = f" and {rest:,} more" if rest else ""
        said = f"{left['count']:,} left out of the case, {left['kind']}"
        lines.append(citer.line(f"{said}: {', '.join(left['names'])}{more}.", lead=name))
    return lines


def _name_read(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return item["field"], item["written"], item["read"]


def _iterate_recorded(case: Mapping[str, Any], citer: Citer) -> Iterable[View]:
    tumour, follow_up = case["tumour"], case["follow_up"]
    size = tumour["size"]
    yield citer.line(words.write_words(tumour["diagnosis"]), lead="Diagnosis as reported")
    yield citer.line(_join(_write_site(s) for s in tumour["sites"]), lead="Sites")
    yield citer.line(_join(_write_symptom(s) for s in case["symptoms"]), lead="Symptoms")
    if "dimensions_mm" in size:
        shown = " × ".join(f"{n:g}" for n in size["dimensions_mm"])
        yield citer.line(f"{shown} mm", lead="Size")
    else:
        yield citer.line(words.write_words(size), lead="Size")
    for name in ("focality", "extent", "is_resectable"):
        lead = name.removeprefix("is_").capitalize()
        yield citer.line(words.write_words(tumour[name]), lead=lead)
    yield from (citer.line(f["words"], lead="Imaging") for f in tumour["imaging_findings"])
    yield citer.line(_join(_write_treatment(t) for t in case["treatments"]), lead="Treatment")
    months = words.write_number(follow_up["duration_months"])
    unit = "" if words.is_absent(follow_up["duration_months"]) else " months"
    lost = "; lost to follow-up" if follow_up["is_lost"] is True else ""
    vital = words.write_words(follow_up["vital_status"])
    yield citer.line(f"{months}{unit}; vital status {vital}{lost}", lead="Follow-up")
    outcomes = [{**o, "occurred": o["has_occurred"]} for o in case["outcomes"]]
    yield citer.line(words.write_outcomes(outcomes), lead="Outcomes")
    for exclusion in case["exclusions"]:
        yield citer.line(f"{exclusion['diagnosis']}: {exclusion['reason']}", lead="Excluded")
    yield from (citer.line(remark["words"], lead=remark["column"]) for remark in case["remarks"])


def _join(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "not reported"


def _write_site(site: Mapping[str, Any]) -> str:
    side = "" if words.is_absent(site["laterality"]) else f"{site['laterality']} "
    code = "" if words.is_absent(site["code"]) or "id" not in site["code"] else site["code"]["id"]
    written = f", written “{site['words']}”" if site["words"] else ""
    return f"{side}{site['name']} ({code or 'no code'}{written})"


def _write_symptom(symptom: Mapping[str, Any]) -> str:
    side = "" if words.is_absent(symptom["laterality"]) else f" ({symptom['laterality']})"
    return f"{'' if symptom['is_present'] else 'no '}{symptom['name']}{side}"


def _write_treatment(treatment: Mapping[str, Any]) -> str:
    said = [words.write_label(treatment["kind"])]
    said += [
        str(treatment[name])
        for name in ("agent", "intent", "margin")
        if not words.is_absent(treatment[name])
    ]
    written = f" (“{treatment['words']}”)" if treatment["words"] else ""
    return f"{', '.join(said)}{written}"


def _make_facts(document: Document, citer: Citer) -> Sequence[View]:
    lines = []
    for fact in document["facts"]:
        how = words.write_label(fact["how_read"])
        inferred = "Inferred: goes beyond what the source says" if fact["inferred"] else ""
        text = join_sentences(
            fact["statement"], inferred, f"{fact['place']}; {how}, checked {fact['checked_on']}"
        )
        lines.append({**citer.line(text, lead=fact["id"]), "refs": [fact["source"]]})
    return _nothing(citer, make_list(lines), "No published fact was used.")


def _make_sources(document: Document) -> Sequence[View]:
    sources = [
        {
            "number": source["number"],
            "short": words.clean_text(f"{source['id']} {source['identifier']}".strip()),
            "text": words.clean_text(
                join_sentences(source["citation"], source["identifier"], source["terms"])
            ),
        }
        for source in document["sources"]
    ]
    return [{"kind": "sources", "sources": sources}]
