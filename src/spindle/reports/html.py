"""The report as one HTML file: no script, no request to anywhere, same input, same bytes.

Everything on the page stands in the report document; nothing is worked out again here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from spindle.cases.notes import CATALOGUE
from spindle.reports import words
from spindle.reports.page_templates import make_environment, read_style
from spindle.reports.plots.funnel import draw_funnel
from spindle.reports.plots.sites import draw_sites
from spindle.reports.plots.survival import ENDPOINTS, draw_survival, name_intervals
from spindle.reports.plots.swimmer import draw_swimmers
from spindle.reports.series_document import VERDICT_ORDER, rank_doubtful

if TYPE_CHECKING:
    from jinja2 import Environment

Document = Mapping[str, Any]
View = dict[str, Any]

NEXT_STEP = "always"
# Statuses that bear on treatment, whichever kinase they are of.
FOUND = ("fusion_detected", "rearranged_by_fish")
DISCORDANT_SHOWN = 40
DISCORDANT_SHOWN_OF_MANY = 12
OPEN_SHOWN = 12
CLAIMS_SHOWN_OF_A_VERDICT = 4
NOTES_SHOWN = 250
LABELS_SHOWN = 100
PATIENTS_SHOWN = 12
"""How much of a long list the page shows; a sentence says how much more there is, and where."""


def render_report(document: Document) -> str:
    """Give the whole page of a report document as HTML text, ready to be written as UTF-8.

    Raises
    ------
    KeyError
        When the document lacks a part that the page needs.
    """
    return _load_environment().get_template("report.html").render(build_page(document))


@cache
def _load_environment() -> Environment:
    from markupsafe import Markup

    environment = make_environment()

    def isolate(value: object) -> Markup:
        return Markup("<bdi>{}</bdi>").format(words.write_words(value))

    filters: Mapping[str, Callable[..., object]] = {
        "said": isolate,
        "number": words.write_number,
        "percent": words.write_percent,
        "label": words.write_label,
        "age": words.write_age,
        "time": words.write_time,
        "outcomes": words.write_outcomes,
        "picture": Markup,
        "style": read_style,
    }
    environment.filters.update(filters)
    environment.globals.update(
        count=words.write_count,
        interval=words.write_interval,
        time_limits=words.write_limits,
        is_absent=words.is_absent,
    )
    return environment


def build_page(document: Document) -> View:
    """Give what the templates show, every text of it cleaned of what no page can hold."""
    is_full = document["cases_in_full"]
    attention = _list_attention(document["cases"], is_full=is_full)
    proposed = _count_proposed(document["cases"])
    # Of many cases only the ones that are shown are gone through letter by letter.
    rest = {key: value for key, value in document.items() if is_full or key != "cases"}
    document = words.clean_document(rest)
    cohort, cases = document["cohort"], document.get("cases", ())
    numbers = {fact["id"]: number for number, fact in enumerate(document["facts"], 1)}
    return {
        "document": document,
        "cohort": cohort,
        "n": cohort["n"],
        "is_full": is_full,
        "cards": _list_cards(cases, document["notes"], numbers),
        "attention": words.clean_document(attention),
        "proposed": words.clean_document(proposed),
        "statuses": [
            {**share, "mark": words.find_status(share["label"])} for share in cohort["alk_status"]
        ],
        "results": words.RESULTS,
        "claims": _view_claims(document["claims"]),
        "notes": _view_notes(document),
        "tables": _list_tables(cohort),
        "labels_shown": LABELS_SHOWN,
        "patients_shown": PATIENTS_SHOWN,
        "survival": _view_survival(cohort["survival"]),
        "pictures": _draw_pictures(cohort, cases),
        "limits": _list_limits(cases),
        "columns": [_view_column(column) for column in document["source"]["columns"]],
    }


def _draw_pictures(cohort: Document, cases: Sequence[Document]) -> View:
    survival = cohort["survival"]
    curves = survival["curves"]
    return {
        "funnel": draw_funnel(cohort["funnel"]) if cohort["funnel"] else "",
        "swimmers": draw_swimmers(cases),
        "sites": draw_sites(cohort["sites"]) if cohort["sites"] else "",
        "survival": {name: draw_survival(name, survival) for name in ENDPOINTS if name in curves},
    }


def _list_cards(
    cases: Iterable[Document], notes: Iterable[Document], fact_numbers: Mapping[str, int]
) -> list[View]:
    grouped = _group_notes(notes)
    return [_view_card(number, case, grouped, fact_numbers) for number, case in enumerate(cases, 1)]


def _group_notes(notes: Iterable[Document]) -> dict[tuple[str, int], list[Document]]:
    """Give the notes by case id and row; a note may have only one of the two."""
    grouped: dict[tuple[str, int], list[Document]] = {}
    for note in notes:
        grouped.setdefault((note["case_id"], note["row"]), []).append(note)
    return grouped


def _view_card(
    number: int,
    case: Document,
    notes: Mapping[tuple[str, int], list[Document]],
    fact_numbers: Mapping[str, int],
) -> View:
    assessment = case["assessment"]
    case_id, row = case["id"], case["row"]
    keys = [(case_id, row), (case_id, 0), *([("", row)] if row else [])]
    kinases = [_view_kinase(name, kinase) for name, kinase in assessment["kinases"].items()]
    return {
        "anchor": f"patient-{number}",
        "case": case,
        "age_as_written": _choose_age_words(case),
        "sites": [_write_site(site) for site in case["sites"]],
        "symptoms": [_write_symptom(symptom) for symptom in case["symptoms"]],
        "treatments": [_view_treatment(treatment) for treatment in case["treatments"]],
        "codes": _list_codes(case),
        "kinases": kinases,
        "is_discordant": any(kinase["discordant"] for kinase in kinases),
        "columns": _list_results(assessment["kinases"]["ALK"]["tests"]),
        "next": _view_next(assessment["next_tests"]),
        "trace": [_view_step(step, fact_numbers) for step in assessment["trace"]],
        "notes": [note for key in dict.fromkeys(keys) for note in notes.get(key, ())],
    }


def _choose_age_words(case: Document) -> str:
    """Give the age as written, where the page would otherwise not show the same words."""
    written = str(case["age_words"]).strip()
    is_number = written.replace(".", "", 1).isdigit()
    return "" if is_number or written == words.write_age(case["age_months"]) else written


def _write_site(site: Document) -> str:
    side = site["laterality"]
    if words.is_absent(side):
        return f"{site['name']} (side {words.write_words(side)})"
    return f"{side} {site['name']}"


def _write_symptom(symptom: Document) -> str:
    side = "" if words.is_absent(symptom.get("laterality")) else f" ({symptom['laterality']})"
    return f"{'' if symptom.get('present', True) else 'no '}{symptom['name']}{side}"


def _view_treatment(treatment: Document) -> View:
    kind = words.write_label(treatment["kind"])
    written = str(treatment["words"]).strip()
    return {"kind": kind, "words": "" if written.lower() == kind else written}


def _list_codes(case: Document) -> list[str]:
    coded = [*case["sites"], *case["symptoms"]]
    found = (
        f"{thing['name']}: "
        + ("no code" if words.is_absent(thing.get("code")) else _write_code(thing))
        for thing in coded
    )
    return list(dict.fromkeys(found))


def _write_code(thing: Document) -> str:
    """Give a code; where it is not exact, with the vocabulary's name and how well it fits."""
    match = thing.get("code_match", "exact")
    if match == "exact":
        return str(thing["code"])
    return f"{thing['code']} ({thing.get('code_label', '')}; {match}, not exact)"


def _view_kinase(name: str, kinase: Document) -> View:
    tests = [
        {
            **test,
            "name": words.ASSAYS.get(test["assay"], words.write_label(test["assay"])),
            "mark": words.find_result(test["result"]),
        }
        for test in kinase["tests"]
    ]
    return {
        "name": name,
        "mark": words.find_status(kinase["status"]),
        "discordant": kinase["discordant"] is True,
        "disagreeing": _write_disagreeing(kinase["disagreeing"]),
        "why": kinase["why"],
        "support": words.SUPPORT.get(kinase["support"], words.write_label(kinase["support"])),
        "flags": [words.FLAGS.get(flag, words.write_label(flag)) for flag in kinase["flags"]],
        "partner": None if words.is_absent(kinase["partner"]) else kinase["partner"],
        "tests": tests,
    }


def _write_disagreeing(disagreeing: Iterable[str]) -> str:
    """Give `ihc positive`, `fish negative` as one phrase."""
    phrases = []
    for pair in disagreeing:
        assay, _, result = pair.partition(" ")
        phrases.append(f"{words.ASSAYS.get(assay, assay)} {result}".strip())
    return ", ".join(phrases)


def _list_results(tests: Sequence[Document]) -> list[View]:
    """Give, for each column of tests, every result; `not reported` where there is none."""
    columns = []
    for name, assays in words.TEST_COLUMNS.items():
        results = [test["result"] for test in tests if test["assay"] in assays]
        marks = [words.find_result(result) for result in results or [None]]
        columns.append({"name": name, "marks": marks, "is_listed": bool(results)})
    return columns


def _view_next(tests: Sequence[Document]) -> View:
    """Give the tests proposed as one phrase, with the condition and the reasons."""
    names = [str(test.get("name") or _name_test(test["test"])) for test in tests]
    is_alternative = any(test.get("alternative") is True for test in tests)
    conditions = dict.fromkeys(
        str(test.get("condition") or _name_condition(test["when"])) for test in tests
    )
    return {
        "words": words.join_words(names, "or" if is_alternative else "then"),
        "condition": "; ".join(condition for condition in conditions if condition),
        "reasons": list(dict.fromkeys(test["why"] for test in tests if test.get("why"))),
        "is_inferred": any(test.get("inferred") is True for test in tests),
    }


def _name_test(test_id: str) -> str:
    from spindle.knowledge.protocols import load_tests

    test = load_tests().get(test_id)
    return test.name if test else words.write_label(test_id)


def _name_condition(when: str) -> str:
    from spindle.knowledge.protocols import load_whens

    return load_whens().get(when, "")


def _count_proposed(cases: Iterable[Document]) -> list[View]:
    """Give how many cases have each proposal, by its condition; the most frequent first."""
    counted: Counter[tuple[tuple[str, str], ...]] = Counter()
    first: dict[tuple[tuple[str, str], ...], Sequence[Document]] = {}
    for case in cases:
        tests = case["assessment"]["next_tests"]
        key = tuple((test["test"], test["when"]) for test in tests)
        counted[key] += 1
        first.setdefault(key, tests)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{**_view_next(first[key]), "n": n} for key, n in ordered]


def _view_step(step: Document, fact_numbers: Mapping[str, int]) -> View:
    facts = [{"id": fact, "number": fact_numbers.get(fact, 0)} for fact in step["facts"]]
    return {**step, "facts": facts}


def _list_attention(cases: Sequence[Document], *, is_full: bool) -> View:
    """Give the patients to look at first: discordant ones, then those with an open next step."""
    discordant, is_open, found = [], [], []
    for number, case in enumerate(cases, 1):
        if any(k["discordant"] is True for k in case["assessment"]["kinases"].values()):
            discordant.append((number, case))
        elif any(test["when"] == NEXT_STEP for test in case["assessment"]["next_tests"]):
            is_open.append((number, case))
        elif any(k["status"] in FOUND for k in case["assessment"]["kinases"].values()):
            found.append((number, case))
    shown = DISCORDANT_SHOWN if is_full else DISCORDANT_SHOWN_OF_MANY
    view = partial(_view_attention, is_full=is_full)
    return {
        "discordant": [view(*item) for item in discordant[:shown]],
        "discordant_n": len(discordant),
        "groups": [
            {
                "says": says,
                "n": len(group),
                "items_shown": [view(*item) for item in group[:OPEN_SHOWN]],
            }
            for says, group in (
                ("a kinase fusion or a break in a kinase is reported", found),
                ("the protocol proposes a next step", is_open),
            )
        ],
    }


def _view_attention(number: int, case: Document, *, is_full: bool) -> View:
    kinases = case["assessment"]["kinases"]
    return {
        "anchor": f"#patient-{number}" if is_full else "",
        "id": case["id"],
        "row": case["row"],
        "kinases": [
            {
                "name": name,
                "mark": words.find_status(kinase["status"]),
                "disagreeing": _write_disagreeing(kinase.get("disagreeing", ())),
            }
            for name, kinase in kinases.items()
        ],
        "next": _view_next(case["assessment"]["next_tests"]),
    }


def _view_claims(claims: Sequence[Document]) -> View:
    verdicts = [*words.VERDICTS, *sorted({c["verdict"] for c in claims} - set(words.VERDICTS))]
    groups = [
        _view_verdict(verdict, [c for c in claims if c["verdict"] == verdict])
        for verdict in verdicts
    ]
    shown = [group for group in groups if group["claims"]]
    bad = rank_doubtful(claims)
    of_verdict = [[c for c in bad if c["verdict"] == verdict] for verdict in VERDICT_ORDER]
    first = [claim for group in of_verdict for claim in group[:CLAIMS_SHOWN_OF_A_VERDICT]]
    return {
        "n": len(claims),
        "groups": shown,
        "first": [{**c, "mark": words.VERDICTS[c["verdict"]]} for c in first],
        "first_n": len(bad),
    }


def _view_verdict(verdict: str, claims: list[Document]) -> View:
    mark = words.VERDICTS.get(verdict) or words.Mark(verdict, "?", words.write_label(verdict))
    return {
        "anchor": f"verdict-{mark.key}" if verdict in words.VERDICTS else "verdict-other",
        "mark": mark,
        "meaning": words.VERDICT_MEANINGS.get(verdict, ""),
        "claims": claims,
    }


def _view_notes(document: Document) -> View:
    """Give the notes by kind, the rarest kind first, since the commonest says least of a row."""
    counted: Mapping[str, int] = document["notes_summary"]
    left, groups = NOTES_SHOWN, []
    for slug in sorted(counted, key=lambda slug: (counted[slug], slug)):
        kind = CATALOGUE.get(slug)
        shown = [note for note in document["notes"] if note["slug"] == slug][:left]
        left -= len(shown)
        groups.append(
            {
                "title": kind.title if kind else words.write_label(slug),
                "explanation": kind.explanation if kind else "",
                "n": counted[slug],
                "notes": shown,
            }
        )
    return {"n": document["notes_total"], "shown": NOTES_SHOWN - left, "groups": groups}


def _list_tables(cohort: Document) -> View:
    """Give the tables of frequencies, Table 1 by its groups."""
    groups: dict[str, list[Document]] = {}
    for share in cohort["table1"]:
        groups.setdefault(share.get("group", ""), []).append(share)
    return {
        "table1": groups,
        "lists": [
            {"id": name, "title": title, "shares": cohort[name]}
            for name, title in (
                ("sites", "Sites"),
                ("symptoms", "Symptoms"),
                ("treatments", "Treatments"),
            )
        ],
    }


def _view_survival(survival: Document) -> View:
    endpoints = [
        _view_endpoint(name, title, survival)
        for name, title in ENDPOINTS.items()
        if survival.get(name)
    ]
    follow_up = survival["follow_up"]
    return {
        "endpoints": endpoints,
        "n": survival["n"],
        "left_out": survival["left_out"],
        "follow_up": follow_up if "median" in follow_up else None,
    }


def _view_endpoint(name: str, title: str, survival: Document) -> View:
    log_log = {estimate["months"]: estimate for estimate in survival["log_log"][name]}
    return {
        "name": name,
        "title": title,
        "interval": name_intervals(survival[name]),
        "rows": [{**e, "log_log": log_log.get(e["months"])} for e in survival[name]],
        "median": survival["medians"][name],
        "assumption": survival["assumptions"][name],
        "assumed": survival["assumed_event_times"][name],
    }


def _list_limits(cases: Iterable[Document]) -> list[View]:
    """Give every limit of a test once, with the number of patients it applies to."""
    counted: Counter[str] = Counter()
    for case in cases:
        tests = (t for k in case["assessment"]["kinases"].values() for t in k["tests"])
        counted.update({limit for test in tests for limit in test["limits"]})
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"words": limit, "n": n} for limit, n in ordered]


def _view_column(column: Document) -> View:
    details = {key: column.get(key, "") for key in ("unit", "marker", "clone")}
    said = [f"{key} {value}" for key, value in details.items() if value]
    return {
        **column,
        "field_words": words.write_label(str(column["field"])) if column["field"] else "no field",
        "details": ", ".join(said) or "nothing more",
    }
