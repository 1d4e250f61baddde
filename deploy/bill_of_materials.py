"""What the program is made of, from the lock and what is installed: a CycloneDX file, and the list of licences.

    python deploy/bill_of_materials.py sbom FILE.json     CycloneDX 1.5
    python deploy/bill_of_materials.py licences FILE.md   the table in docs/

Nothing is asked of any network: names, versions and hashes stand in requirements.txt, licences in the packages.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# What runs the program, and with what likely misprints are named (an extra).
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-misprints.txt")
SPDX = {
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-3-Clause License": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "MIT License": "MIT",
    "MIT": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "New BSD": "BSD-3-Clause",
    "New BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "LGPL with exceptions": "LGPL-3.0-or-later WITH exceptions",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


class Package(NamedTuple):
    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str


def packages() -> list[Package]:
    """Every package of the runtime locks once, by name."""
    found = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)([^\n]*(?:\n    --hash[^\n]*)*)",
        "\n".join(lock.read_text() for lock in LOCKS),
        re.M,
    )
    return sorted(
        {
            Package(
                name, version, tuple(sorted(re.findall(r"sha256:([0-9a-f]{64})", rest))), licence_of(name)
            )
            for name, version, rest in found
        }
    )


def licence_of(name: str) -> str:
    """SPDX words where the package says them, else what its classifiers say; "" where nothing does."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if "License-Expression" in told:
        return str(told["License-Expression"])
    classified = [
        line.split(" :: ")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")
    ]
    short = (str(told["License"]) if "License" in told else "").strip().splitlines()
    said = [
        each
        for each in (*(short if len(short) == 1 else []), *classified)
        if each not in ("", "OSI Approved")
    ]
    return SPDX.get(said[0], said[0]) if said else ""


def sbom() -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "tuopin",
                "licenses": [{"license": {"id": "MulanPSL-2.0"}}],
            }
        },
        "components": [
            {
                "type": "library",
                "name": one.name,
                "version": one.version,
                "bom-ref": f"pkg:pypi/{one.name}@{one.version}",
                "purl": f"pkg:pypi/{one.name}@{one.version}",
                "hashes": [{"alg": "SHA-256", "content": each} for each in one.hashes],
                "licenses": _licences(one.licence),
            }
            for one in packages()
        ],
    }


def _licences(said: str) -> list[dict[str, Any]]:
    """An SPDX expression where it is one; nothing for a package that is not installed here."""
    if " WITH exceptions" in said:
        return [{"license": {"name": said}}]
    return [{"expression": said}] if said else []


def licences() -> str:
    """A table without versions, so that it changes only when a package comes or goes."""
    lines = [
        "# 所用软件包的许可证",
        "",
        "程序运行所用的软件包（`requirements.txt` 和 `requirements-misprints.txt`，版本和校验值都锁定）和它们的许可证；`make licences` 重写本表，",
        "`make sbom` 另写一份 CycloneDX 格式的物料清单（`var/sbom.json`）。程序本身用木兰宽松许可证第 2 版（MulanPSL-2.0）。",
        "",
        "| 软件包 | 许可证 |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| {one.name} | {one.licence} |" for one in packages())]) + "\n"


def main(what: str, file: str) -> None:
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sbom(), indent=2) + "\n" if what == "sbom" else licences())


if __name__ == "__main__":
    main(*sys.argv[1:])
