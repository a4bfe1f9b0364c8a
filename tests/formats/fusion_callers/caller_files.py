"""Files as callers write them, made for the tests from published junctions; no copied sample.

The junctions are four that the Seraseq reference RNA holds, as STAR-Fusion, FusionCatcher and JAFFA
print them alike for it (test files of cancervariants/fusor, MIT). By MANE's numbers they are EML4
exon 13 to ALK exon 20, CD74 exon 6 to ROS1 exon 35 (34 in older papers), KIF5B exon 24 to RET exon
11, and ETV6 exon 5 to NTRK3 exon 15. The positions are made from the exon tables, on GRCh38.
"""

from __future__ import annotations

from dataclasses import dataclass

from spindle.cases.fusion_calls import Build
from spindle.knowledge.transcripts import load_transcripts


@dataclass(frozen=True, slots=True)
class Junction:
    """One published junction."""

    gene5: str
    exon5: int
    gene3: str
    exon3: int

    @property
    def place5(self) -> tuple[str, int, str]:
        """Chromosome, last base of the 5' exon, strand."""
        return find_edge(self.gene5, self.exon5, is_end=True)

    @property
    def place3(self) -> tuple[str, int, str]:
        """Chromosome, first base of the 3' exon, strand."""
        return find_edge(self.gene3, self.exon3, is_end=False)


def find_edge(gene: str, exon: int, *, is_end: bool) -> tuple[str, int, str]:
    """Give chromosome, position and strand of an exon's edge on GRCh38."""
    transcript = load_transcripts()[gene]
    first = transcript.firsts[Build.GRCH38][exon - 1]
    along = first + transcript.lengths[exon - 1] - 1 if is_end else first
    return transcript.chromosome, abs(along), "+" if along > 0 else "-"


JUNCTIONS = (
    Junction("EML4", 13, "ALK", 20),
    Junction("CD74", 6, "ROS1", 35),
    Junction("KIF5B", 24, "RET", 11),
    Junction("ETV6", 5, "NTRK3", 15),
)


def make_table(rows: list[dict[str, str]], delimiter: str = "\t", mark: str = "#") -> str:
    """Give rows as a table with a header."""
    header = mark + delimiter.join(rows[0])
    return "\n".join([header, *(delimiter.join(row.values()) for row in rows)]) + "\n"


def make_arriba_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of Arriba 2."""
    (chr5, pos5, strand5), (chr3, pos3, strand3) = junction.place5, junction.place3
    return {
        "gene1": junction.gene5,
        "gene2": junction.gene3,
        "strand1(gene/fusion)": f"{strand5}/{strand5}",
        "strand2(gene/fusion)": f"{strand3}/{strand3}",
        "breakpoint1": f"{chr5}:{pos5}",
        "breakpoint2": f"{chr3}:{pos3}",
        "site1": "CDS/splice-site",
        "site2": "CDS/splice-site",
        "type": "inversion" if chr5 == chr3 else "translocation",
        "split_reads1": "12",
        "split_reads2": "9",
        "discordant_mates": "4",
        "coverage1": "120",
        "coverage2": "260",
        "confidence": "high",
        "reading_frame": "in-frame",
        "tags": "Mitelman",
        "gene_id1": "ENSG00000143924.19",
        "gene_id2": "ENSG00000171094.18",
        "transcript_id1": "ENST00000318522.10",
        "transcript_id2": "ENST00000389048.8",
        "direction1": "downstream",
        "direction2": "downstream",
        "filters": "duplicates(3),mismatches(1)",
        "fusion_transcript": "GGACCTAAAG|tt|TGTACC___GCCGGAAG",
        "read_identifiers": "r1,r2",
    }


def make_star_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of STAR-Fusion with its coding effect."""
    (chr5, pos5, strand5), (chr3, pos3, strand3) = junction.place5, junction.place3
    return {
        "FusionName": f"{junction.gene5}--{junction.gene3}",
        "JunctionReadCount": "21",
        "SpanningFragCount": "4",
        "SpliceType": "ONLY_REF_SPLICE",
        "LeftGene": f"{junction.gene5}^ENSG00000143924.19",
        "LeftBreakpoint": f"chr{chr5}:{pos5}:{strand5}",
        "RightGene": f"{junction.gene3}^ENSG00000171094.18",
        "RightBreakpoint": f"chr{chr3}:{pos3}:{strand3}",
        "annots": '["Cosmic","INTRACHROMOSOMAL[chr2:13.07Mb]","LOCAL:+:[48]"]',
        "PROT_FUSION_TYPE": "INFRAME",
        "FUSION_CDS": "atggacggttaaagTGTACCGCC",
    }


def make_inspector_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of FusionInspector."""
    return make_star_row(junction) | {"LeftLocalBreakpoint": "2641", "RightLocalBreakpoint": "9"}


def make_long_read_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of CTAT-LR-fusion."""
    row = make_inspector_row(junction) | {"num_LR": "33", "LR_FFPM": "12.477"}
    del row["JunctionReadCount"]
    return row


def make_fusioncatcher_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of FusionCatcher."""
    (chr5, pos5, strand5), (chr3, pos3, strand3) = junction.place5, junction.place3
    return {
        "Gene_1_symbol(5end_fusion_partner)": junction.gene5,
        "Gene_2_symbol(3end_fusion_partner)": junction.gene3,
        "Fusion_description": "known,oncogene,exon-exon",
        "Counts_of_common_mapping_reads": "0",
        "Spanning_pairs": "44",
        "Spanning_unique_reads": "17",
        "Fusion_point_for_gene_1(5end_fusion_partner)": f"{chr5}:{pos5}:{strand5}",
        "Fusion_point_for_gene_2(3end_fusion_partner)": f"{chr3}:{pos3}:{strand3}",
        "Gene_1_id(5end_fusion_partner)": "ENSG00000143924",
        "Exon_1_id(5end_fusion_partner)": "ENSE00003554806",
        "Fusion_sequence": "GGACCTAAAG*TGTACCGCC",
        "Predicted_effect": "in-frame",
    }


def make_jaffa_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of JAFFA."""
    (chr5, pos5, strand5), (chr3, pos3, strand3) = junction.place5, junction.place3
    return {
        "sample": '"block B"',
        "fusion genes": f'"{junction.gene5}:{junction.gene3}"',
        "chrom1": f'"chr{chr5}"',
        "base1": str(pos5),
        "strand1": f'"{strand5}"',
        "chrom2": f'"chr{chr3}"',
        "base2": str(pos3),
        "strand2": f'"{strand3}"',
        "gap (kb)": "Inf",
        "spanning pairs": "-",
        "spanning reads": "17",
        "inframe": "TRUE",
        "classification": '"HighConfidence"',
        "known": '"-"',
        "rearrangement": "TRUE",
    }


def make_cbioportal_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of cBioPortal, the 3' gene as its first site."""
    (chr5, pos5, _), (chr3, pos3, _) = junction.place5, junction.place3
    return {
        "Sample_Id": "P-1",
        "Site1_Hugo_Symbol": junction.gene3,
        "Site2_Hugo_Symbol": junction.gene5,
        "Site1_Chromosome": chr3,
        "Site2_Chromosome": chr5,
        "Site1_Position": str(pos3),
        "Site2_Position": str(pos5),
        "Site1_Region": "EXON",
        "Site1_Region_Number": str(junction.exon3),
        "Site2_Effect_On_Frame": "NA",
        "NCBI_Build": "GRCh38",
        "Class": "TRANSLOCATION",
        "Event_Info": f"Protein Fusion: in frame  {{{junction.gene5}:{junction.gene3}}}",
        "RNA_Support": "Yes",
        "DNA_Support": "No",
        "Tumor_Split_Read_Count": "4",
        "Tumor_Paired_End_Read_Count": "55",
    }


def make_enfusion_row(junction: Junction) -> dict[str, str]:
    """Give a row in the columns of EnFusion, the 3' gene named first."""
    (chr5, pos5, _), (chr3, pos3, _) = junction.place5, junction.place3
    return {
        "UnorderedFusion": "+".join(sorted((junction.gene5, junction.gene3))),
        "OrderedFusion": f"{junction.gene5}>>{junction.gene3}",
        "Gene1": junction.gene3,
        "Gene2": junction.gene5,
        "Chr1": chr3,
        "Chr2": chr5,
        "Break1": str(pos3),
        "Break2": str(pos5),
        "FusionJunctionSequence": "ACG|TGC",
    }


def make_breakpoint_row(junction: Junction) -> dict[str, str]:
    """Give a row of a list with breakpoints."""
    (chr5, pos5, _), (chr3, pos3, _) = junction.place5, junction.place3
    return {
        "FusionGene": f"{junction.gene5}--{junction.gene3}",
        "LeftBreakpoint": f"{chr5}:{pos5}",
        "RightBreakpoint": f"{chr3}:{pos3}",
        "SplitReads": "55",
    }


def make_gene_row(junction: Junction) -> dict[str, str]:
    """Give a row of a list of genes."""
    return {"gene5": junction.gene5, "gene3": junction.gene3}


TABLES = {
    "arriba": (make_arriba_row, "\t"),
    "star-fusion": (make_star_row, "\t"),
    "fusioninspector": (make_inspector_row, "\t"),
    "ctat-lr-fusion": (make_long_read_row, "\t"),
    "fusioncatcher": (make_fusioncatcher_row, "\t"),
    "jaffa": (make_jaffa_row, ","),
    "cbioportal-sv": (make_cbioportal_row, "\t"),
    "enfusion": (make_enfusion_row, "\t"),
    "breakpoint-list": (make_breakpoint_row, "\t"),
    "gene-list": (make_gene_row, "\t"),
}


def make_file(format_id: str) -> str:
    """Give the four junctions as a file of a format."""
    make_row, delimiter = TABLES[format_id]
    mark = "#" if format_id in {"arriba", "star-fusion", "fusioninspector"} else ""
    return make_table([make_row(junction) for junction in JUNCTIONS], delimiter, mark)
