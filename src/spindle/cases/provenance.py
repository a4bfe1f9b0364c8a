"""Where something was written."""

from __future__ import annotations

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.records import record


@record
class Provenance:
    """Where something was written, and in which words."""

    source: str
    """File name or citation."""
    sheet: str | Absent = NOT_REPORTED
    """Sheet of a workbook."""
    row: int | Absent = NOT_REPORTED
    """Row number as a spreadsheet shows it, the header included."""
    column: str | Absent = NOT_REPORTED
    """Header of the column, as written."""
    words: str | Absent = NOT_REPORTED
    """The cell or passage as written."""
