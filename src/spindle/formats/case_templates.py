"""An annotated empty case file, made from the records of a case so that it can't drift from them.

Lines that begin with `# ` explain. Lines that begin with `#` and no space are examples: without the
`#` the file still reads.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spindle.cases.documents import make_case_schema

WIDTH = 96
_INTRODUCTION = """\
Spindle case file: one patient, in TOML. Research use, not a medical device.

Lines that begin with "# " explain. Lines that begin with "#" alone are examples: take the # away
and put in what you know. What you leave out counts as not reported; nothing is asked twice.
Write no name, no date of birth and no number that leads back to the patient.

Five things never mean the same: negative, equivocal, failed, not done, not reported. Where a
result or a value is not there, leave its line out, or write "not done", "not reported" or
"unknown".

Read it with:  spindle case FILE
"""
# Fields that stand in many records and are explained once, at the end.
_PASSED_OVER = ("kind", "provenance", "schema_version")
# How a person writes what takes several fields of a document: field, its key here, an example.
_WRITTEN: Mapping[str, tuple[str, object]] = {
    "Case.id": ("id", "case-1"),
    "Case.symptoms": ("symptoms", ["nasal obstruction", "no fever"]),
    "Case.treatments": ("treatments", ["surgery, R1", "radiotherapy"]),
    "Case.outcomes": ("outcomes", ["recurrence at 9 months", "no metastasis"]),
    "Case.exclusions": ("exclusions", ["desmoid fibromatosis: beta-catenin not nuclear"]),
    "Case.remarks": ("remarks", ["sent for a second opinion"]),
    "Patient.age_at_diagnosis": ("age", "14 months"),
    "Tumour.diagnosis": ("diagnosis", "inflammatory myofibroblastic tumour"),
    "Tumour.sites": ("sites", ["left maxillary sinus", "orbit"]),
    "Tumour.size": ("size", "42 x 31 x 20 mm"),
    "Tumour.imaging_findings": ("imaging_findings", ["enhancing mass in the left sinus"]),
    "Specimen.histology": (
        "histology",
        ["spindle cells", "plasma cells", "no necrosis", "mitoses 2/10 HPF"],
    ),
    "Stain.percent_positive": ("percent_positive", "60-80 %"),
    "FishTest.counts": ("counts", ["12/50"]),
    "FusionTest.calls": ("calls", ["TPM3::ALK in frame"]),
    "FusionTest.variants": ("variants", ["ALK G1269A"]),
    "FusionTest.genes_covered": ("genes_covered", ["ALK", "ROS1"]),
    "FusionTest.panel": ("panel", "name of the panel"),
    "PcrTest.covered_fusions": ("covered_fusions", ["EML4::ALK", "TPM3::ALK"]),
    "PcrTest.detected_fusion": ("detected_fusion", "TPM3::ALK"),
    "PcrTest.kit": ("kit", "name of the kit"),
    "Specimen.id": ("id", "biopsy-1"),
    "Specimen.block": ("block", "A2"),
    "Stain.id": ("id", "alk-stain"),
    "FishTest.id": ("id", "alk-fish"),
    "PcrTest.id": ("id", "alk-pcr"),
    "FusionTest.id": ("id", "rna-panel"),
    "Signature.version": ("version", "as the report prints it"),
    "Signature.signed_by": ("signed_by", "Dr A. Pathologist"),
}
_STAINS = (
    "Stains in one line, as in a report. They become tests of this sample.",
    'stains = "SMA+; desmin focal +; S100-; Ki-67 5-10%"',
)
_TESTS = (
    ("Stain", "A stain (immunohistochemistry). One such block for each."),
    ("FishTest", "A break-apart FISH test."),
    ("PcrTest", "An RT-PCR test for fusions."),
    ("FusionTest", "A sequencing test for fusions."),
)
_FIRST_WORD = re.compile(r"`([^`]+)`")

Schema = dict[str, Any]


def make_case_template() -> str:
    """Give an annotated case file in which every field is explained and none is filled in."""
    schema = make_case_schema()
    definitions = {**schema["$defs"], "Case": schema}
    lines = [f"# {line}".rstrip() for line in _INTRODUCTION.splitlines()]
    lines += _write_part("The case", "", "Case", definitions)
    lines += _write_part("The patient", "[patient]", "Patient", definitions)
    lines += _write_part("The tumour", "[tumour]", "Tumour", definitions)
    lines += _write_part("Follow-up", "[follow_up]", "FollowUp", definitions)
    title = "Tissue: one such block for each sample, followed by the tests that were done on it"
    lines += _write_part(title, "[[specimens]]", "Specimen", definitions)
    lines += ["", f"# {_STAINS[0]}", f"#{_STAINS[1]}"]
    for name, title in _TESTS:
        header = "[[specimens.observations]]"
        lines += _write_part(title, header, name, definitions)
    title = "Signatures: a named pathologist's, under the version that the report prints"
    lines += _write_part(title, "[[signatures]]", "Signature", definitions)
    return "\n".join([*lines, *_write_provenance(definitions)]) + "\n"


def _write_part(
    title: str, header: str, name: str, definitions: Mapping[str, Schema]
) -> Iterator[str]:
    """Give the lines of one table: its title, its header and each of its fields."""
    yield from ("", "", f"# {title} ".ljust(WIDTH, "-"))
    if header:
        yield f"{'#' if name in _OPTIONAL else ''}{header}"
    properties = definitions[name]["properties"]
    if "kind" in properties and "const" in properties["kind"]:
        yield f"#kind = {_quote(properties['kind']['const'])}"
    for field, schema in properties.items():
        if field in _PASSED_OVER and name != "Specimen":
            continue
        if field == "provenance" or (name, field) in _ELSEWHERE:
            continue
        yield from _write_field(name, field, schema, definitions)


# Tables that say something by being there, so that they stand as examples.
_OPTIONAL = ("Stain", "FishTest", "PcrTest", "FusionTest", "Signature")
# Fields that are tables of their own further down.
_ELSEWHERE = {
    ("Case", "patient"),
    ("Case", "tumour"),
    ("Case", "follow_up"),
    ("Case", "specimens"),
    ("Case", "signatures"),
    ("Specimen", "observations"),
}


def _write_field(
    name: str, field: str, schema: Schema, definitions: Mapping[str, Schema]
) -> Iterator[str]:
    kind = _find_kind(schema, definitions)
    key, example = _WRITTEN.get(f"{name}.{field}", (field, None))
    written = _quote(example) if example is not None else _make_example(schema, kind)
    yield ""
    yield from _explain(_describe(schema, kind))
    if "properties" in kind:
        yield "# In words as below, or as a table with these fields:"
        for inner, about in kind["properties"].items():
            if inner != "provenance":
                words = _describe(about, _find_kind(about, definitions))
                yield from _explain(f"{inner}: {words}", indent="  ")
    yield f"#{key} = {written}"


def _find_kind(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Give the schema of what a field holds, absence and list aside."""
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if not _is_absent(option)]
        return _find_kind(options[0], definitions)
    if schema.get("type") == "array":
        return _find_kind(schema["items"], definitions)
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def _is_absent(schema: Schema) -> bool:
    return str(schema.get("$ref", "")).endswith("/Absent")


def _describe(schema: Schema, kind: Schema) -> str:
    words = " ".join(str(schema.get("description", "")).split()).replace("`", "")
    if "enum" in kind:
        words += f" Allowed: {', '.join(kind['enum'])}."
    elif kind.get("type") == "boolean":
        words += " true or false."
    elif kind.get("type") in ("number", "integer"):
        words += f" {_describe_number(kind)}"
    elif kind.get("format") == "date":
        words += " A day, year first."
    return words.strip()


def _describe_number(kind: Schema) -> str:
    name = "A whole number" if kind["type"] == "integer" else "A number"
    ends = [f"from {kind['minimum']:,.0f}"] if "minimum" in kind else []
    ends += [f"to {kind['maximum']:,.0f}"] if "maximum" in kind else []
    return " ".join([name, *ends]) + "."


def _make_example(schema: Schema, kind: Schema) -> str:
    word = _FIRST_WORD.search(str(schema.get("description", "")))
    if "enum" in kind:
        return _quote(kind["enum"][0])
    if kind.get("type") == "boolean":
        return "true"
    if kind.get("type") in ("number", "integer"):
        return "1"
    if kind.get("format") == "date":
        return "2026-01-31"
    return _quote(word[1] if word else "...")


def _quote(value: object) -> str:
    """Give a text or a list of texts as TOML writes it; its quotation is that of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _explain(words: str, indent: str = "") -> Iterator[str]:
    wrapped: Sequence[str] = textwrap.wrap(words, WIDTH - 4 - len(indent)) or [""]
    for place, line in enumerate(wrapped):
        yield f"# {indent}{'  ' if place else ''}{line}".rstrip()


def _write_provenance(definitions: Mapping[str, Schema]) -> Iterator[str]:
    yield from ("", "", f"# {'Where it was written'} ".ljust(WIDTH, "-"))
    yield "# Any table may say where it was written, with"
    yield '# provenance = { source = "report of 3 March", words = "ALK 1+" }. Its fields:'
    for field, schema in definitions["Provenance"]["properties"].items():
        yield from _explain(f"{field}: {_describe(schema, {})}", indent="  ")
