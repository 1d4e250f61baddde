"""The demonstration county as the commands see it: the base as published, everything adding up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audits.procedures import TABLES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
COUNTY = "370405000000"


def manage(site, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, timeout=120)


def test_base_columns_from_the_register_equal_the_printed_ones_for_every_town(site):
    answer = manage(site, "report", "rolling-plan", "--year", "2018")
    assert answer.returncode == 0, answer.stderr
    cells = {(cell["row"], cell["column"]): cell["value"] for cell in json.loads(answer.stdout)["cells"]}
    areas = {row for row, _ in cells}
    assert len(areas) == 7
    for area in areas:
        for column in range(1, 8):
            assert cells[area, f"actual_{column}"] == cells[area, f"printed_{column}"], (area, column)
    assert (cells[COUNTY, "actual_1"], cells[COUNTY, "actual_2"]) == (7294, 4221)


def test_lists_wait_at_every_stage_of_every_procedure(site):
    found = set(site.rows("SELECT kind, stage FROM audits_auditlist WHERE closed_at IS NULL"))
    wanted = {
        (kind, stage.key)
        for kind, versions in TABLES.items()
        for procedure in versions
        for stage in procedure.stages
    }
    assert not wanted - found
    assert site.rows("SELECT count(*) FROM audits_objection WHERE closed_at IS NULL") == [(2,)]


@pytest.mark.parametrize(
    "role", ["village", "helper", "town", "approver", "district", "leader", "department"]
)
def test_each_role_finds_a_list_that_waits_for_it(sign_in, site, role):
    page = sign_in(role)
    page.goto(f"{site.url}/audits/?state=mine")
    assert int(page.locator("table[data-total]").get_attribute("data-total")) > 0


def test_a_clean_list_of_sixty_waits_for_the_approver(site):
    sizes = site.rows(
        "SELECT count(*) FROM audits_entry e JOIN audits_auditlist l ON l.id = e.audit_list_id "
        "WHERE l.kind = 'renovation' AND l.stage = 'review' GROUP BY l.id"
    )
    assert (60,) in sizes


@pytest.mark.parametrize("command", ["verify_invariants", "verify_trail"])
def test_nothing_is_wrong(site, command):
    answer = manage(site, command)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_checks_of_the_night_raise_no_error_over_the_whole_county(site):
    """Warnings there are, to be worked on; an error would be a false alarm, since the county is lawful."""
    answer = manage(site, "check_register")
    assert answer.returncode == 0, answer.stderr
    found = site.rows(
        "SELECT rule, severity, count(*) FROM office_finding WHERE state <> '已消除' GROUP BY 1, 2"
    )
    assert [row for row in found if row[1] == "error"] == []
    assert sum(count for *_, count in found) > 0


def test_nobody_left_a_word_of_personal_data_in_the_logs(site):
    log = (site.data_dir / "processes.log").read_text()
    assert "990405" not in log
    assert "Traceback" not in log
