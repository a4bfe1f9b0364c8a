"""Fusions of none of the kinases that are read: which may drive a tumour, and which stand by.

A kinase outside those that are read may drive one, and so may a fusion that a fact names for
another tumour. Any other pair of genes is found in many tumours and drives none that is known here.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from spindle.assays.fusion_frames import find_kinase_domain
from spindle.cases.absence import Absent
from spindle.cases.observations import FusionCall, KinaseDomain, ReadingFrame
from spindle.knowledge.facts import load_facts
from spindle.knowledge.fusions import find_partner

# Facts whose value is a fusion, or a gene, that names another tumour.
NAMING_PREFIX = "differential.fusion."
_BROKEN = (KinaseDomain.CUT, KinaseDomain.LOST)


def is_bystander(call: FusionCall) -> bool:
    """Give whether a call of other genes is no driver by what is known here."""
    genes = [gene for gene in (call.gene5, call.gene3) if not isinstance(gene, Absent)]
    if names_tumour(genes):
        return False
    is_broken = call.frame is ReadingFrame.OUT or call.kinase_domain in _BROKEN
    return is_broken or call.is_reciprocal or not has_kinase(genes)


def has_kinase(genes: Collection[str]) -> bool:
    """Give whether one of the genes is a kinase of the tables, or is published as one in IMT."""
    if any(find_kinase_domain(gene) for gene in genes):
        return True
    pairs = ((one, other) for one in genes for other in genes if one != other)
    return any(find_partner(kinase, partner).is_in_imt for kinase, partner in pairs)


def names_tumour(genes: Collection[str]) -> bool:
    """Give whether a fact names another tumour by these genes, or by one of them."""
    capitals = frozenset(gene.upper() for gene in genes)
    return any(named <= capitals for named in _load_naming())


@cache
def _load_naming() -> frozenset[frozenset[str]]:
    return frozenset(
        frozenset(str(fact.value).upper().split("::"))
        for fact in load_facts().values()
        if fact.id.startswith(NAMING_PREFIX)
    )
