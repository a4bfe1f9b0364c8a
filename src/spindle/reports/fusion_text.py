"""The fusions of one patient as text for a terminal: files, fusions, and the rest by name."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle.reports.plots.svg import write_line
from spindle.reports.words import clean_document, join_words, write_count

WIDTH = 80
ROLES: Mapping[str, str] = {
    "driver": "driver",
    "possible_driver": "possible driver",
    "not_productive": "not productive",
    "reciprocal": "reciprocal or reversed",
    "noise": "read-through or noise",
    "antisense": "read against the direction of a gene",
    "passenger": "no kinase of the tables",
    "not_interpreted": "not interpreted",
}
IN_FULL = ("driver", "possible_driver", "not_productive")
FRAMES = {"in": "in frame", "out": "out of frame", "unknown": "frame unknown"}
DOMAINS = {
    "whole": "kinase domain whole",
    "cut": "kinase domain cut",
    "absent": "kinase domain absent",
    "unknown": "kinase domain unknown",
}
EVIDENCE = {
    "rna_and_dna": "in RNA and in DNA",
    "several_callers": "by several callers",
    "one_caller": "by one caller",
    "words": "by names or exons alone, without positions or reads",
}
METHODS = {"rna_sequencing": "RNA", "dna_sequencing": "DNA"}
# Flags that say what a fusion is rather than what to look at; they stand in its first line already.
SILENT_FLAGS = frozenset(
    {
        "no_kinase",
        "build_inferred",
        "out_of_frame",
        "domain_lost",
        "not_known_in_imt",
        "unusual_at_site",
    }
)
NO_FUSION = "No fusion stands in the files. That is not a negative result."
# More of one kind than these are counted, and named in the JSON.
NAMED = 12

Document = Mapping[str, Any]


def render_fusion_text(document: Document) -> str:
    """Give the document as text of 80 columns."""
    document = clean_document(dict(document))
    lines = [f"{document['notice']} {document['advice']}", "=" * WIDTH]
    for file in document["files"]:
        lines += _write_file(file)
    if not document["calls"]:
        lines += ["", *_wrap(NO_FUSION)]
    shown, rest = part_calls(document["calls"])
    for call in shown:
        lines += ["", *_write_call(call, document["flags"])]
    lines += _write_rest(rest)
    lines += ["", f"{document['notice']} {document['advice']}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def part_calls(calls: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Give the calls that are told in full, and the rest.

    In full stand kinase fusions, and of further junctions of a driver's two genes those only that
    could be drivers themselves.
    """
    drivers = {(c["gene5"], c["gene3"]) for c in calls if c["role"] == "driver"}
    shown: list[Document] = []
    rest: list[Document] = []
    for call in calls:
        is_further = call["role"] == "not_productive" and (call["gene5"], call["gene3"]) in drivers
        (shown if call["role"] in IN_FULL and not is_further else rest).append(call)
    return shown, rest


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    line = write_line(text)
    return textwrap.wrap(
        line, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ) or [first.rstrip()]


def _write_file(file: Document) -> Iterator[str]:
    version = "" if file["caller_version"] == "unknown" else f" {file['caller_version']}"
    method = METHODS.get(file["method"], "RNA or DNA not said")
    counted = write_count(file["calls"], "call")
    facts = [f"{file['caller']}{version}", method, counted] if file["caller"] else [counted]
    yield from _wrap(f"{file['file']}: {', '.join(facts)}.")
    if file["calls"]:
        yield from _wrap(f"Build: {file['build_basis']}", "  ", "  ")
    if file["not_interpreted"]:
        said = f"{write_count(file['not_interpreted'], 'row')} not interpreted, kept below."
        yield from _wrap(said, "  ", "  ")
    for note in file["notes"]:
        yield from _wrap(note, "  ", "  ")
    yield from _wrap(file["adequacy"], "  ", "  ")


def say_exon(side: Document) -> str:
    """Give a side's exon by MANE and by papers: `exon 35 (34 in papers)`."""
    if side["exons_possible"]:
        which = " or ".join(map(str, side["exons_possible"]))
        return f"exon {which} of MANE (written {side['exon_written']})"
    if side["exon"] == "unknown":
        written = side["exon_written"]
        return "exon unknown" if written == "unknown" else f"exon not located (written {written})"
    older = side["exon_legacy"]
    shown = f" ({older} in papers)" if older not in ("unknown", side["exon"]) else ""
    inside = side["bases_into_intron"]
    is_inside = isinstance(inside, int) and inside
    intron = f", {write_count(inside, 'base')} into the intron" if is_inside else ""
    return f"exon {side['exon']}{shown}{intron}"


def say_junction(call: Document) -> str:
    """Give the exons of both sides: `exon 13 to exon 29`."""
    return " to ".join(say_exon(side) for side in call["sides"])


def say_why(call: Document) -> str:
    """Give why no working kinase can arise from it: its domain, or its frame."""
    is_lost = call["kinase_domain"] in ("cut", "absent")
    return DOMAINS[call["kinase_domain"]] if is_lost else FRAMES[call["frame"]]


def say_reciprocal(call: Document) -> str:
    """Give of which driver it is the other product, or what it shows when none is called."""
    if call["reciprocal_of"]:
        return f" of {call['reciprocal_of']}"
    if call["role"] != "reciprocal" or call["kinase"] == "unknown":
        return ""
    return (
        f" (it shows a break of {call['kinase']}; the fusion that keeps the kinase is not called "
        "here, which does not exclude it)"
    )


def say_reads(call: Document) -> str:
    """Give how many reads show it, at most in one call: `219 split reads, 39 spanning pairs`."""
    said = [
        write_count(call[field], word)
        for field, word in (("split_reads", "split read"), ("spanning_pairs", "spanning pair"))
        if call[field] != "unknown"
    ]
    return ", ".join(said) or "reads not given"


def say_callers(call: Document) -> str:
    """Give what the callers say of the frame, where the basis does not hold it."""
    said = [
        f"{found['caller']} {found['words']}"
        for found in call["caller_frames"]
        if found["words"] not in call["frame_basis"]
    ]
    return f" Callers: {join_words(said)}." if said else ""


def say_known(known: Document) -> str:
    """Give what is published of it in IMT."""
    if known["is_known"] == "unknown":
        return "no kinase and partner that could be looked up"
    if not known["is_known"]:
        listed = "; it stands in lists or in other tumours only" if known["is_only_a_name"] else ""
        return f"no source here reports it in an IMT{listed}"
    patients = say_patients(known)
    sites = join_words(
        [site["site_group"].replace("_", " ") for site in known["sites"]
         if site["site_group"] != "any"]
    )  # fmt: skip
    where = f"; sites: {sites}" if sites else ""
    not_said = "; whether at this site, its sources do not say" if known["is_site_asked"] else ""
    here = {
        "True": "; published at this site",
        "False": "; not published at this site",
        "unknown": not_said,
    }
    return f"{patients}{where}{here[str(known['is_published_at_site'])]}"


def say_patients(known: Document) -> str:
    """Give how many patients are counted, and how many sources count none."""
    more, patients = known["uncounted_sources"], known["patients"]
    if not patients:
        return f"reported in {write_count(more, 'source')}, without a count"
    counted = f"{write_count(patients, 'patient')} counted in the sources held here"
    if patients > 1:
        counted += ", who may overlap"
    if not more:
        return counted
    return f"{counted}; {write_count(more, 'source')} {'gives' if more == 1 else 'give'} no count"


def _write_call(call: Document, flags: Mapping[str, str]) -> Iterator[str]:
    yield from _wrap(
        f"{call['name']}: {ROLES[call['role']]}. {FRAMES[call['frame']].capitalize()}; "
        f"{DOMAINS[call['kinase_domain']]}."
    )
    sides = "; ".join(
        f"{side['gene']} {say_exon(side)}{_say_repair(side)}" for side in call["sides"]
    )
    rows: Sequence[tuple[str, str]] = (
        ("Junction", f"{sides}."),
        ("Frame", f"{call['frame_basis']}{say_callers(call)}"),
        ("HGVS", "" if call["hgvs"] == "unknown" else call["hgvs"]),
        (
            "Seen by",
            f"{join_words(call['callers'])}; {EVIDENCE[call['evidence']]}; {say_reads(call)}.",
        ),
        ("In IMT", f"{say_known(call['known_in_imt'])}."),
    )
    for lead, text in rows:
        if text:
            yield from _wrap(f"{lead}: {text}", "  ", "    ")
    for flag in call["flags"]:
        if flag not in SILENT_FLAGS:
            yield from _wrap(flags[flag], "  ! ", "    ")
    for said in call["confirm_with"]:
        yield from _wrap(f"would confirm: {said}", "  ? ", "    ")


def _say_repair(side: Document) -> str:
    return f" (written {side['written']}: {side['repair']})" if side["repair"] else ""


def _write_rest(calls: Sequence[Document]) -> Iterator[str]:
    """Give by name what is no driver: never the driver, and never thrown away."""
    for role, words in ROLES.items():
        found = [call for call in calls if call["role"] == role]
        if not found:
            continue
        named = [_name_rest(call) for call in found[:NAMED]]
        more = f" and {len(found) - NAMED:,} more (--json names them)" if len(found) > NAMED else ""
        yield ""
        yield from _wrap(f"{words[0].upper()}{words[1:]} ({len(found):,}):")
        yield from _wrap(f"{', '.join(named)}{more}.", "  ", "  ")


def _name_rest(call: Document) -> str:
    if call["role"] == "not_interpreted":
        where = call["provenance"][0]
        words = f"{where['words']!r}, " if where["words"] else ""
        return f"{words}{where['file']} line {where['line']} ({where['problem']})"
    if call["role"] == "not_productive":
        return f"{call['name']} ({say_junction(call)}; {say_why(call)})"
    return f"{call['name']}{say_reciprocal(call)}"
