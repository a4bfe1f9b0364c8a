from __future__ import annotations

import pytest

from spindle.errors import UserError
from spindle.knowledge import files
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.sources import load_sources

GOOD = """
source = "spindle"
checked_on = 2026-11-20
names = ["ALK", "NTRK1"]
[groups]
NTRK = ["NTRK1"]
[markers]
ALK = "ALK"
"pan-TRK" = "NTRK"
"""


def test_alk_comes_first_and_a_pan_trk_stain_asks_about_three() -> None:
    found = load_kinases()
    assert found.names[0] == "ALK"
    assert found.expand(found.markers["pan-TRK"]) == ("NTRK1", "NTRK2", "NTRK3")
    assert found.expand("RET") == ("RET",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('source = "spindle"', 'source = "nobody"'),
        ('source = "spindle"\n', ""),
        ('NTRK = ["NTRK1"]', 'NTRK = ["NTRK9"]'),
        ('ALK = "ALK"', 'ALK = "ALK9"'),
        ('names = ["ALK", "NTRK1"]', 'names = "ALK"'),
    ],
)
def test_a_malformed_file_is_refused(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert old in GOOD
    load_sources()
    monkeypatch.setattr(files, "read_text", lambda _: GOOD.replace(old, new))
    with pytest.raises(UserError) as error:
        load_kinases.__wrapped__()
    assert error.value.slug == "knowledge-invalid"
