"""What the program is made of is known, pinned, and may be used (SBOM and licences)."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Licences that ask nothing of a county that uses and changes the program for itself.
USABLE = re.compile(
    r"{0}( (OR|AND) {0})*".format(
        r"(MIT|MIT-0|BSD-2-Clause|BSD-3-Clause|0BSD|Zlib|CC0-1\.0|Apache-2\.0|PSF-2\.0|Unlicense|LGPL-3\.0-or-later WITH exceptions)"
    )
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    for what, name in (("sbom", "sbom.json"), ("licences", "licences.md")):
        command = [sys.executable, "deploy/bill_of_materials.py", what, str(folder / name)]
        subprocess.run(command, cwd=ROOT, check=True)
    return folder


def test_every_package_of_the_lock_is_in_it_with_version_and_checksums(made):
    told = json.loads((made / "sbom.json").read_text())
    locks = "\n".join((ROOT / f"requirements{of}.txt").read_text() for of in ("", "-misprints"))
    locked = re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", locks, re.M)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.5")
    assert {(one["name"], one["version"]) for one in told["components"]} == set(locked) and len(locked) > 30
    assert len(told["components"]) == len(set(locked))
    assert all(one["hashes"] and one["licenses"] for one in told["components"])


def test_nothing_in_it_names_where_packages_were_fetched(made):
    assert not re.search(r"https?://|file:", (made / "sbom.json").read_text())


def test_the_list_of_licences_is_that_of_the_lock(made):
    assert (made / "licences.md").read_text() == (ROOT / "docs/licences.md").read_text()


def test_every_licence_can_be_used(made):
    rows = re.findall(r"^\| ([a-z]\S*) \| ([^|]*) \|$", (made / "licences.md").read_text(), re.M)
    assert len(rows) > 30
    assert not {name: licence for name, licence in rows if not USABLE.fullmatch(licence)}
