"""What every vocabulary holds: the lists of a TOML file and the columns of a CSV file.

The words are data; that there is a list of this name is what code asks for. A list or column that
is not declared here would be read by nothing, and one that is missing would be missed at its first
use, so both are refused when the file is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from spindle.knowledge.files import Entry

# Columns of every table of terms, each of which has to be filled.
TERM_COLUMNS = ("name", "source", "checked_on")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "genes": (*TERM_COLUMNS, "words", "is_kinase"),
    "histology": (*TERM_COLUMNS, "words", "implies", "is_counted"),
    "markers": (*TERM_COLUMNS, "words", "clones", "field", "index", "alone_in_header"),
    "sites": (
        *TERM_COLUMNS, "code", "label", "match", "is_paired", "words", "words_broader",
        "words_close", "words_alone", "parts",
    ),
    "symptoms": (
        *TERM_COLUMNS, "code", "label", "match", "words", "words_broader", "words_close",
        "words_related", "words_denied",
    ),
}  # fmt: skip
_ANY_NAME, _ANY_NUMBER = "*", "#"
# Lists by file. One that ends in `*` stands for any name, one that ends in `#` for any number.
LISTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(keys.split())
    for name, keys in {
        "absence": "not_reported not_done unknown",
        "diagnoses": "before after open",
        "fusion_sentences": """
            nouns fused openers joiners partner_joiners partner_nouns partner_openers articles
            roles gene_words verbs ends""",
        "fusions": """
            hyphenated imbalance partnerless several denial unsettled affirmed denied negated
            test_words
            others_denied variant_nouns variants.*
            not_genes fillers frame_nouns
            domain_nouns quality_nouns materials unsaid frame.in frame.out frame_states.in
            frame_states.out
            kinase_domain.whole kinase_domain.cut kinase_domain.lost quality.adequate
            quality.inadequate method.rna_sequencing method.dna_sequencing method.unspecified""",
        "headers": """
            fillers stain_fillers index_fillers harmless group_fillers other_genes
            gene_tests.fish gene_tests.rt_pcr treatment_kinds.surgery treatment_kinds.radiotherapy
            treatment_kinds.chemotherapy treatment_kinds.steroid treatment_kinds.targeted
            methods.rna_sequencing methods.dna_sequencing methods.unspecified
            fields.case_id fields.sex fields.age fields.age_unit fields.symptoms fields.sites
            fields.laterality fields.size fields.focality fields.alk_ihc fields.alk_fish
            fields.alk_rt_pcr fields.ros1_ihc fields.ros1_fish fields.pan_trk_ihc
            fields.other_stains fields.fusion fields.treatment fields.margin fields.follow_up
            fields.outcome fields.recurrence fields.metastasis fields.death fields.death_cause
            fields.diagnosis fields.specimen_kind fields.tumour_content fields.histology
            fields.source fields.remark units.years units.months units.weeks units.days
            length_units.mm length_units.cm""",
        "histology": """
            adjectives fillers denial_before denial_after unassessed either contrast degrees slight
            not_when_slight scant not_when_scant attributive suffixes fields areas""",
        "pregnancy": "pregnant denial",
        "outcomes": """
            lost lost_alone denial ends_denial between denied_after event_nouns not_follow_up
            follow_up fillers after_start cause_denial alive with_disease implies_alive later_start
            events.recurrence events.progression events.metastasis events.death causes.tumour
            causes.treatment causes.other answers.yes answers.no digits.yes digits.no""",
        "remarks": "group_nouns pooled method_not_stated imprecise hedges",
        "results": """
            findings denial denial_phrases denial_after undecided not_done not_reported
            other_signals nuclei split gene_words nonspecific control control_worked control_failed
            result.positive result.negative result.equivocal result.failed result.ambiguous
            extent.focal extent.patchy extent.diffuse intensity.weak intensity.moderate
            intensity.strong grade.weak grade.moderate grade.strong pattern.granular_cytoplasmic
            pattern.nuclear_membrane pattern.nuclear_and_cytoplasmic pattern.perinuclear
            pattern.dot_like pattern.cytoplasmic pattern.nuclear pattern.membranous method.ihc
            method.fish method.rt_pcr method.sequencing amplified_genes amplification
            specimen.biopsy specimen.resection specimen.recurrence specimen.residual""",
        "row_words": "totals footnotes titles",
        "sexes": "female male other",
        "sides": "left right bilateral midline letters.left letters.right letters.bilateral",
        "site_groups": "*",
        "sites": """
            modifiers directions beside involving later extent.metastatic extent.invasive
            extent.localised focality.multifocal focality.unifocal resectable.yes resectable.no
            negation.negation""",
        "stains": """
            leading_positive leading_negative fillers lost kept in_part null null_markers
            null_aberrant ratio
            ratio_of counted_cells bystanders""",
        "symptoms": """
            modifiers heads place exception measures denial span span_end circumstances""",
        "times": """
            at_birth near_birth unsure_in_brackets half units.years units.months units.weeks
            units.days precision.about precision.over precision.under fillers.age numbers.#
            ordinals.#""",
        "treatments": """
            denial refused planned as_planned biopsy only opening viewing adjunct margin_nouns
            microscopic macroscopic margin_claims imaging answers.yes answers.no
            margin_states.negative margin_states.positive kinds.surgery kinds.radiotherapy
            kinds.chemotherapy kinds.steroid kinds.nsaid kinds.targeted kinds.ablation
            kinds.transplantation kinds.observation kinds.none kinds.other endings.surgery
            agents.targeted agents.chemotherapy agents.steroid agents.nsaid agents.other
            whole.radiotherapy whole.surgery whole.none context.context intents.neoadjuvant
            intents.adjuvant intents.palliative intents.curative abbreviations.radiotherapy
            abbreviations.chemotherapy abbreviations_after.radiotherapy
            abbreviations_after.chemotherapy amounts.radiotherapy amounts.chemotherapy""",
    }.items()
}
# Tables of lists in which a word is looked up, so that it may stand under one key alone; an empty
# name stands for the lists that stand in no table.
LOOKED_UP: Mapping[str, tuple[str, ...]] = {
    "absence": ("",),
    "fusions": ("method.",),
    "headers": ("units.", "length_units."),
    "outcomes": ("answers.", "digits."),
    "results": ("result.", "extent.", "intensity.", "grade.", "method."),
    "sexes": ("",),
    "sides": ("", "letters."),
    "times": ("", "units.", "precision.", "numbers.", "ordinals."),
    "treatments": ("answers.", "whole.", "agents."),
}


def check_lists(entry: Entry, name: str, lists: Collection[str]) -> None:
    """Refuse a vocabulary with a list that nothing asks for, or without one that is asked for.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    declared = LISTS.get(name, (_ANY_NAME,))
    opened = [known for known in declared if known[-1] in (_ANY_NAME, _ANY_NUMBER)]
    named = set(declared) - set(opened)
    for key in lists:
        if key not in named and not any(_is_of(key, known) for known in opened):
            raise entry.fail(f"The list {key!r} is not known here.", key)
    if missing := sorted(named - set(lists)):
        raise entry.fail(f"The list {missing[0]!r} is missing.", missing[0])
    for known in opened:
        if not any(_is_of(key, known) for key in lists):
            raise entry.fail(f"There is no list of words under {known!r}.", known[:-2])


def _is_of(key: str, known: str) -> bool:
    """Give whether a list is one of those for which `*` or `#` stands."""
    table, sign = known[:-1], known[-1]
    last = key.removeprefix(table)
    if not key.startswith(table) or "." in last:
        return False
    return sign == _ANY_NAME or (last.isascii() and last.isdigit())
