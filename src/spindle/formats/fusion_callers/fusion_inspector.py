"""FusionInspector: fusions of a list, looked at again with the reads. Written as by STAR-Fusion."""

from __future__ import annotations

from spindle.formats.fusion_callers.cells import recognise_table
from spindle.formats.fusion_callers.star_fusion import make_calls
from spindle.formats.fusion_callers.tables import FileFacts, Head

__all__ = ["ID", "make_calls", "read_head"]

ID = "fusioninspector"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)
