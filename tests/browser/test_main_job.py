"""The office's main job by hand: run the yearly tally, watch it, open a number, download the workbook."""

import csv
import datetime
import io
import json
import re
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_DAY = datetime.date(2018, 11, 20)
FLOWS = {
    "new": {"纳入"},
    "return": {"返贫"},
    "other_in": {"增员", "转入", "回退", "更正"},
    "exit": {"退出"},
    "other_out": {"减员", "转出", "注销", "更正"},
}


def independent_count(site, year: int) -> dict[tuple[str, str], int]:
    """(area code, column) → figure, counted one event at a time in plain Python from the raw rows."""
    events = site.rows(
        'select e.kind, e."on", e.recorded_at, e.households, e.persons, e.national, t.code, c.code'
        " from households_statusevent e join areas_area t on t.id = e.town_id join areas_area c on c.id = e.county_id"
    )
    counts: dict[tuple[str, str], int] = {}

    def add(areas, column, number):
        for area in areas:
            counts[area, column] = counts.get((area, column), 0) + number

    for kind, on, recorded_at, households, persons, national, *areas in events:
        if recorded_at.astimezone(SHANGHAI).date() > OFFICE_DAY or on > OFFICE_DAY or on.year > year:
            continue
        for unit, number in (("households", households), ("persons", persons)):
            for part in ("", "national_") if national else ("",):
                add(areas, f"now_{part}{unit}", number)
                if on.year < year:
                    add(areas, f"base_{part}{unit}", number)
                    continue
                for flow, kinds in FLOWS.items():
                    incoming = flow in ("new", "return", "other_in")
                    if kind in kinds and (persons > 0) == incoming:
                        add(areas, f"{flow}_{part}{unit}", abs(number))
    for part in ("", "national_"):
        for unit in ("households", "persons"):
            for area in {area for area, _ in counts}:
                now, base = (counts.get((area, f"{figure}_{part}{unit}"), 0) for figure in ("now", "base"))
                counts[area, f"net_{part}{unit}"] = now - base
    return counts


WORDS = {
    "年初在册": "base",
    "纳入": "new",
    "返贫": "return",
    "其他增加": "other_in",
    "退出": "exit",
    "其他减少": "other_out",
    "现在册": "now",
    "净增减": "net",
}
UNITS = {"户": "households", "人": "persons"}


def under_its_heads(sheet, part: str) -> dict[tuple[str, str], int]:
    """(area as printed, column) → figure of one sheet of the workbook, each read by the heads above it."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(number for number, row in enumerate(rows) if "年初在册" in row)
    word, found = None, {}
    columns = {}
    for place, (above, unit) in enumerate(zip(rows[head], rows[head + 1], strict=True)):
        word = above or word
        if word in WORDS:
            columns[place] = f"{WORDS[word]}_{part}{UNITS[unit]}"
    assert len(columns) == len(WORDS) * len(UNITS)
    for row in rows[head + 2 :]:
        if isinstance(row[0], str) and isinstance(row[2], int):
            found |= {(row[0], key): row[place] for place, key in columns.items()}
    return found


def download(page, word: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"下载 {word}").click()
    return waiting.value.path().read_bytes()


def number(text: str) -> int:
    return int(text.replace("−", "-").replace("＋", "").replace(",", ""))


@pytest.fixture
def tally(sign_in, site):
    """The page of a fresh tally of 2016, run from the form with its progress watched."""
    page = sign_in("district")
    page.goto(f"{site.url}/reports/")
    page.select_option("[name=kind]", "exit-tally")
    page.fill("[name=year]", "2016")
    page.get_by_role("button", name="生成").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("heading", name=re.compile("排队中|正在办理|已完成"))).to_be_visible()
    expect(page.get_by_role("heading", name="已完成")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="打开结果").click()
    page.wait_for_url(re.compile(r"/reports/runs/"))
    return page


def test_the_tally_equals_an_independent_count_on_screen_and_in_every_file(tally, site):
    expected = independent_count(site, 2016)
    cells = {(cell["row"], cell["column"]): cell for cell in json.loads(download(tally, "json"))["cells"]}
    counted = {
        key: cell["value"] for key, cell in cells.items() if not re.match("printed_|diff_|exit_cause", key[1])
    }
    assert counted == {key: expected.get(key, 0) for key in counted}
    assert {key for key, value in expected.items() if value} <= counted.keys()

    table = csv.DictReader(io.StringIO(download(tally, "csv").decode("utf-8-sig")))
    in_csv = {(line["row"], line["column"]): line["value"] for line in table}
    assert in_csv == {key: "" if cell["value"] is None else str(cell["value"]) for key, cell in cells.items()}

    on_screen = [
        [cell.strip() for cell in row.locator("td").all_inner_texts()]
        for row in tally.locator("table.plan tbody tr").all()
    ]
    book = openpyxl.load_workbook(io.BytesIO(download(tally, "xlsx")))
    sheet = book.worksheets[0]
    areas = {
        name: row
        for row in sheet.iter_rows(values_only=True)
        if isinstance(name := row[0], str) and len(row) > 5
    }
    names = tally.locator("table.plan tbody th").all_inner_texts()
    in_workbook = [[value for value in areas[name][1:] if value is not None] for name in names]
    assert [[number(text) for text in row if text] for row in on_screen] == in_workbook
    assert cells["370405000000", "exit_persons"]["value"] > 5000

    codes = {name: code for code, name in site.rows("select code, name from areas_area")}
    for place, part in enumerate(("", "national_")):
        figures = under_its_heads(book.worksheets[place], part)
        assert len(figures) == 7 * 16
        for (printed, column), figure in figures.items():
            name = {"全区": "台儿庄区", "运河": "运河街道"}.get(printed, f"{printed}镇")
            assert figure == expected.get((codes[name], column), 0), (printed, column)


def test_every_counted_number_opens_the_list_it_counts(tally, site):
    cells = json.loads(download(tally, "json"))["cells"]
    counted = [cell for cell in cells if cell["list_url"] and cell["row"] in ("370405000000", "370405101000")]
    assert len(counted) > 50
    for cell in counted:
        tally.goto(site.url + cell["list_url"])
        table = tally.locator("table[data-total]")
        shown = table.get_attribute("data-persons" if cell["unit"] == "persons" else "data-total")
        assert int(shown) == cell["value"], cell


def test_a_click_on_a_number_shows_its_households(tally):
    row = tally.locator("table.plan tbody tr", has=tally.get_by_role("rowheader", name="张山子"))
    link = row.locator("a[href*='kind=']").last
    figure = number(link.inner_text())
    link.click()
    table = tally.locator("table[data-total]")
    assert figure in {int(table.get_attribute("data-total")), int(table.get_attribute("data-persons"))}
    expect(table.locator("tbody tr").first).to_be_visible()
