"""CTAT-LR-fusion: fusions of long reads, written as by STAR-Fusion, with their number."""

from __future__ import annotations

from spindle.formats.fusion_callers.cells import recognise_table
from spindle.formats.fusion_callers.star_fusion import make_calls
from spindle.formats.fusion_callers.tables import FileFacts, Head

__all__ = ["ID", "make_calls", "read_head"]

ID = "ctat-lr-fusion"


def read_head(head: Head) -> FileFacts | None:
    """Give what the head of a file of this format says; none for another format."""
    return recognise_table(head, ID)
