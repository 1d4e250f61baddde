"""import_plan and reconcile: exit codes, one line out, reasons on stderr."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from office.models import TrailRow
from reporting.models import PlanTable
from tests.reporting.tables import DATA, as_csv, persons


def run(*args):
    """Exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*args, stdout=out, stderr=err)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(*rows):
        path = tmp_path / "plan.csv"
        path.write_bytes(as_csv(rows))
        return str(path)

    return write


@pytest.fixture
def good(file):
    return file(
        persons("全区", "省定", "2016", "6"),
        persons("东演示", "省定", "2016", "3"),
        persons("西演示", "省定", "2016", "2"),
    )


def test_a_table_is_taken_in_with_one_line(ground, good):
    code, out, err = run("import_plan", good, "--name", "演示规划")
    assert (code, err) == (0, "")
    assert out == "已导入“演示规划”第1版：3格，错误1处，提示0处\n"
    table = PlanTable.objects.get()
    assert (table.is_adopted, table.imported_by) == (False, None)
    assert TrailRow.objects.get(action="导入规划表").seq is not None


def test_adopt_adopts(ground, good):
    code, out, _err = run("import_plan", good, "--name", "演示规划", "--adopt")
    assert code == 0
    assert out.strip().endswith("已采用为演示区的滚动规划")
    assert PlanTable.adopted_for(ground.county).name == "演示规划"


def test_a_bad_file_is_refused_with_lines_and_leaves_nothing(db, file):
    code, out, err = run(
        "import_plan",
        file(persons("", "省定", "2016", "1"), persons("甲", "省定", "x", "1")),
        "--name",
        "坏表",
    )
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "第2行：地区是空的",
        "第3行：年度“x”认不出，应如 基期2015、2016、十二五、合计",
    ]
    assert not PlanTable.objects.exists()


def test_a_file_that_is_not_there_is_refused(db, tmp_path):
    code, out, err = run("import_plan", str(tmp_path / "none.csv"), "--name", "表")
    assert (code, out) == (1, "")
    assert err.startswith("文件打不开")


def test_an_unlinked_table_is_not_adopted_and_not_taken_in(ground, file):
    code, _out, err = run(
        "import_plan",
        file(persons("全区", "省定", "2016", "1"), persons("甲", "省定", "2016", "1")),
        "--name",
        "表",
        "--adopt",
    )
    assert code == 1
    assert "没有对上区划" in err
    assert not PlanTable.objects.exists()


def test_the_area_may_be_named(ground, file):
    path = file(persons("全区", "省定", "2016", "1"), persons("甲", "省定", "2016", "1"))
    assert run("import_plan", path, "--name", "表", "--area", ground.county.code, "--adopt")[0] == 0
    assert PlanTable.objects.get().area == ground.county
    code, _out, err = run("import_plan", path, "--name", "表", "--area", "370999000000")
    assert (code, err) == (1, "没有代码为 370999000000 的区划\n")


def test_a_user_needs_the_right(cast, good, ground):
    assert run("import_plan", good, "--name", "表", "--user", "district", "--adopt")[0] == 0
    assert PlanTable.objects.get().imported_by == cast["district"]
    assert TrailRow.objects.filter(actor=cast["district"]).count() == 2
    code, _out, err = run("import_plan", good, "--name", "表", "--user", "town")
    assert (code, err) == (1, "当前任职不能导入规划表\n")
    assert run("import_plan", good, "--name", "表", "--user", "nobody")[0] == 1
    assert PlanTable.objects.count() == 1


def test_usage(db, good):
    with pytest.raises(CommandError):
        call_command("import_plan", good)
    with pytest.raises(CommandError):
        call_command("reconcile")


def test_reconcile_prints_json_and_nothing_else(ground, good):
    run("import_plan", good, "--name", "演示规划")
    code, out, err = run("reconcile", "演示规划")
    assert (code, err) == (0, "")
    (finding,) = json.loads(out)
    assert set(finding) == {"rule", "severity", "cells", "message"}
    assert (finding["rule"], finding["severity"]) == ("parts_sum_to_top", "error")
    assert set(finding["cells"][0]) == {"area", "group", "measure", "standard", "year", "value"}
    assert [cell["value"] for cell in finding["cells"]] == ["6", "3", "2"]


def test_reconcile_reads_the_newest_or_the_version_asked_for(ground, good, file):
    run("import_plan", good, "--name", "演示规划")
    run(
        "import_plan",
        file(persons("全区", "省定", "2016", "6")),
        "--name",
        "演示规划",
        "--area",
        ground.county.code,
    )
    assert json.loads(run("reconcile", "演示规划")[1]) == []
    assert len(json.loads(run("reconcile", "演示规划", "--version", "1")[1])) == 1
    assert run("reconcile", "演示规划", "--version", "3")[0] == 1


def test_reconcile_of_an_unknown_name(db):
    assert run("reconcile", "无") == (1, "", "没有叫“无”的规划表\n")


def test_a_table_of_another_county_is_welcome(ground):
    assert run("import_plan", str(DATA / "county.csv"), "--name", "别县")[0] == 0
    findings = json.loads(run("reconcile", "别县")[1])
    assert {finding["rule"] for finding in findings} <= {
        "unlinked_area",
        "exits_above_base",
        "exits_below_base",
    }
    assert sum(finding["rule"] == "unlinked_area" for finding in findings) == 4
