"""`spindle case --interactive`: a case asked for step by step, and saved as a case file.

Every question may be passed over. What was typed is never lost: leaving early saves it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from spindle.cli.case_questions import PARTS, QUESTIONS, Question, make_case_document
from spindle.errors import UserError
from spindle.formats.case_files import CaseFileReading, read_case_table
from spindle.formats.toml_writing import write_toml
from spindle.knowledge.words import find_key, fold

WIDTH = 78
UNFINISHED = "spindle-case-unfinished"
LATER_NAMES = 1000
HELP, BACK, QUIT = "?", "<", "q"
CLEARS = "not reported"
WELCOME = (
    "One case, step by step, in nine parts. Press Enter to pass a question over (it then counts "
    "as not reported). Type ? for an explanation, < to go back, q to stop and save what is there. "
    "Write no name and no date of birth. Research use, not a medical device."
)
_COMMENTS = (
    "A case file of Spindle, from the questions of: spindle case --interactive",
    "Research use, not a medical device. Read it with: spindle case FILE",
)

Ask = Callable[[str], str]
Say = Callable[[str], None]


class Move(Enum):
    """Where to go after a question."""

    NEXT = "next"
    BACK = "back"
    STOP = "stop"


@dataclass(slots=True)
class Interview:
    """The questions with the answers so far."""

    ask: Ask
    """Asks a question and gives what was typed; raises on Ctrl-C."""
    say: Say
    """Shows a line."""
    answers: dict[str, str] = field(default_factory=dict)
    """By id of the question."""

    def run(self) -> None:
        """Ask every question that applies, until the last one or until somebody stops."""
        self._show(WELCOME)
        place, part, way = 0, 0, 1
        while place < len(QUESTIONS):
            question = QUESTIONS[place]
            if question.after and question.after not in self.answers:
                self.answers.pop(question.id, None)
                place += way
                continue
            if question.part != part:
                part = question.part
                self.say("")
                self.say(f"{part} of {len(PARTS)}: {PARTS[part - 1]}")
            move = self._put(question)
            if move is Move.STOP:
                return
            # The first question always applies, so going back ends there at the latest.
            way = -1 if move is Move.BACK else 1
            place = max(0, place + way)

    def _put(self, question: Question) -> Move:
        """Ask one question until it is answered, passed over, or left."""
        while True:
            kept = self.answers.get(question.id, "")
            shown = f"[{kept}] " if kept else ""
            text = self.ask(f"  {question.asks} {shown}").strip()
            if text == HELP:
                self._show(question.explains, "    ")
                continue
            if text == BACK:
                return Move.BACK
            if text.lower() == QUIT:
                return Move.STOP
            if not text:
                return Move.NEXT
            if self._take(question, text):
                return Move.NEXT

    def _take(self, question: Question, text: str) -> bool:
        """Keep an answer that the reader of case files takes; say why where it does not."""
        if fold(text) == CLEARS:
            self.answers.pop(question.id, None)
            return True
        tried = {**self.answers, question.id: text}
        try:
            before = read_case_table(make_case_document(self.answers))
            after = read_case_table(make_case_document(tried))
        except UserError as error:
            cure = error.cure if error.cure != error.kind.cure else ""
            self._show(f"{_drop_field(error.message)} {cure}".strip(), "    ")
            return False
        self.answers[question.id] = text
        self._show_reading(before, after)
        return True

    def _show_reading(self, before: CaseFileReading, after: CaseFileReading) -> None:
        """Show what an answer was read as, and what was doubted in it."""
        for item in after.read_as:
            if item not in before.read_as and item.written != "left out":
                self._show(f"Read as: {item.read}", "    ")
        for note in after.notes:
            if note not in before.notes:
                self._show(f"Note: {note.message}", "    ")

    def _show(self, text: str, indent: str = "") -> None:
        for line in textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent):
            self.say(line)

    def summarise(self) -> None:
        """Show every answer."""
        self.say("")
        self.say("What was typed:" if self.answers else "Nothing was typed.")
        for question in QUESTIONS:
            if question.id in self.answers:
                self._show(f"{question.asks} {self.answers[question.id]}", "  ")

    def save(self) -> Path | None:
        """Ask for a file and write it; none when nothing was typed or the file is not wanted."""
        if not self.answers:
            return None
        proposed = f"{_make_file_name(self.answers.get('id', 'case-1'))}.toml"
        while True:
            text = self.ask(f"Save as which file? [{proposed}] ").strip() or proposed
            if text.lower() == QUIT:
                return None
            path = Path(text).expanduser()
            if path.exists() and not self.is_wanted(f"{path} exists. Write over it?"):
                continue
            try:
                path.write_text(self.write(), encoding="utf-8", newline="\n")
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                self._show(f"It can't be written: {reason}. Name another file, or q to leave.")
                continue
            self.say(f"Saved: {path}")
            return path

    def is_wanted(self, question: str) -> bool:
        """Ask a question with yes or no; nothing typed means no."""
        while True:
            text = self.ask(f"{question} (yes or no) [no] ").strip()
            answer = find_key("treatments", text, "answers.") if text else "no"
            if answer:
                return answer == "yes"

    def write(self) -> str:
        """Give the answers as the text of a case file."""
        return write_toml(make_case_document(self.answers), _COMMENTS)

    def save_unfinished(self, folder: Path) -> Path | None:
        """Write what was typed beside nothing that exists; none when nothing was typed.

        Raises
        ------
        UserError
            `output-not-writable`.
        """
        if not self.answers:
            return None
        for number in range(1, LATER_NAMES):
            path = folder / f"{UNFINISHED}{f'-{number}' if number > 1 else ''}.toml"
            try:
                with path.open("x", encoding="utf-8", newline="\n") as stream:
                    stream.write(self.write())
            except FileExistsError:
                continue
            except OSError as error:
                message = f"What was typed can't be saved: {error.strerror}."
                raise UserError("output-not-writable", message, place=str(path)) from None
            return path
        return None


def _drop_field(message: str) -> str:
    """Give a message without the way to the field, which the question names in words."""
    field_name, colon, rest = message.partition(": ")
    return rest if colon and " " not in field_name else message


def _make_file_name(label: str) -> str:
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in label)
    return kept.strip("-")[:60] or "case-1"
