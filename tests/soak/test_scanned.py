"""A scanner that knows nothing of the program, signed in as the district: it finds no hole and breaks no page.

The scanner's own needs do not go with the program's: it has a lock and an environment of its own, which `make soak`
makes (requirements-scanner.txt, var/tools/scanner). SCAN_SECONDS is how long it looks (600 unless set).

Its ssrf module is left out: it would have the program ask a server of its maker's on the Internet and then ask that
server. That no address that somebody typed is asked, because nothing in the program asks one, is shown by
tests/test_floor_plan.py.
"""

import json
import os
import re
import subprocess

import pytest

from tests.soak.processes import ROOT

pytestmark = pytest.mark.soak
WAPITI = ROOT / "var/tools/scanner/bin/wapiti"
SECONDS = os.environ.get("SCAN_SECONDS", "600")
# Ways in that a scanner can try without asking anything outside.
MODULES = "sql,exec,file,xss,crlf,redirect,permanentxss,ldap,xxe,csrf"
ASKED = re.compile(r'"(GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH) (\S+)" (\d+)')
LINE = '%(h)s "%(m)s %(U)s" %(s)s'


def test_a_scanner_signed_in_as_the_district_finds_nothing(server, person, tmp_path):
    assert WAPITI.exists(), "make soak installs it"
    server.kill("web")
    log = server.folder / "scanned.log"
    with log.open("wb") as file:
        server.spawn("web", file, "--access-logfile", "-", "--access-logformat", LINE)
    server.ready()
    district = person("district")
    cookies = "; ".join(f"{name}={value}" for name, value in district.cookies.items())
    report = tmp_path / "report.json"
    words = [str(WAPITI), "-u", f"{server.url}/", "-m", MODULES, "-f", "json", "-o", str(report)]
    words += ["--scope", "folder", "-d", "5", "--max-links-per-page", "40", "--max-files-per-dir", "40"]
    words += [
        "--max-scan-time",
        SECONDS,
        "--max-attack-time",
        str(int(SECONDS) // 3),
        "-t",
        "30",
        "-S",
        "normal",
    ]
    words += [
        "-H",
        f"Cookie: {cookies}",
        "-x",
        f"{server.url}/accounts/logout/",
        "-x",
        f"{server.url}/accounts/password/",
    ]
    words += ["--store-session", str(tmp_path / "session"), "--flush-session", "--no-bugreport", "-v", "0"]
    scanned = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert scanned.returncode == 0, scanned.stdout[-2000:] + scanned.stderr[-2000:]
    told = json.loads(report.read_text())
    said = log.read_text(errors="replace")
    asked = ASKED.findall(said)
    places = {address for _, address, _ in asked}
    print(f"{len(asked)} requests to {len(places)} addresses; {told['infos'].get('crawled_pages_nbr')} pages")
    assert len(asked) > 500 and len(places) > 100, "it got in and around"
    assert district.ask("GET", "/households/")[0] == 200, "and was signed in to the end"
    broken = {(method, address) for method, address, status in asked if status == "500"}
    assert not broken, (broken, said[said.find("Traceback") :][:6000])
    holes = {name: found for name, found in told["vulnerabilities"].items() if found}
    assert not holes, json.dumps(holes, ensure_ascii=False)[:4000]
