"""The swimmer plot: one bar a patient, from the start of follow-up to the last contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spindle.reports.plots import svg
from spindle.reports.words import (
    STATUSES,
    TREATMENT_LETTERS,
    Mark,
    find_status,
    join_words,
    write_count,
    write_label,
    write_number,
    write_outcomes,
)

WIDTH = 600
ROW = 20
BAR_TOP, BAR_HEIGHT = 4, 12
ID_WIDTH, ID_WIDTH_AT_MOST = 44, 130
STATUS_WIDTH, TREATMENT_WIDTH, BARS_END = 132, 78, 582
HEADER, AXIS = 30, 46
PATIENTS_A_PANEL = 36
"""Patients in one picture, so that it fits on a sheet of A4."""
LEGEND_COLUMNS = 2
# A wide picture scrolls in its box on a phone, so that its words stay large enough.
SMALLEST = 0.87

# What the swimmer writes where the status in full is too wide.
SHORT_STATUSES: Mapping[str, str] = {
    "expressed_not_confirmed": "not confirmed",
    "expressed_confirmation_pending": "to be confirmed",
    "rearranged_by_fish": "FISH positive",
    "failed_or_insufficient": "failed",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of the plot stand, and how long its axis is."""

    id_width: float
    """Room for the ids."""
    longest: float
    """Last month of the axis; 0 when nobody has a time."""

    @property
    def status_x(self) -> float:
        """Where the ALK status stands."""
        return self.id_width + 14

    @property
    def treatment_x(self) -> float:
        """Where the treatments stand."""
        return self.status_x + STATUS_WIDTH

    @property
    def bars_x(self) -> float:
        """Where the bars begin."""
        return self.treatment_x + TREATMENT_WIDTH

    def place(self, months: float) -> float:
        """Give where a month stands on the axis."""
        return self.bars_x + (BARS_END - self.bars_x) * months / (self.longest or 1.0)


@dataclass(frozen=True, slots=True)
class Swimmer:
    """One patient as a line of the plot."""

    case_id: str
    """Id of the case."""
    status: Mark
    """ALK status."""
    is_discordant: bool
    """Whether ALK tests disagree."""
    treatments: tuple[str, ...]
    """Kinds of treatment, in the order reported."""
    months: float | None
    """Length of follow-up; none where no time is reported."""
    events: tuple[tuple[str, float | None], ...]
    """What happened, with its own time where it has one."""
    ending: str
    """How follow-up ended: `death`, `alive`, `lost` or `unsaid`."""
    said: str
    """Outcomes in words."""


def read_swimmer(case: Mapping[str, Any]) -> Swimmer:
    """Give the line of a case of the report document."""
    kinase = case["assessment"]["kinases"]["ALK"]
    happened = [o for o in case["outcomes"] if o["occurred"] is True]
    events = tuple((str(o["kind"]), _read_months(o["months"])) for o in happened)
    return Swimmer(
        case_id=str(case["id"]),
        status=find_status(kinase["status"]),
        is_discordant=kinase["discordant"] is True,
        treatments=tuple(dict.fromkeys(str(t["kind"]) for t in case["treatments"])),
        months=_find_length(case, [months for _, months in events]),
        events=events,
        ending=_find_ending(case, [kind for kind, _ in events]),
        said=write_outcomes(case["outcomes"]),
    )


def _read_months(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _find_length(case: Mapping[str, Any], events: Iterable[float | None]) -> float | None:
    """Give the length of follow-up, or the last time of an event where no length is reported."""
    reported = _read_months(case["follow_up"]["months"])
    if reported is not None:
        return reported
    return max((months for months in events if months is not None), default=None)


def _find_ending(case: Mapping[str, Any], events: Sequence[str]) -> str:
    if "death" in events:
        return "death"
    if case["follow_up"]["lost"] is True:
        return "lost"
    return "alive" if case["follow_up"].get("vital_status") == "alive" else "unsaid"


def list_swimmers(cases: Iterable[Mapping[str, Any]]) -> list[Swimmer]:
    """Give the lines in order: the longest followed first, those without a time last."""
    swimmers = [read_swimmer(case) for case in cases]
    return sorted(swimmers, key=lambda s: (s.months is None, -(s.months or 0.0)))


def draw_swimmers(cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the plot of all cases, cut into pictures that each fit a page, with one axis."""
    swimmers = list_swimmers(cases)
    layout = _choose_layout(swimmers)
    panels = [
        swimmers[start : start + PATIENTS_A_PANEL]
        for start in range(0, len(swimmers), PATIENTS_A_PANEL)
    ]
    return [
        _draw_panel(number, len(panels), panel, layout) for number, panel in enumerate(panels, 1)
    ]


def _choose_layout(swimmers: Sequence[Swimmer]) -> Layout:
    widest = max((svg.measure_words(s.case_id[:50]) for s in swimmers), default=0.0)
    return Layout(
        id_width=min(max(widest, ID_WIDTH), ID_WIDTH_AT_MOST),
        longest=max((s.months for s in swimmers if s.months is not None), default=0.0),
    )


def _draw_panel(number: int, panels: int, swimmers: Sequence[Swimmer], layout: Layout) -> str:
    part = f", part {number} of {panels}" if panels > 1 else ""
    timed = [s for s in swimmers if s.months is not None]
    untimed = [s for s in swimmers if s.months is None]
    parts, below = list(_draw_head(layout)), float(HEADER)
    if timed:
        parts.extend(_draw_timed(timed, layout))
        below += ROW * len(timed) + AXIS
    if untimed:
        parts.extend(_draw_untimed(untimed, below, layout))
        below += ROW * (len(untimed) + 1) + 8
    legend = list(_draw_legend(swimmers, below + 8))
    parts.extend(drawn for drawn, _ in legend)
    height = max((end for _, end in legend), default=below) + 10
    title = f"Swimmer plot: follow-up of {write_count(len(swimmers), 'patient')}{part}"
    return svg.draw_picture(
        f"swimmer-{number}",
        title,
        _describe(swimmers, layout.longest),
        WIDTH,
        height,
        parts,
        smallest=SMALLEST,
    )


def _draw_timed(swimmers: Sequence[Swimmer], layout: Layout) -> Iterator[str]:
    yield from _draw_axis(layout, HEADER + ROW * len(swimmers))
    for place, swimmer in enumerate(swimmers):
        top = HEADER + ROW * place
        yield from _draw_columns(swimmer, top + 14, layout)
        yield from _draw_bar(swimmer, top, layout)


def _draw_untimed(swimmers: Sequence[Swimmer], top: float, layout: Layout) -> Iterator[str]:
    yield svg.write_text(
        0,
        top + 14,
        f"Time not reported: {write_count(len(swimmers), 'patient')}",
        size=svg.SMALL_SIZE,
        fill=svg.SOFT,
    )
    yield _rule(0, top + ROW, WIDTH, top + ROW)
    for place, swimmer in enumerate(swimmers, 1):
        base = top + ROW * place + 15
        yield from _draw_columns(swimmer, base, layout)
        words = svg.shorten_words(_write_ending(swimmer), WIDTH - layout.bars_x, svg.SMALL_SIZE)
        yield svg.write_text(
            layout.bars_x, base, words, size=svg.SMALL_SIZE, fill=svg.SOFT, font_style="italic"
        )


def _write_ending(swimmer: Swimmer) -> str:
    said = [write_label(kind) for kind, _ in swimmer.events]
    words = {"lost": "lost to follow-up", "alive": "alive", "unsaid": "", "death": ""}
    return ", ".join([*said, *filter(None, [words[swimmer.ending]])]) or "outcome not reported"


def _describe(swimmers: Sequence[Swimmer], longest: float) -> str:
    timed = [s for s in swimmers if s.months is not None]
    untimed = len(swimmers) - len(timed)
    head = (
        f"{write_count(len(timed), 'patient')} with a time, the longest followed first; "
        f"{untimed} without. The axis runs from 0 to {write_number(longest)} months."
    )
    return " ".join((head, *(_describe_swimmer(s) for s in swimmers)))


def _describe_swimmer(swimmer: Swimmer) -> str:
    time = (
        "no time reported" if swimmer.months is None else f"{write_number(swimmer.months)} months"
    )
    endings = {
        "lost": ", lost to follow-up",
        "alive": ", alive at last contact",
        "unsaid": ", alive or dead not reported",
    }
    ending = endings.get(swimmer.ending, "")
    disagree = ", tests disagree" if swimmer.is_discordant else ""
    return (
        f"Patient {svg.shorten_words(swimmer.case_id, 400)}: {time}{ending}; "
        f"outcomes: {swimmer.said}; ALK {swimmer.status.words}{disagree}."
    )


def _draw_head(layout: Layout) -> Iterator[str]:
    columns = (
        (0.0, "Patient"),
        (layout.status_x, "ALK status"),
        (layout.treatment_x, "Treated"),
        (layout.bars_x, "Months of follow-up"),
    )
    for x, words in columns:
        yield svg.write_text(x, 14, words, size=svg.SMALL_SIZE, fill=svg.SOFT)
    yield _rule(0, HEADER - 6, WIDTH, HEADER - 6)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
    return svg.write_element("line", **ends, stroke=svg.LINE)


def _draw_axis(layout: Layout, bottom: float) -> Iterator[str]:
    for month in svg.list_ticks(layout.longest, 8):
        x = layout.place(month)
        yield _rule(x, HEADER - 6, x, bottom + 4)
        yield svg.write_text(
            x, bottom + 18, f"{month}", size=svg.SMALL_SIZE, text_anchor="middle", fill=svg.SOFT
        )
    yield svg.write_text(layout.bars_x, bottom + 34, "months", size=svg.SMALL_SIZE, fill=svg.SOFT)


def _draw_columns(swimmer: Swimmer, base: float, layout: Layout) -> Iterator[str]:
    yield svg.write_text(0, base, svg.shorten_words(swimmer.case_id, layout.id_width))
    yield from _draw_status(swimmer, base, layout.status_x)
    yield svg.write_text(layout.treatment_x, base, _write_treatments(swimmer), size=svg.SMALL_SIZE)


def _draw_bar(swimmer: Swimmer, top: float, layout: Layout) -> Iterator[str]:
    end = layout.place(swimmer.months or 0.0)
    yield svg.write_element(
        "rect",
        x=layout.bars_x,
        y=float(top + BAR_TOP),
        width=max(end - layout.bars_x, 1.0),
        height=float(BAR_HEIGHT),
        rx=2,
        fill=svg.BAR,
    )
    for kind, x in _place_markers(swimmer, layout):
        yield draw_marker(kind, x, top + BAR_TOP + BAR_HEIGHT / 2)


def _draw_status(swimmer: Swimmer, base: float, x: float) -> Iterator[str]:
    words = SHORT_STATUSES.get(swimmer.status.key, swimmer.status.words)
    is_marked = swimmer.is_discordant
    if is_marked:
        yield svg.write_text(x, base, "≠", fill=svg.ALERT, font_weight="bold", text_anchor="middle")
    yield svg.write_text(
        x + 9,
        base,
        svg.shorten_words(f"{swimmer.status.symbol} {words}", STATUS_WIDTH - 12, svg.SMALL_SIZE),
        size=svg.SMALL_SIZE,
        font_weight="bold" if is_marked else None,
    )


def _write_treatments(swimmer: Swimmer) -> str:
    letters = [TREATMENT_LETTERS.get(kind, "Oth") for kind in swimmer.treatments]
    if not letters:
        return "not rep."
    shown = [*letters[:4], *(["…"] if len(letters) > 4 else [])]
    return " ".join(shown)


def _place_markers(swimmer: Swimmer, layout: Layout) -> Iterator[tuple[str, float]]:
    """Give the markers: events at their own time, else just before the end of the bar."""
    end = layout.place(swimmer.months or 0.0)
    step = 0
    for kind, months in swimmer.events:
        if kind == "death":
            end = end if months is None else layout.place(min(months, layout.longest))
            continue
        step += months is None
        x = end - 13 * step if months is None else layout.place(min(months, layout.longest))
        yield kind, max(x, layout.bars_x + 6.0)
    yield swimmer.ending, end


def draw_marker(kind: str, x: float, y: float) -> str:
    """Give one marker; each kind has a shape of its own."""
    if kind in ("recurrence", "progression", "metastasis"):
        return _draw_polygon(_EVENT_SHAPES[kind], x, y, svg.ALERT)
    if kind == "death":
        return _draw_polygon(((0, -7), (7, 0), (0, 7), (-7, 0)), x, y, svg.INK)
    if kind == "alive":
        return svg.write_element(
            "circle", cx=x, cy=y, r=5, fill=svg.PAPER, stroke=svg.INK, stroke_width=2
        )
    if kind == "lost":
        path = f"M{x - 4:.1f} {y - 5:.1f}l8 10m0 -10l-8 10"
        return svg.write_element("path", d=path, stroke=svg.INK, stroke_width=2, fill="none")
    path = f"M{x:.1f} {y - 7:.1f}v14"
    return svg.write_element("path", d=path, stroke=svg.INK, stroke_width=3, fill="none")


_EVENT_SHAPES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "recurrence": ((0, -7), (7, 6), (-7, 6)),
    "progression": ((0, 7), (7, -6), (-7, -6)),
    "metastasis": ((-6, -6), (6, -6), (6, 6), (-6, 6)),
}


def _draw_polygon(shape: Iterable[tuple[float, float]], x: float, y: float, fill: str) -> str:
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shape)
    return svg.write_element(
        "polygon", points=points, fill=fill, stroke=svg.PAPER, stroke_width=1.5
    )


MARKER_WORDS: Mapping[str, str] = {
    "recurrence": "recurrence",
    "progression": "progression",
    "metastasis": "metastasis",
    "death": "death",
    "alive": "alive at last contact",
    "lost": "lost to follow-up at this time",
    "unsaid": "last contact; alive or dead not reported",
}


def _draw_legend(swimmers: Sequence[Swimmer], top: float) -> Iterator[tuple[str, float]]:
    """Give the pieces of the legend, each with the height at which it ends; only what is used."""
    column_width = WIDTH // LEGEND_COLUMNS
    used = _list_markers(swimmers)
    for place, kind in enumerate(used):
        x = column_width * (place % LEGEND_COLUMNS) + 8
        y = top + ROW * (place // LEGEND_COLUMNS)
        yield draw_marker(kind, x, y), y
        words = MARKER_WORDS[kind]
        yield svg.write_text(x + 14, y + 4, words, size=svg.SMALL_SIZE), y + 4
    base = top + ROW * -(-len(used) // LEGEND_COLUMNS) + 4
    for line in _list_legend_lines(swimmers):
        yield svg.write_text(0, base, line, size=svg.SMALL_SIZE, fill=svg.SOFT), base
        base += 17


def _list_markers(swimmers: Sequence[Swimmer]) -> list[str]:
    timed = [s for s in swimmers if s.months is not None]
    found = {kind for s in timed for kind, _ in s.events} | {s.ending for s in timed}
    return [kind for kind in MARKER_WORDS if kind in found]


def _list_legend_lines(swimmers: Sequence[Swimmer]) -> Iterator[str]:
    kinds = dict.fromkeys(kind for s in swimmers for kind in s.treatments)
    named = [f"{TREATMENT_LETTERS.get(k, 'Oth')} {write_label(k)}" for k in kinds]
    for start in range(0, len(named), 5):
        yield ("Treated: " if start == 0 else "") + ", ".join(named[start : start + 5])
    if any(s.is_discordant for s in swimmers):
        yield "≠ ALK tests disagree"
    marks = dict.fromkeys(s.status.key for s in swimmers)
    short = [
        f"{STATUSES[key].symbol} {SHORT_STATUSES[key]}: {STATUSES[key].words}"
        for key in marks
        if key in SHORT_STATUSES
    ]
    yield from short
    timed = (s for s in swimmers if s.months is not None)
    unplaced = dict.fromkeys(
        kind for s in timed for kind, months in s.events if months is None and kind != "death"
    )
    if unplaced:
        words = join_words([write_label(kind) for kind in unplaced])
        yield f"No time of its own is reported for {words}: drawn just before the end of the bar."
