from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from spindle.cases.observations import FishTest, FusionTest, Stain, TestResult
from spindle.cases.patient import Age
from spindle.cli import case as case_command
from spindle.cli.case_interactive import Interview
from spindle.cli.case_questions import PARTS, QUESTIONS, make_case_document
from spindle.cli.main import main
from spindle.formats.case_files import parse_case, read_case_file, read_case_table

SPINDLE = Path(sys.executable).with_name("spindle")
# An answer that reads, for each question that asks for more than free words.
ANSWERS = {
    "id": "zhao-15",
    "age": "14 months",
    "sex": "male",
    "pregnant": "no",
    "diagnosis": "IMT",
    "sites": "left maxillary sinus, orbit",
    "symptoms": "nasal obstruction, no fever",
    "size": "42 x 31 mm",
    "focality": "unifocal",
    "extent": "invasive",
    "resectable": "yes",
    "specimen": "resection",
    "content": "60",
    "decalcified": "no",
    "left": "little",
    "histology": "spindle cells, plasma cells; no necrosis, mitoses 2/10 HPF",
    "alk_stain": "positive",
    "alk_clone": "D5F3",
    "alk_pattern": "granular cytoplasmic",
    "alk_percent": "60-80 %",
    "fish": "12/50",
    "probe": "Vysis",
    "pcr": "negative",
    "kit": "AmoyDx",
    "sequencing": "TFG::ROS1 in frame",
    "method": "RNA",
    "quality": "yes",
    "genes": "ALK, ROS-1",
    "stains": "SMA+; desmin focal +; S100-",
    "treatments": "surgery R1, crizotinib",
    "follow_up": "22 months, alive, no recurrence",
    "exclusion": "desmoid: beta-catenin not nuclear",
}


class Desk:
    """Somebody who types, and what they see."""

    def __init__(self, typed: Iterable[str]) -> None:
        self._typed: Iterator[str] = iter(typed)
        self.asked: list[str] = []
        self.seen: list[str] = []
        self.interview = Interview(ask=self.answer, say=self.seen.append)

    def answer(self, question: str) -> str:
        self.asked.append(question.strip())
        try:
            return next(self._typed)
        except StopIteration:
            raise click.Abort from None

    @property
    def screen(self) -> str:
        return " ".join(" ".join(self.seen).split())


def type_at_desk(*typed: str) -> Desk:
    desk = Desk(typed)
    with contextlib.suppress(click.Abort):
        desk.interview.run()
    return desk


# The questions ----------------------------------------------------------------------------------


def test_every_question_can_be_answered_and_the_case_holds_it_all() -> None:
    desk = type_at_desk(*(ANSWERS[question.id] for question in QUESTIONS))
    assert desk.interview.answers == ANSWERS
    assert len(desk.asked) == len(QUESTIONS)
    case = parse_case(desk.interview.write()).case
    assert isinstance(case.patient.age_at_diagnosis, Age)
    assert case.patient.age_at_diagnosis.months == 14
    assert [site.name for site in case.tumour.sites] == ["maxillary sinus", "orbit"]
    (specimen,) = case.specimens
    assert [f.name for f in specimen.histology if not f.is_present] == ["necrosis"]
    tests = {type(o): o for o in specimen.observations}
    stain = specimen.observations[0]
    assert isinstance(stain, Stain)
    assert (stain.marker, stain.clone, stain.result) == ("ALK", "D5F3", TestResult.POSITIVE)
    fish, sequencing = tests[FishTest], tests[FusionTest]
    assert isinstance(fish, FishTest)
    assert fish.counts[0].nuclei_scored == 50
    assert isinstance(sequencing, FusionTest)
    assert sequencing.genes_covered == ("ALK", "ROS1")
    assert case.outcomes[0].has_occurred is False
    assert case.exclusions[0].diagnosis == "desmoid"


def test_every_question_can_be_passed_over() -> None:
    desk = type_at_desk(*[""] * len(QUESTIONS))
    assert desk.interview.answers == {}
    asked_after = [question for question in QUESTIONS if question.after]
    assert len(desk.asked) == len(QUESTIONS) - len(asked_after)
    desk.interview.summarise()
    assert "Nothing was typed." in desk.screen
    assert desk.interview.save() is None


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_each_answer_alone_makes_a_case_file_that_reads(question: object) -> None:
    name = question.id  # type: ignore[attr-defined]
    first = question.after  # type: ignore[attr-defined]
    answers = {name: ANSWERS[name], **({first: ANSWERS[first]} if first else {})}
    reading = read_case_table(make_case_document(answers))
    assert reading.case.id


def test_progress_is_shown_part_by_part() -> None:
    desk = type_at_desk(*[""] * len(QUESTIONS))
    parts = [line for line in desk.seen if " of 9: " in line]
    assert parts == [f"{n} of 9: {title}" for n, title in enumerate(PARTS, 1)]


def test_a_question_mark_explains_and_asks_again() -> None:
    desk = type_at_desk("?", "a", "?")
    assert desk.asked[0] == desk.asked[1]
    assert "leads back to nobody" in desk.screen
    assert "With the unit: 14 months" in desk.screen


def test_a_sign_goes_back_and_keeps_what_was_typed() -> None:
    desk = type_at_desk("a", "14 months", "<", "<", "b", "", "male", "q")
    assert desk.interview.answers == {"id": "b", "age": "14 months", "sex": "male"}
    assert "[14 months]" in desk.asked[5]


def test_going_back_before_the_first_question_stays_there() -> None:
    desk = type_at_desk("<", "<", "a", "q")
    assert desk.interview.answers == {"id": "a"}


def test_an_answer_can_be_taken_back() -> None:
    desk = type_at_desk("a", "14 months", "<", "not reported", "q")
    assert desk.interview.answers == {"id": "a"}


def test_q_stops_and_keeps_what_is_there() -> None:
    desk = type_at_desk("a", "Q")
    assert desk.interview.answers == {"id": "a"}
    assert len(desk.asked) == 2


def test_a_number_that_can_not_be_is_refused_in_words_and_asked_again() -> None:
    desk = type_at_desk("a", "14", "14 months", "q")
    assert "Neither the cell nor the header names a unit" in desk.screen
    assert desk.interview.answers["age"] == "14 months"
    assert "patient.age" not in desk.screen
    assert "[case-invalid]" not in desk.screen


def test_what_is_read_otherwise_and_what_is_doubtful_is_shown_at_once() -> None:
    n = [question.id for question in QUESTIONS].index("sites")
    desk = type_at_desk("a", *[""] * (n - 1), "left antrum of nowhere", "q")
    assert "Note:" in desk.screen
    desk = type_at_desk("a", "", "boy", "q")
    assert "Read as: male" in desk.screen


def test_details_are_asked_only_of_a_test_that_was_done() -> None:
    names = [question.id for question in QUESTIONS if not question.after]
    n = names.index("alk_stain")
    desk = type_at_desk(*[""] * n, "negative", "D5F3", "q")
    assert desk.interview.answers == {"alk_stain": "negative", "alk_clone": "D5F3"}
    # Back to the stain, which is taken back: its clone goes with it.
    desk = type_at_desk(*[""] * n, "negative", "D5F3", "<", "<", "not reported", "", "q")
    assert desk.interview.answers == {}


# Saving -----------------------------------------------------------------------------------------


def test_the_case_file_is_saved_where_it_is_asked_for(tmp_path: Path) -> None:
    desk = Desk([str(tmp_path / "mine.toml")])
    desk.interview.answers = dict(ANSWERS)
    assert desk.interview.save() == tmp_path / "mine.toml"
    assert "[zhao-15.toml]" in desk.asked[0]
    assert read_case_file(tmp_path / "mine.toml").case.id == "zhao-15"


def test_nothing_is_written_over_without_asking(tmp_path: Path) -> None:
    taken, free = tmp_path / "taken.toml", tmp_path / "free.toml"
    taken.write_text("mine")
    desk = Desk([str(taken), "", str(taken), "maybe", "no", str(free)])
    desk.interview.answers = {"id": "a"}
    assert desk.interview.save() == free
    assert taken.read_text() == "mine"
    desk = Desk([str(taken), "yes"])
    desk.interview.answers = {"id": "a"}
    assert desk.interview.save() == taken
    assert 'id = "a"' in taken.read_text()


def test_a_place_that_can_not_be_written_is_asked_for_again(tmp_path: Path) -> None:
    desk = Desk([str(tmp_path / "no" / "x.toml"), "q"])
    desk.interview.answers = {"id": "a"}
    assert desk.interview.save() is None
    assert "can't be written" in desk.screen


def test_what_is_unfinished_never_takes_the_place_of_anything(tmp_path: Path) -> None:
    interview = Desk([]).interview
    assert interview.save_unfinished(tmp_path) is None
    interview.answers = {"id": "a"}
    names = [interview.save_unfinished(tmp_path) for _ in range(3)]
    assert [path.name for path in names if path] == [
        "spindle-case-unfinished.toml",
        "spindle-case-unfinished-2.toml",
        "spindle-case-unfinished-3.toml",
    ]


# The command ------------------------------------------------------------------------------------


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["case", "--interactive", *arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Give the list of what will be typed, at a terminal in an empty folder."""
    lines: list[str] = []

    def prompt(question: str, **_: object) -> str:
        if not lines:
            raise click.Abort
        click.echo(question)
        return lines.pop(0)

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(case_command.click, "prompt", prompt)
    monkeypatch.setattr(case_command.sys, "stdin", Terminal())
    return lines


def test_the_questions_end_with_a_file_and_a_report(
    typed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed += [*(ANSWERS[question.id] for question in QUESTIONS), "", "yes"]
    assert run() == 0
    printed = capsys.readouterr().out
    assert "What was typed:" in printed
    assert "Saved: zhao-15.toml" in printed
    assert "Case zhao-15: PROPOSED, UNSIGNED" in printed
    assert read_case_file(tmp_path / "zhao-15.toml").case.id == "zhao-15"


def test_the_report_can_be_declined(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed += ["a", "q", "", ""]
    assert run() == 0
    assert "PROPOSED" not in capsys.readouterr().out


def test_leaving_early_keeps_what_was_typed(
    typed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["zhao-15", "14 months"]
    assert run() == 130
    path = tmp_path / "spindle-case-unfinished.toml"
    assert str(path) in capsys.readouterr().err
    assert 'age = "14 months"' in path.read_text()


def test_leaving_at_once_writes_nothing(
    typed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 130
    assert "Nothing was typed." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_case_file_beside_the_questions_is_refused(typed: list[str]) -> None:
    assert run("case.toml") == 2


def test_without_a_terminal_it_says_so() -> None:
    ran = subprocess.run(
        [SPINDLE, "case", "--interactive"], input="a\n", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "[terminal-missing]" in ran.stderr
    assert "--template" in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminal")
def test_at_a_real_terminal_ctrl_c_keeps_what_was_typed(tmp_path: Path) -> None:
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execv(SPINDLE, [str(SPINDLE), "case", "--interactive"])
    screen = b""
    for waits_for, typed in ((b"label", b"zhao-15\n"), (b"old", b"14 months\n"), (b"sex", b"")):
        while waits_for not in screen:
            screen += os.read(terminal, 1024)
        os.write(terminal, typed)
        screen = b""
    # Pressed until it is heard: a key that comes while a question is put waits for the next one.
    with contextlib.suppress(OSError):
        for _ in range(100):
            if select.select([terminal], [], [], 0.2)[0]:
                chunk = os.read(terminal, 1024)
                screen += chunk
                if not chunk:
                    break
            else:
                os.write(terminal, b"\x03")
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130
    assert b"spindle-case-unfinished.toml" in screen
    assert b"Traceback" not in screen
    assert 'id = "zhao-15"' in (tmp_path / "spindle-case-unfinished.toml").read_text()
