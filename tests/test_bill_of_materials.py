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


def test_every_lock_is_asked_for_known_vulnerabilities_and_every_line_of_it_has_its_checksum():
    """The service is not asked here: what it knows changes by the day, and a machine of an office may not reach it."""
    told = subprocess.run(
        ["make", "--dry-run", "audit"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    locks = {path.name for path in ROOT.glob("requirements*.txt")}
    assert locks >= {
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-scanner.txt",
        "requirements-audit.txt",
    }
    (asked,) = re.findall(r"for lock in ([^;]+);", told.stdout)
    assert set(asked.split()) == locks and "pip-audit --strict --require-hashes" in told.stdout
    for name in locks:
        lines = re.split(r"(?<!\\)\n", (ROOT / name).read_text().strip())
        bare = [line for line in lines if "==" not in line or "--hash=sha256:" not in line]
        assert len(lines) > 20 and not bare, name


def test_nothing_in_it_names_where_packages_were_fetched(made):
    assert not re.search(r"https?://|file:", (made / "sbom.json").read_text())


def test_the_list_of_licences_is_that_of_the_lock(made):
    assert (made / "licences.md").read_text() == (ROOT / "docs/licences.md").read_text()


def test_every_licence_can_be_used(made):
    rows = re.findall(r"^\| ([a-z]\S*) \| ([^|]*) \|$", (made / "licences.md").read_text(), re.M)
    assert len(rows) > 30
    assert not {name: licence for name, licence in rows if not USABLE.fullmatch(licence)}
