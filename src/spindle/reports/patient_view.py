"""What the first two pages of a patient's report show, from its document and the room there is.

Alerts come first and are always shown. Whatever finds no room stands in the annex, and a line says
so; nothing is cut without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spindle.reasoning.prognosis import DIAGNOSED
from spindle.reports import words
from spindle.reports.patient_findings import (
    iterate_flags,
    make_conflicts,
    make_differential,
    make_gaps,
    make_outlook,
)
from spindle.reports.patient_layers import EPITHELIOID_FLAG
from spindle.reports.patient_options import make_options
from spindle.reports.patient_parts import (
    ANNEX,
    OWN_KINDS,
    WEIGHT_ORDER,
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
    split_sentences,
)

Document = Mapping[str, Any]
# What the method of a stain is called in a report.
STAIN_METHOD = "stain"

# A kinase that is positive by any test.
POSITIVE_STATUSES = (
    "fusion_detected",
    "rearranged_by_fish",
    "expressed_not_confirmed",
    "expressed_confirmation_pending",
)


def make_header(document: Document) -> list[tuple[str, str]]:
    """Give the head of the report: whose case it is, as label and words."""
    case = document["case"]
    patient, tumour = case["patient"], case["tumour"]
    age = patient["age_at_diagnosis"]
    sites = [_write_site(site) for site in tumour["sites"]]
    specimens = [_write_specimen(specimen) for specimen in case["specimens"]]
    made = document["made_on"]
    head = [
        ("Case", case["id"]),
        ("Age, sex", f"{_write_age(age)}; {_name_sex(patient['sex'])}{_say_pregnant(patient)}"),
        ("Site", ", ".join(sites) or "not reported"),
        ("Tissue", "; ".join(specimens) or "not reported"),
        ("Version", document["version"]),
    ]
    if not words.is_absent(made):
        head.append(("Report of", str(made)))
    return [(label, words.clean_text(value)) for label, value in head]


def _say_pregnant(patient: Mapping[str, Any]) -> str:
    """Give that a pregnancy is recorded; nothing where it is denied or not reported."""
    return "; pregnant" if patient["is_pregnant"] is True else ""


def _write_age(age: Mapping[str, Any]) -> str:
    if "months" not in age:
        return f"age {words.write_words(age)}"
    precise = "" if age["precision"] == "exact" else f"{age['precision']} "
    return f"{precise}{_write_months(age['months'])}"


def _write_months(months: float) -> str:
    """Give an age in years and months, which a share of a year would blur: `2 years 3 months`."""
    years, left = divmod(months, words.MONTHS_A_YEAR)
    if months < words.AGE_IN_MONTHS_BELOW or left == 0 or left != int(left):
        return words.write_age(months)
    return f"{words.write_count(int(years), 'year')} {words.write_count(int(left), 'month')}"


def _name_sex(sex: object) -> str:
    return f"sex {words.write_words(sex)}" if words.is_absent(sex) else str(sex)


def _write_site(site: Mapping[str, Any]) -> str:
    side = site["laterality"]
    return str(site["name"]) if words.is_absent(side) else f"{side} {site['name']}"


def _write_specimen(specimen: Mapping[str, Any]) -> str:
    kind, said = specimen["kind"], []
    is_unknown = words.is_absent(kind)
    said.append(f"{specimen['id']}, kind {words.write_words(kind)}" if is_unknown else str(kind))
    if not words.is_absent(specimen["block"]):
        said.append(f"block {specimen['block']}")
    if not words.is_absent(specimen["date"]):
        said.append(str(specimen["date"]))
    if not words.is_absent(specimen["tumour_content_percent"]):
        said.append(f"{specimen['tumour_content_percent']:g} % tumour nuclei")
    if specimen["is_decalcified"] is True:
        said.append("decalcified")
    if not words.is_absent(specimen["tissue_left"]):
        said.append(f"tissue left: {specimen['tissue_left']}")
    return ", ".join(said)


def make_status(document: Document) -> View:
    """Give whether this version is signed, in words, and every other signature with its version."""
    signature = document["signature"]
    others = [
        f"{s['signed_by']}{_write_role(s)} signed version {s['version']} on {s['signed_on']}; "
        f"that is not this version.{_write_signed_diagnosis(s)}{_write_comment(s)}"
        for s in signature["of_other_versions"]
    ]
    signed = [f"Signed by {_write_signer(s)}.{_write_comment(s)}" for s in signature["signed"]]
    # Each signature's diagnosis: the latest stands below as the integrated diagnosis.
    signed[1:] = [
        f"{line}{_write_signed_diagnosis(s)}"
        for line, s in zip(signed[1:], signature["signed"][1:], strict=True)
    ]
    return {
        "state": signature["state"],
        "is_signed": bool(signed),
        "lines": [words.clean_text(line) for line in [*signed, *others]],
    }


def _write_signer(signature: Mapping[str, Any]) -> str:
    return f"{signature['signed_by']}{_write_role(signature)} on {signature['signed_on']}"


def _write_comment(signature: Mapping[str, Any]) -> str:
    return f" {join_sentences(signature['comment'])}" if signature["comment"].strip() else ""


def _write_signed_diagnosis(signature: Mapping[str, Any]) -> str:
    said = signature["diagnosis"].strip()
    return f" Signed diagnosis: “{said}”." if said else " No diagnosis of the signer's own."


def _write_role(signature: Mapping[str, Any]) -> str:
    role = signature["role"]
    return "" if words.is_absent(role) else f", {role},"


def list_alerts(document: Document, citer: Citer) -> list[View]:
    """Give what is to be looked at before anything else, each once.

    Where a red flag tells of the variant already, its course stands below as a doubt.
    """
    flags = document["differential"]["red_flags"]
    is_told = any(f["id"] == EPITHELIOID_FLAG and f["weight"] == "alert" for f in flags)
    lines = [
        *iterate_flags(document, citer, "alert"),
        *(
            citer.line(d["title"], _facts_of(d["trace"]), lead=d["kinase"], tone="alert")
            for d in document["discordances"]
            if d["weight"] == "alert"
        ),
        *(
            citer.line(alert, tone="doubt" if is_told and not _is_diagnosed(alert) else "alert")
            for alert in document["outlook"]["alerts"]
        ),
    ]
    return list({line["text"]: line for line in reversed(lines)}.values())[::-1]


def _is_diagnosed(alert: str) -> bool:
    return alert.startswith(DIAGNOSED)


def _facts_of(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    return [fact for step in steps for fact in step["facts"]]


def make_main(document: Document, citer: Citer, room: Room) -> list[View]:
    """Give the sections of the first two pages, in their order.

    Conflicts come last, since what is cited above says which of them are shown.
    """
    citer.cited.clear()
    return [
        _make_diagnosis(document, citer, room),
        _make_tests(document, citer, room),
        _make_path(document, citer),
        _make_discordances(document, citer, room),
        make_differential(document, citer, room),
        make_options(document, citer, room),
        make_outlook(document, citer, room),
        make_gaps(document, citer, room),
        make_conflicts(document, citer, room),
    ]


def _make_diagnosis(document: Document, citer: Citer, room: Room) -> View:
    signed = document["signature"]["signed"]
    layers = [_make_layer(layer, citer, room) for layer in document["diagnosis"]["layers"]]
    if not signed:
        return make_section("diagnosis", "Integrated diagnosis, proposed", layers)
    own = signed[0]["diagnosis"].strip()
    said = own or "The signer gave no diagnosis of their own and signed the proposal below."
    lead = f"Integrated diagnosis of {signed[0]['signed_by']}, {signed[0]['signed_on']}"
    note = "Below: what Spindle proposed from the findings; a proposal, also where it differs."
    return make_section(
        "diagnosis",
        "Integrated diagnosis, signed",
        make_list([citer.line(said, lead=lead, tone="signed"), citer.line(note, tone="pointer")]),
        [{**layer, "title": f"{layer['title']}, Spindle's proposal"} for layer in layers],
    )


def _make_layer(layer: Mapping[str, Any], citer: Citer, room: Room) -> View:
    annex = _find_annex(layer)
    return {
        "kind": "layer",
        "number": layer["number"],
        "title": layer["title"],
        "lines": [
            limit_refs(
                citer.line(
                    cut_sentences(line["says"], room.sentences + 2, annex),
                    line["facts"],
                    lead=line["lead"],
                    tone=line["weight"],
                ),
                annex,
            )
            for line in layer["lines"]
        ],
    }


def _find_annex(layer: Mapping[str, Any]) -> str:
    """Give the annex where a layer's lines stand in full."""
    return ANNEX["trace"] if layer["number"] == 4 else ANNEX["differential"]


def _make_tests(document: Document, citer: Citer, room: Room) -> View:
    tests = [test for test in document["tests"] if test["is_of_kinase"] or _is_molecular(test)]
    others = len(document["tests"]) - len(tests)
    head = ("Test", "How it was done, what it showed", "Result", "What it could not have seen")
    rows = [_make_test_row(test, document, citer, room) for test in tests]
    is_asked = any(test["is_of_kinase"] for test in tests)
    none = [] if is_asked else [citer.line("No test of a kinase is reported.")]
    several = len(document["case"]["specimens"]) > 1
    disagreeing = [
        citer.line(test["rules"], test["rules_facts"], lead=_name_test(test, several), tone="doubt")
        for test in document["tests"]
        if test["rules"]
    ]
    further = f"Further stains, in layer 2: {others}. " if others else ""
    letter = ANNEX["tests"]
    more = f"{further}Every test, what it means and all its limits: annex {letter}."
    return make_section(
        "tests",
        "Tests, methods and limits",
        make_table("Tests of kinases, and other molecular tests", head, rows),
        make_list([*none, *disagreeing, citer.line(more, tone="pointer")]),
    )


def _is_molecular(test: Mapping[str, Any]) -> bool:
    """Give whether a test is no stain; a stain that asks about no kinase stands in layer 2."""
    return bool(test["method"] != STAIN_METHOD)


def _make_test_row(
    test: Mapping[str, Any], document: Document, citer: Citer, room: Room
) -> list[View]:
    limits = test["limits"]
    shown = [join_sentences(*split_sentences(said)[: room.sentences]) for said in limits]
    shown = shown[: room.limits]
    left = len(limits) - len(shown)
    if left:
        shown.append(f"{left} {'limit' if left == 1 else 'limits'} in annex {ANNEX['tests']}.")
    several = len(document["case"]["specimens"]) > 1
    beside = "; ".join([*test["found"], *filter(None, [test["as_reported"]])])
    return [
        citer.line(_name_test(test, several)),
        citer.line("; ".join(test["details"]) or "not reported"),
        citer.mark(words.find_result(test["result"]), beside),
        citer.line(join_sentences(*shown) or "nothing is held on this", test["facts"]),
    ]


def _name_test(test: Mapping[str, Any], several: bool) -> str:
    where = f" ({test['specimen']})" if several else ""
    return f"{capitalise(test['name'])}{where}"


def _make_path(document: Document, citer: Citer) -> View:
    assessment = document["assessment"]
    settings = document["settings"]
    lines = [
        citer.line(
            f"{test['name']} ({test['condition']}). {test['why']}"
            + (" This goes beyond the sources of the protocol." if test["inferred"] else ""),
            test["facts"],
            lead="Next test, any one of" if test["alternative"] else "Next test",
            tone="next",
        )
        for test in assessment["next_tests"]
    ]
    if not lines:
        lines = [citer.line(assessment["outcome"], lead="No further test proposed", tone="next")]
    lines = [*_say_if_other(document, citer), *lines]
    about = f"Protocol {settings['protocol']}: {settings['protocol_title']}."
    return make_section(
        "path",
        "Reflex path",
        [{"kind": "picture", "steps": document["path"], "about": about}],
        make_list(lines),
    )


def _say_if_other(document: Document, citer: Citer) -> list[View]:
    """Give what would settle a diagnosis that comes before an IMT, and whose path this is.

    A tumour that shares the kinase is asked by the same tests, and so is one in which a kinase is
    positive.
    """
    candidates = document["differential"]["candidates"]
    supported = [c for c in candidates if c["standing"] == "supported"]
    pointed = [c for c in candidates if c["is_pointed_to"] and c["standing"] == "open"]
    first = next(iter([*supported, *pointed]), None)
    if first is None or any(c["kind"] in OWN_KINDS for c in (*supported, *pointed)):
        return []
    speak = "speak for" if supported else "point to"
    said = [f"The findings {speak} {first['name']}."]
    if first["would_settle"]:
        said.append(f"What would settle it: {'; '.join(first['would_settle'])}.")
    statuses = {kinase["status"] for kinase in document["assessment"]["kinases"].values()}
    if first["kind"] == "mimic" and statuses.isdisjoint(POSITIVE_STATUSES):
        said.append("This path is that of an IMT and is asked only if an IMT stays in question.")
    line = citer.line(" ".join(said), first["facts"], lead="Before this path", tone="doubt")
    return [limit_refs(line, ANNEX["differential"])]


def _make_discordances(document: Document, citer: Citer, room: Room) -> View:
    ranked = sorted(document["discordances"], key=lambda d: WEIGHT_ORDER.index(d["weight"]))
    alerts = sum(d["weight"] == "alert" for d in ranked)
    shown = ranked[: max(alerts, room.discordances)]
    letter = ANNEX["discordances"]
    lines = [_make_discordance(d, citer, room) for d in shown]
    rest = ranked[len(shown) :]
    if rest:
        named = "; ".join(f"{d['title'].rstrip('.')}" for d in rest)
        lead = "Also" if shown else ""
        lines.append(citer.line(f"{named}: annex {letter}.", lead=lead, tone="pointer"))
    none = [citer.line("No discordance among what is recorded.")] if not ranked else []
    return make_section("discordances", "What does not go together", make_list(lines or none))


def _make_discordance(d: Mapping[str, Any], citer: Citer, room: Room) -> View:
    explained = d["explanations"][: room.explanations]
    settles = [s.rstrip(".") for s in d["settles"][: max(1, room.explanations)]]
    left = len(d["explanations"]) - len(explained) + len(d["settles"]) - len(settles)
    said = join_sentences(d["title"], *(e["says"] for e in explained))
    if settles:
        said += f" What would settle it: {'; '.join(settles)}."
    if left:
        said += f" More in annex {ANNEX['discordances']}."
    facts = [fact for e in explained for fact in e["facts"]]
    return citer.line(said, facts, lead=d["kinase"], tone=d["weight"])
