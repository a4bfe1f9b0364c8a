"""Everything that the knowledge base holds, loaded and checked at once."""

from __future__ import annotations

from collections.abc import Callable

from spindle.knowledge.approvals import (
    load_indications,
    load_labels,
    load_not_found,
    load_unconfirmed,
)
from spindle.knowledge.assay_coverage import load_coverage
from spindle.knowledge.chromosomes import load_chromosomes
from spindle.knowledge.codes import load_codes
from spindle.knowledge.conflicts import load_conflicts
from spindle.knowledge.discordances import load_discordances
from spindle.knowledge.entities import load_entities, load_gate, load_names, load_red_flags
from spindle.knowledge.facts import load_facts
from spindle.knowledge.fish_rules import load_default_rule
from spindle.knowledge.fusion_callers import load_caller_formats
from spindle.knowledge.fusion_confirmations import load_confirmations
from spindle.knowledge.fusion_flags import load_flags
from spindle.knowledge.fusion_reading import load_settings
from spindle.knowledge.fusions import load_fusions
from spindle.knowledge.gaps import load_gaps
from spindle.knowledge.gene_names import load_gene_names
from spindle.knowledge.histology import load_findings
from spindle.knowledge.kinase_domains import load_kinase_domains
from spindle.knowledge.kinases import load_kinases, load_stain_limits
from spindle.knowledge.leaflet import load_leaflet
from spindle.knowledge.markers import load_counts, load_finding_counts
from spindle.knowledge.outcomes import (
    load_features,
    load_kinase_notes,
    load_outcomes,
    load_unjudged,
    load_variants,
)
from spindle.knowledge.protocols import load_protocols
from spindle.knowledge.regions import load_regions
from spindle.knowledge.resistance import load_resistance
from spindle.knowledge.series import load_series
from spindle.knowledge.site_groups import load_site_groups
from spindle.knowledge.stain_rules import (
    load_groups,
    load_localisations,
    load_panels,
    load_probes,
    load_subgroups,
)
from spindle.knowledge.strategies import load_strategy_data
from spindle.knowledge.therapies import load_therapies, load_trials
from spindle.knowledge.transcripts import load_domains, load_older_numbers, load_transcripts
from spindle.knowledge.vocabularies import load_vocabularies

LOADERS: tuple[Callable[[], object], ...] = (
    load_vocabularies,
    load_facts,
    load_conflicts,
    load_kinases,
    load_stain_limits,
    load_kinase_domains,
    load_protocols,
    load_default_rule,
    load_coverage,
    load_fusions,
    load_findings,
    load_counts,
    load_finding_counts,
    load_localisations,
    load_groups,
    load_subgroups,
    load_panels,
    load_probes,
    load_entities,
    load_names,
    load_gate,
    load_names,
    load_red_flags,
    load_codes,
    load_chromosomes,
    load_site_groups,
    load_series,
    load_outcomes,
    load_features,
    load_variants,
    load_kinase_notes,
    load_unjudged,
    load_discordances,
    load_gaps,
    load_therapies,
    load_trials,
    load_labels,
    load_indications,
    load_not_found,
    load_unconfirmed,
    load_regions,
    load_resistance,
    load_strategy_data,
    load_leaflet,
    load_transcripts,
    load_domains,
    load_older_numbers,
    load_gene_names,
    load_caller_formats,
    load_flags,
    load_confirmations,
    load_settings,
)


def load_everything() -> None:
    """Load every part of the knowledge base, so that a fault anywhere is found now.

    A command loads only the parts that it asks for. This is for whoever edits the data, for the
    tests, and for a service that wants to know at its start.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    for load in LOADERS:
        load()
