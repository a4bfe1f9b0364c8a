from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_DONE
from spindle.errors import UserError
from spindle.knowledge.conflicts import list_conflicts, load_conflicts
from spindle.knowledge.facts import Fact, HowRead, find_fact, load_facts
from spindle.knowledge.files import read_entries
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.leaflet import (
    Statement,
    StatementKind,
    check_sections,
    list_unfounded_numbers,
    load_leaflet,
    make_statement,
    read_section,
)
from spindle.knowledge.therapies import load_therapies
from spindle.reasoning.assessments import KinaseStatus

SECTIONS = [
    "about", "what-it-is", "cause", "family", "who", "signs", "diagnosis", "test-results",
    "result-of-all-tests", "treatment", "harms", "fertility", "late-effects", "outlook",
    "follow-up", "warning-signs", "questions", "research",
]  # fmt: skip
GOOD = """
[[statements]]
id = "fusion"
text = "In one study of children, 71 of 82 tumours had such a change: about 9 in 10."
kind = "known"
facts = ["fusions.children.any-kinase"]
checked_on = 2026-11-20
"""
SECTION = '[section]\nid = "cause"\ntitle = "What causes it?"\n'
STATEMENTS = {
    statement.id: statement for section in load_leaflet() for statement in section.statements
}


def make(text: str) -> Statement:
    entries = list(read_entries("leaflet/new.toml", "statements", text=text))
    return make_statement(entries[0])


def change(**lines: str | None) -> str:
    """Give the good text with lines changed or added, or left out when None."""
    kept = [line for line in GOOD.splitlines() if line.split(" = ")[0] not in lines]
    return "\n".join([*kept, *(f"{key} = {value}" for key, value in lines.items() if value)])


def refuse(**lines: str | None) -> str:
    with pytest.raises(UserError) as caught:
        make(change(**lines))
    assert caught.value.slug == "knowledge-invalid"
    assert caught.value.place == "leaflet/new.toml, line 2"
    return caught.value.message


def section_of(section_id: str) -> tuple[Statement, ...]:
    return next(s.statements for s in load_leaflet() if s.id == section_id)


# The loader -------------------------------------------------------------------------------------


def test_a_good_statement_is_read_with_everything() -> None:
    statement = make(GOOD)
    assert statement.kind is StatementKind.KNOWN
    assert [fact.id for fact in statement.facts] == ["fusions.children.any-kinase"]
    assert statement.checked_on == datetime.date(2026, 11, 20)
    assert statement.reviewed_by == statement.reviewed_on == NOT_DONE
    assert statement.written_at == "leaflet/new.toml, line 2"


def test_a_review_has_a_name_and_a_day() -> None:
    statement = make(change(reviewed_by='"N. N., oncologist"', reviewed_on="2026-12-01"))
    assert statement.reviewed_by == "N. N., oncologist"
    assert statement.reviewed_on == datetime.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ({"facts": None}, "facts"),
        ({"facts": "[]"}, "no fact"),
        ({"facts": '["no.such.fact"]'}, "no.such.fact"),
        ({"facts": "[7]"}, "a list of words"),
        ({"facts": '"fusions.children.any-kinase"'}, "a list of words"),
        ({"text": None}, "text"),
        ({"text": '"  "'}, "text"),
        ({"kind": '"sure"'}, "known: known, uncertain, unknown, advice"),
        ({"id": '"Fusion found"'}, "no id"),
        ({"checked_on": None}, "checked_on"),
        ({"checked_on": '"today"'}, "checked_on"),
        ({"author": '"me"'}, "author"),
        ({"reviewed_by": '"N. N."'}, "other half of a review"),
        ({"reviewed_on": "2026-12-01"}, "other half of a review"),
        ({"elsewhere": '"Some pages say otherwise."'}, "without its facts"),
        ({"elsewhere_facts": '["families.rareguru.youngest"]'}, "without its facts"),
        ({"facts": '["families.rule.five-values"]', "text": '"A failed test."'}, "inferred"),
        ({"text": '"The stain shows {gene}."'}, "explains no status"),
    ],
)
def test_a_malformed_statement_is_refused_with_its_line(
    lines: dict[str, str | None], word: str
) -> None:
    assert word in refuse(**lines)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("72 of 82 tumours had a fusion.", "72"),
        ("About 8 in 10 had a fusion.", "8"),
        ("It was found in 47.5 children.", "47.5"),
        ("It was found in 1,000 children.", "1000"),
        ("Nine in ten tumours had one.", "nine in ten"),
    ],
)
def test_a_number_that_no_fact_holds_is_refused(text: str, number: str) -> None:
    assert repr(number) in refuse(text=f'"{text}"')


@pytest.mark.parametrize(
    "text",
    ["It was ROS1 in 20 and NTRK3 in 3.", "About 9 in 10 had one.", "About 87 in 100 had one."],
)
def test_a_number_of_a_fact_and_a_frequency_that_rounds_to_it_are_held(text: str) -> None:
    assert make(change(text=f'"{text}"')).text == text


def make_fact(n: int, of: int) -> Fact:
    return Fact(
        id="test.fact",
        statement="Some of them.",
        source=find_fact("fusions.children.any-kinase").source,
        place="Results",
        checked_on=datetime.date(2026, 11, 20),
        how_read=HowRead.READ_ONCE,
        applies_to="IMT",
        n=n,
        of=of,
    )


@given(st.integers(1, 400), st.data())
def test_only_the_counts_and_what_they_round_to_are_held(of: int, data: Any) -> None:
    n = data.draw(st.integers(0, of))
    other = data.draw(st.integers(0, 500).filter(lambda number: number not in (n, of)))
    fact = make_fact(n, of)
    assert list_unfounded_numbers(f"It was {n} of {of}.", [fact]) == []
    assert list_unfounded_numbers(f"It was {other}.", [fact]) == [str(other)]
    about = round(n / of * 10)
    assert list_unfounded_numbers(f"It was about {about} in 10.", [fact]) == []
    wrong = (about + 1) % 11
    held = {n, of}
    expected = [str(number) for number in (wrong, 10) if number not in held]
    assert list_unfounded_numbers(f"It was about {wrong} in 10.", [fact]) == expected


def test_years_are_held_by_months() -> None:
    survival = find_fact("outcomes.casanova-2020.survival")
    assert list_unfounded_numbers("About 98 in 100 were alive after 5 years.", [survival]) == []
    assert list_unfounded_numbers("They were alive after 6 years.", [survival]) == ["6"]


def test_what_stands_twice_is_refused() -> None:
    section = read_section("leaflet/new.toml", SECTION + GOOD)
    other = read_section("leaflet/new.toml", SECTION.replace("cause", "other") + GOOD)
    for sections, word in (((section, section), "section cause"), ((section, other), "fusion")):
        with pytest.raises(UserError) as caught:
            check_sections(sections)
        assert f"{word} stands twice" in caught.value.message
        assert "line 5" in caught.value.place


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (GOOD, "has no [section]"),
        ('[section]\nid = "cause"\n' + GOOD, "has no title"),
        (SECTION, "no entry of [[statements]]"),
        (SECTION.replace("cause", "The cause") + GOOD, "no id"),
        (SECTION + GOOD.replace("statements", "statement"), "not known here"),
    ],
    ids=["no head", "no title", "no statement", "malformed id", "another table"],
)
def test_a_malformed_section_is_refused(text: str, word: str) -> None:
    with pytest.raises(UserError) as caught:
        read_section("leaflet/new.toml", text)
    assert word in caught.value.message
    assert caught.value.place.startswith("leaflet/new.toml")
    assert caught.value.slug == "knowledge-invalid"


# What the leaflet holds -------------------------------------------------------------------------


def test_every_part_that_families_asked_for_is_there_in_order() -> None:
    assert [section.id for section in load_leaflet()] == SECTIONS


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_every_statement_rests_on_facts_is_dated_and_not_reviewed(statement: Statement) -> None:
    assert statement.facts
    assert statement.checked_on >= max(fact.checked_on for fact in statement.facts)
    assert statement.reviewed_by == NOT_DONE, "say in the README when somebody has reviewed it"
    assert statement.text[-1] in ".?"
    assert "{" not in statement.text


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_no_statement_promises_orders_or_gives_a_bare_percentage(statement: Statement) -> None:
    text = f"{statement.heading} {statement.text} {statement.elsewhere}"
    unquoted = re.sub("“[^”]*”", "", text).lower()
    for word in ("must", "benign", "non-cancerous", "safe", "safely", "cure", "cured", "curable"):
        assert not re.search(rf"\b{word}\b", unquoted), word
    assert "%" not in text
    assert "per cent" not in text


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_what_is_unknown_or_general_advice_claims_no_source(statement: Statement) -> None:
    """An unknown rests on a statement of our own that nothing was found."""
    if statement.kind is StatementKind.UNKNOWN:
        assert any(fact.id.startswith("families.unanswered.") for fact in statement.facts)
        assert any(fact.is_inferred for fact in statement.facts)
    if all(fact.is_inferred for fact in statement.facts):
        assert statement.kind is not StatementKind.KNOWN


def test_every_fact_of_the_leaflet_is_used() -> None:
    used = {f.id for s in STATEMENTS.values() for f in (*s.facts, *s.elsewhere_facts)}
    used |= {fact.id for conflict in load_conflicts().values() for fact in conflict.sides}
    assert [
        fact for fact in load_facts() if fact.startswith("families.") and fact not in used
    ] == []


@pytest.mark.parametrize(
    ("statement_id", "conflict"),
    [
        ("what-cancer", "nature-of-imt"),
        ("who-babies", "youngest-patient"),
        ("outlook-alk", "alk-and-outcome"),
        ("cause-infection", "cause"),
    ],
)
def test_where_other_pages_say_otherwise_the_conflict_is_a_record(
    statement_id: str, conflict: str
) -> None:
    statement = STATEMENTS[statement_id]
    found = list_conflicts(fact.id for fact in statement.elsewhere_facts)
    assert conflict in [c.id for c in found]


@pytest.mark.parametrize(
    ("statement_id", "words"),
    [
        ("what-cancer", ["in between", "come back", "spreads"]),
        ("cause-fusion", ["71 of 82", "about 9 in 10"]),
        ("cause-blame", ["no study", "parent"]),
        ("family-catching", ["National Cancer Institute"]),
        ("stain-negative", ["8 of these had a fusion", "can still be an IMT"]),
        ("stain-failed", ["says nothing about the tumour"]),
        ("outlook-alk", ["Studies disagree", "crizotinib works against ALK"]),
        ("outlook-place", ["none of 17", "1 of 15", "39 children in France"]),
        ("outlook-margin", ["found nothing that told"]),
        ("surgery-margin", ["came back in 3.", "could not read"]),
        ("targeted-how-long", ["harms can be borne", "most can stop", "advise to go on"]),
        ("targeted-ret-pdgfrb", ["selpercatinib", "PDGFRB"]),
        ("follow-up-plan", ["We have not read the plan itself"]),
        ("who-rare", ["fewer than 1 in a million people have one"]),
        ("harms-eyes-severe", ["24 in 100", "20 in 100", "one child"]),
        ("harms-liver", ["United States", "European Union", "every 2 weeks", "every week"]),
        ("harms-heart", ["heart failure", "first month", "Some died", "fast weight gain"]),
        ("harms-bowel-hole", ["some people died", "no proof"]),
        ("harms-hormones", ["27 of 32", "no study of this in children"]),
        ("fertility-crizotinib", ["testosterone often fell", "puberty", "not known"]),
        ("pregnancy-elsewhere", ["Switzerland", "90 days for women and for men"]),
        ("pregnancy-pill", ["The pill may not work", "Lorlatinib", "repotrectinib", "6 months"]),
        ("harms-eyes-children", ["about 6 in 10", "flashes"]),
        ("harms-eyes-checks", ["United States", "before the start", "1 month", "3 months"]),
        ("harms-eyes-checks", ["every month", "eye doctor", "stop crizotinib for good"]),
        ("pregnancy-crizotinib", ["45 days", "90 days"]),
        ("targeted-how-long", ["do not stop by yourself"]),
        ("warning-fever", ["38 °C", "even once", "37.5 °C", "any other sign", "36 °C"]),
        ("warning-unwell", ["no fever", "medicines against fever", "call before you use one"]),
        ("warning-do-not-wait", ["Do not wait", "emergency department"]),
    ],
)
def test_what_families_act_on_is_said(statement_id: str, words: list[str]) -> None:
    for word in words:
        assert word in STATEMENTS[statement_id].text


def test_warning_signs_and_questions_are_advice() -> None:
    for section_id in ("warning-signs", "questions"):
        assert {s.kind for s in section_of(section_id)} == {StatementKind.ADVICE}


NOW, TODAY, SOON = (
    "Call your emergency number now",
    "Call your team at once, day or night",
    "Tell your team within a few days",
)


def list_warnings(heading: str) -> str:
    """Give the warning signs under a heading."""
    found: dict[str, list[str]] = {}
    at = ""
    for statement in section_of("warning-signs"):
        at = statement.heading or at
        found.setdefault(at, []).append(statement.text)
    return " ".join(found[heading])


def test_warning_signs_are_grouped_by_how_soon_to_call() -> None:
    headings = [s.heading for s in section_of("warning-signs") if s.heading]
    assert headings == [NOW, TODAY, SOON]


@pytest.mark.parametrize(
    "sign",
    [
        "blue lips", "swell up", "pain in the chest", "fainting", "heavy bleeding", "a fit",
        "hard to wake", "headache with vomiting", "loss of sight", "numb or weak",
        "bladder or bowel", "very strong pain", "with or without vomiting",
        "doses do not stay down", "A bad injury", "ending one’s life",
    ],
)  # fmt: skip
def test_what_can_not_wait_is_an_emergency(sign: str) -> None:
    assert sign in list_warnings(NOW)


@pytest.mark.parametrize(
    "sign",
    [
        "38 °C", "below 36 °C", "even if there is no fever", "chickenpox, shingles or measles",
        "if some days have passed",
        "new bruises", "tiny red spots", "short breath", "Swollen legs",
        "fast weight gain", "uneven", "seeing double", "an eye that bulges", "not there",
        "a limp", "does not use an arm or a leg", "hip or the knee", "yellow skin",
        "diarrhoea that does not stop", "swallowing", "A headache that stays", "pregnant",
        "a wound that is red",
    ],
)  # fmt: skip
def test_what_the_team_hears_today_is_named(sign: str) -> None:
    assert sign in list_warnings(TODAY)


def test_nothing_that_is_urgent_stands_among_what_can_take_days() -> None:
    said = list_warnings(SOON)
    for sign in ("sight", "breath", "bleed", "vomit", "strong pain", "numb"):
        assert sign not in said


def test_every_targeted_medicine_is_named_where_the_unborn_child_is() -> None:
    said = " ".join(s.text.lower() for s in section_of("fertility") if "pregnancy" in s.id)
    text = " ".join(statement.text.lower() for statement in STATEMENTS.values())
    agents = [agent for agent in load_therapies() if agent.endswith("nib")]
    assert len(agents) == 8
    for agent in agents:
        assert agent in said
        assert text.count(agent) >= 2


def test_the_reader_is_a_patient_or_a_parent() -> None:
    text = " ".join(statement.text for statement in STATEMENTS.values())
    assert text.count("you or your child") + text.count("your child") >= 10


# What a result means ----------------------------------------------------------------------------


EXPLAINED = {statement.status: statement for statement in STATEMENTS.values() if statement.status}


@pytest.mark.parametrize("status", KinaseStatus)
def test_every_status_is_explained_without_the_name_of_a_gene(status: KinaseStatus) -> None:
    text = EXPLAINED[status.value].text
    assert "the gene" in text
    assert not [kinase for kinase in load_kinases().names if kinase in text]


def test_the_leaflet_explains_the_nine_statuses_and_no_other() -> None:
    explained = [s.status for s in section_of("result-of-all-tests") if s.status]
    assert explained == [status.value for status in KinaseStatus]


@pytest.mark.parametrize("status", ["failed_or_insufficient", "not_tested", "not_reported"])
def test_what_is_no_negative_says_so(status: str) -> None:
    assert "It is not a negative." in EXPLAINED[status].text


def test_not_detected_speaks_for_the_tests_that_were_done_only() -> None:
    text = EXPLAINED["not_detected"].text
    assert "those tests only" in text
    assert "can still be an IMT" in text
