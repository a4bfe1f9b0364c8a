from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.tumour import Extent, Focality, TumourSize
from spindle.formats.cells.sites import read_focality, read_sites


def list_sites(text: str) -> list[str]:
    """The sites of a cell as `name side`, the side left out when there is none."""
    return [
        f"{site.name} {site.laterality}".removesuffix(f" {NOT_REPORTED}")
        for site in read_sites(text).value.sites
    ]


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("R maxillary sinus", ["maxillary sinus right"]),
        ("Rt. maxillary sinus", ["maxillary sinus right"]),
        ("orbit (R)", ["orbit right"]),
        ("orbit, bilateral", ["orbit bilateral"]),
        ("Both lungs", ["lung bilateral"]),
        ("left and right nasal cavity", ["nasal cavity bilateral"]),
        (
            "Nasal cavity (left), maxillary sinus (right)",
            ["nasal cavity left", "maxillary sinus right"],
        ),
        ("lung (left upper lobe)", ["lung left"]),
        ("左侧上颌窦、眼眶", ["maxillary sinus left", "orbit left"]),
        ("thyroid, left lobe and right lobe", ["thyroid left", "thyroid right"]),
        ("orbital floor, left", ["orbit left"]),
        ("head of pancreas", ["pancreas"]),
        ("pancreas, neck", ["pancreas"]),
        ("bladder neck", ["urinary bladder"]),
        ("neck mass", ["neck"]),
    ],
)
def test_a_site_and_its_side(text: str, sites: list[str]) -> None:
    assert list_sites(text) == sites


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("Left maxillary sinus and orbit", ["maxillary sinus left", "orbit left"]),
        (
            "Right maxillary sinus, orbit, left eyelid",
            ["maxillary sinus right", "orbit right", "eyelid left"],
        ),
        (
            "left nasal cavity, nasopharynx, and orbit",
            ["nasal cavity left", "nasopharynx", "orbit left"],
        ),
        ("Nasal septum and right nasal cavity", ["nasal septum", "nasal cavity right"]),
    ],
)
def test_a_leading_side_holds_for_a_plain_list(text: str, sites: list[str]) -> None:
    assert list_sites(text) == sites


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("Left maxillary sinus; orbit", ["maxillary sinus left", "orbit"]),
        ("Left maxillary sinus + orbit", ["maxillary sinus left", "orbit"]),
        ("orbit and lacrimal sac, left", ["orbit", "lacrimal sac left"]),
        ("ethmoid, left, paranasal sinuses", ["ethmoid sinus left", "paranasal sinus"]),
        (
            "maxillary sinus, right, extending into lacrimal sac",
            ["maxillary sinus right", "lacrimal sac"],
        ),
        ("Right xyz and orbit", ["xyz right", "orbit"]),
    ],
)
def test_a_side_goes_no_further_than_its_list(text: str, sites: list[str]) -> None:
    assert list_sites(text) == sites


@pytest.mark.parametrize(
    ("text", "sites", "extent"),
    [
        ("spleen, with hepatic metastasis", ["spleen"], Extent.METASTATIC),
        ("lung; brain metastases", ["lung"], Extent.METASTATIC),
        ("lung, metastatic to brain", ["lung"], Extent.METASTATIC),
        ("soft tissues, metastatic", ["soft tissue"], Extent.METASTATIC),
        ("metastatic IMT (primary site not in abstract)", [], Extent.METASTATIC),
        ("lung, no metastasis", ["lung"], NOT_REPORTED),
        ("non-metastatic lung", ["lung"], NOT_REPORTED),
        (
            "liver hilum, invading inferior vena cava",
            ["liver", "inferior vena cava"],
            Extent.INVASIVE,
        ),
        ("Right maxillary sinus without orbital invasion", ["maxillary sinus right"], NOT_REPORTED),
        ("maxillary sinus, left, with bony destruction", ["maxillary sinus left"], NOT_REPORTED),
    ],
)
def test_the_place_of_a_metastasis_is_no_site_of_the_tumour(
    text: str, sites: list[str], extent: Extent | Absent
) -> None:
    assert list_sites(text) == sites
    assert read_sites(text).value.extent == extent


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("mediastinum, right posterolateral of trachea", ["mediastinum"]),
        ("mesentery, encasing superior mesenteric artery", ["mesentery"]),
        ("pelvis; pedicle from splenic hilum", ["pelvis"]),
        ("left orbit displacing the nasal septum", ["orbit left"]),
        ("Right maxillary sinus, no orbital involvement", ["maxillary sinus right"]),
        ("temporal bone, left, mastoid; later left temporal lobe", ["temporal bone left"]),
        ("retroperitoneum (right adrenal gland mass)", ["retroperitoneum"]),
        ("adjacent to bladder", []),
        ("no metastasis", []),
    ],
)
def test_what_lies_beside_is_kept_in_words_and_noted(text: str, sites: list[str]) -> None:
    reading = read_sites(text)
    assert list_sites(text) == sites
    assert "site-unknown" in {doubt.slug for doubt in reading.doubts}


@pytest.mark.parametrize(
    ("text", "dimensions"),
    [
        ("lung, left inferior lobe, endobronchial, 46 x 42 mm", (46.0, 42.0)),
        ("orbit, right inferior, 35x20x15 mm", (35.0, 20.0, 15.0)),
        ("lung, right lower, 5.2cm x 5cm", (52.0, 50.0)),
        ("breast, right, upper inner quadrant, 4-cm", (40.0,)),
        ("uterus, right posterior wall, 5.8 cm x 5.7 cm x 4.5 cm (US)", (58.0, 57.0, 45.0)),
    ],
)
def test_a_size_in_the_cell_is_in_millimetres(text: str, dimensions: tuple[float, ...]) -> None:
    size = read_sites(text).value.size
    assert isinstance(size, TumourSize)
    assert size.dimensions_mm == dimensions


@pytest.mark.parametrize(
    "text",
    [
        "omentum majus, 5.2 x 4.8 x 4.5 (printed unit cm3)",
        "thyroid, left lobe 21 x 12 mm and right lobe 40 x 22 mm nodules",
    ],
)
def test_a_size_without_a_length_unit_or_two_sizes_are_unknown(text: str) -> None:
    reading = read_sites(text)
    assert reading.value.size == UNKNOWN
    assert "size-unreadable" in {doubt.slug for doubt in reading.doubts}


@pytest.mark.parametrize(
    ("text", "is_resectable"),
    [
        ("tongue, inoperable", False),
        ("NA (unresectable)", False),
        ("liver, resectable", True),
        ("liver", NOT_REPORTED),
    ],
)
def test_resectability(text: str, is_resectable: bool | Absent) -> None:
    assert read_sites(text).value.is_resectable == is_resectable


def test_focality() -> None:
    assert read_sites("liver, multifocal").value.focality is Focality.MULTIFOCAL
    assert read_sites("liver").value.focality == NOT_REPORTED
    assert read_focality("solitary").value is Focality.UNIFOCAL
    assert read_focality("2").value == UNKNOWN


def test_a_known_site_without_a_code_has_its_name_and_a_note() -> None:
    reading = read_sites("Left pterygopalatine fossa")
    (site,) = reading.value.sites
    assert (site.name, site.code) == ("pterygopalatine fossa", UNKNOWN)
    (doubt,) = reading.doubts
    assert doubt.slug == "site-unknown"
    assert "No code" in doubt.message


def test_a_part_of_a_site_has_the_code_of_the_whole_marked_as_broader() -> None:
    (site,) = read_sites("lower eyelid").value.sites
    assert not isinstance(site.code, Absent)
    assert (site.code.id, site.code.match) == ("UBERON:0001711", "broader")
    assert site.words == "lower eyelid"


def test_nothing_is_read_from_a_cell_that_reports_nothing() -> None:
    reading = read_sites("NA")
    assert (reading.value.sites, reading.doubts) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "liver, segment IVa/b",
        "stomach fundus/cardia",
        "left and right nasal cavity",
        "thyroid,left lobe ; upper",
        "lung+lung,  hilar",
    ],
)
def test_the_words_of_a_site_are_kept_as_written(text: str) -> None:
    assert read_sites(text).value.sites[0].words == text
