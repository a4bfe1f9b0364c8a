from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import UNKNOWN
from spindle.formats.cells.histology import read_findings
from spindle.knowledge.histology import find_finding, load_findings
from spindle.knowledge.words import load_word_lists


def list_findings(text: str) -> list[str]:
    """The known findings of a text as sign, name and count: `+mitoses 8`."""
    known = [finding for finding in read_findings(text).value if find_finding(finding.name)]
    return [
        f"{'+' if f.is_present else '-'}{f.name}"
        + (f" {f.count_per_10_hpf:g}" if isinstance(f.count_per_10_hpf, float) else "")
        for f in known
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bland spindle cells", "spindle cells"),
        ("patternless spindle cells", "spindle cells"),
        ("fascicles of spindle cells", "spindle cells"),
        ("tissue culture-like spindle cells", "spindle cells"),
        ("abundant plasma cells", "plasma cells"),
        ("prominent plasma cells", "plasma cells"),
        ("plasma cell-rich infiltrate", "plasma cells"),
        ("scattered lymphocytes", "lymphocytes"),
        ("keloidal collagen", "collagen bundles"),
        ("moderate atypia", "nuclear atypia"),
        ("severe dysplasia", "squamous dysplasia"),
        ("severe dysplasia of overlying epithelium", "squamous dysplasia"),
        ("focal necrosis", "necrosis"),
        ("tumour cell necrosis", "necrosis"),
        ("necrosis 10%", "necrosis"),
        ("10 % necrosis", "necrosis"),
        ("necrosis present", "necrosis"),
        ("necrosis (+)", "necrosis"),
        ("non-necrotising granulomas", "granulomas"),
        ("epithelioid granulomas", "granulomas"),
        ("septate fungal hyphae", "fungal hyphae"),
        ("Aspergillus hyphae", "fungal hyphae"),
        ("angioinvasive hyphae", "fungal hyphae"),
        ("fungal hyphae with tissue invasion", "fungal hyphae"),
        ("hyphae with vascular invasion", "fungal hyphae"),
        ("GMS: hyphae", "fungal hyphae"),
        ("mucor", "fungal hyphae"),
    ],
)
def test_words_round_a_finding_do_not_lose_it(text: str, name: str) -> None:
    assert list_findings(text) == [f"+{name}"]
    assert read_findings(text).doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "minimal inflammation",
        "no significant inflammation",
        "rare lymphocytes",
        "few lymphocytes",
        "scant lymphocytes at the edge",
        "lymphocytes at the periphery",
        "sparse inflammatory infiltrate",
        "inflammatory cells are sparse",
        "single plasma cells",
        "rare lymphocytes and plasma cells",
    ],
)
def test_scant_inflammation_is_neither_present_nor_absent(text: str) -> None:
    """A desmoid or a smooth-muscle tumour has a few lymphocytes too."""
    reading = read_findings(text)
    assert [finding.name for finding in reading.value] == [text]
    assert reading.doubts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("scattered lymphocytes and plasma cells", ["+lymphocytes", "+plasma cells"]),
        ("mild chronic inflammation", ["+inflammatory infiltrate"]),
        ("few lymphocytes, necrosis", ["+necrosis"]),
        ("occasional plasma cells, numerous lymphocytes", ["+lymphocytes"]),
        ("spindle cells with rare lymphocytes", ["+spindle cells"]),
        ("rare mitoses", ["+mitoses"]),
    ],
)
def test_scant_speaks_of_inflammatory_cells_alone(text: str, names: list[str]) -> None:
    assert list_findings(text) == names


SCANT = load_word_lists("histology")["scant"]


@pytest.mark.parametrize("adjective", load_word_lists("histology")["adjectives"])
@pytest.mark.parametrize("name", ["plasma cells", "fungal hyphae", "necrosis"])
def test_no_adjective_loses_or_adds_a_finding(adjective: str, name: str) -> None:
    is_open = name == "plasma cells" and adjective in SCANT
    assert list_findings(f"{adjective} {name}") == ([] if is_open else [f"+{name}"])


@pytest.mark.parametrize("name", load_findings())
@pytest.mark.parametrize(
    "denied",
    ["no {}", "without {}", "{} absent", "{} not seen", "no evidence of {}", "{}: no", "{} (-)"],
)
def test_every_finding_can_be_denied(name: str, denied: str) -> None:
    assert list_findings(denied.format(name)) == [f"-{name}"]
    assert read_findings(denied.format(name)).doubts == ()


@pytest.mark.parametrize("name", load_findings())
@pytest.mark.parametrize(
    "open_words",
    ["{} not assessed", "possible {}", "{}?", "{} cannot be excluded", "{} not evaluable",
     "with or without {}", "{} resembling something", "rule out {}", "{} equivocal"],
)  # fmt: skip
def test_what_nobody_is_sure_of_is_neither_present_nor_absent(name: str, open_words: str) -> None:
    text = open_words.format(name)
    reading = read_findings(text)
    assert list_findings(text) == []
    assert [finding.name for finding in reading.value] == [text]
    assert [doubt.slug for doubt in reading.doubts] == ["result-unreadable"]


@pytest.mark.parametrize(
    "text",
    [
        "no marked atypia",
        "no significant atypia",
        "no severe atypia",
        "mild atypia",
        "no more than mild atypia",
        "no plasma cell-rich areas",
        "not only plasma cells",
        "necrosis, not seen",
        "mitoses <1/10 HPF",
        "mitoses 0-1/10 HPF",
    ],
)
def test_a_denied_degree_is_no_denial_and_a_low_one_no_finding(text: str) -> None:
    assert list_findings(text) == []
    assert read_findings(text).doubts


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("lymphocytes and plasma cells", ["+lymphocytes", "+plasma cells"]),
        ("no necrosis or atypia", ["-necrosis", "-nuclear atypia"]),
        ("no atypia, mitoses or necrosis", ["-nuclear atypia", "-mitoses", "-necrosis"]),
        ("neither necrosis nor atypia", ["-necrosis", "-nuclear atypia"]),
        ("necrosis and atypia absent", ["-necrosis", "-nuclear atypia"]),
        ("atypia absent, necrosis present", ["-nuclear atypia", "+necrosis"]),
        ("spindle cells without atypia", ["+spindle cells", "-nuclear atypia"]),
        ("no necrosis but mitoses 2/10 HPF", ["-necrosis", "+mitoses 2"]),
        ("no necrosis, many plasma cells", ["-necrosis", "+plasma cells"]),
        ("GMS negative for hyphae", ["-fungal hyphae"]),
        ("hyphae not seen on GMS", ["-fungal hyphae"]),
        ("necrosis 0 %", ["-necrosis"]),
        ("non-necrotic", ["-necrosis"]),
        (
            "spindle cells, plasma cells, no necrosis, mitoses 2/10 HPF",
            ["+spindle cells", "+plasma cells", "-necrosis", "+mitoses 2"],
        ),
        (
            "spindle cells in a myxoid background with plasma cells",
            ["+spindle cells", "+myxoid stroma", "+plasma cells"],
        ),
    ],
)
def test_a_list_gives_each_of_its_findings(text: str, findings: list[str]) -> None:
    assert list_findings(text) == findings
    assert read_findings(text).doubts == ()


@pytest.mark.parametrize(
    ("text", "sure"),
    [("no necrosis and atypia", ["-necrosis"]), ("no atypia, necrosis", ["-nuclear atypia"])],
)
def test_a_denial_that_may_go_on_leaves_the_next_open(text: str, sure: list[str]) -> None:
    assert list_findings(text) == sure
    assert text in [finding.name for finding in read_findings(text).value]
    assert [doubt.slug for doubt in read_findings(text).doubts] == ["result-unreadable"]


@pytest.mark.parametrize(
    ("text", "findings", "is_noted"),
    [
        ("mitoses 8/10 HPF", ["+mitoses 8"], False),
        ("8 mitoses/10 HPF", ["+mitoses 8"], False),
        ("mitotic count: 8 per 10 high-power fields", ["+mitoses 8"], False),
        ("2 mitoses in ten high power fields", ["+mitoses 2"], False),
        ("mitoses 0/10 HPF", ["-mitoses 0"], False),
        ("no mitoses", ["-mitoses"], False),
        ("mitoses 3/50 HPF", ["+mitoses 0.6"], True),
        ("3 mitoses per 50 HPF", ["+mitoses 0.6"], True),
        ("3/50 HPF", ["+mitoses 0.6"], True),
        ("mitoses >20/10 HPF", ["+mitoses 20"], True),
        ("mitoses 4/mm2", ["+mitoses"], True),
        ("4 mitoses/mm²", ["+mitoses"], True),
        ("mitoses 5/HPF", ["+mitoses"], True),
        ("mitoses 1-2/10 HPF", ["+mitoses"], True),
    ],
)
def test_mitoses_are_counted_in_ten_fields(text: str, findings: list[str], is_noted: bool) -> None:
    assert list_findings(text) == findings
    assert bool(read_findings(text).doubts) is is_noted
    assert [finding.words for finding in read_findings(text).value] == [text]


def test_a_count_in_square_millimetres_is_unknown_in_fields() -> None:
    (finding,) = read_findings("mitoses 4/mm2").value
    assert finding.count_per_10_hpf == UNKNOWN


@pytest.mark.parametrize(
    "text", ["epithelioid histiocytes", "granuloma-like nodules", "necrotic bone", "zzz", "pigment"]
)
def test_a_word_of_something_else_is_no_finding(text: str) -> None:
    assert list_findings(text) == []
    assert [finding.name for finding in read_findings(text).value] == [text]


def test_words_beside_a_finding_that_are_not_read_are_noted() -> None:
    reading = read_findings("spindle cells with vesicular nuclei")
    assert list_findings("spindle cells with vesicular nuclei") == ["+spindle cells"]
    (doubt,) = reading.doubts
    assert '"vesicular nuclei"' in doubt.message


def test_nothing_is_read_from_words_that_report_nothing() -> None:
    assert read_findings("not reported").value == ()


PIECES = ("no", "necrosis", "plasma cells", "and", "or", ",", "absent", "not assessed", "focal",
          "mitoses", "3/50 HPF", "4/mm2", "hyphae", "GMS", "?", "atypia", "mild", "with", "zzz",
          "10 %", "-", "(+)", "non-", "-rich", ";")  # fmt: skip
TEXTS = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))


@given(TEXTS)
def test_any_text_is_read_and_none_is_lost(text: str) -> None:
    findings = read_findings(text).value
    assert all(finding.words == text for finding in findings)
    names = [finding.name for finding in findings if find_finding(finding.name)]
    signs = {(f.name, f.is_present) for f in findings if f.name in names}
    # No finding is called present and absent by one text.
    assert len({name for name, _ in signs}) == len(signs)


@given(st.sampled_from(list(load_findings())), TEXTS)
def test_no_denied_finding_is_present(name: str, words: str) -> None:
    """Whatever follows after a stop, "no X" never makes X present on its own."""
    assert f"+{name}" not in list_findings(f"no {name}")
    assert read_findings(f"no {name}; {words}").value
