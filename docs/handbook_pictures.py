"""The pictures of the handbook (templates/accounts/handbook.html), taken from a running demonstration.

    DEMO_PASSWORD=… .venv/bin/python docs/handbook_pictures.py http://127.0.0.1:8000

Each is a WebP of 900 pixels' width under static/help/, at most 60 kB; everybody in them is invented (演示). Names
after the address take those alone. One of them uploads a workbook with errors: nothing of it is written.
"""

import base64
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from playwright.sync_api import Browser, Page, sync_playwright

PLACE = Path(__file__).resolve().parents[1] / "static/help"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WIDTH, MOST = 900, 60 * 1024
SHRINK = """async ([png, width, quality]) => {
  const picture = new Image();
  picture.src = 'data:image/png;base64,' + png;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = Math.round(picture.height * width / picture.width);
  const drawing = canvas.getContext('2d');
  drawing.imageSmoothingQuality = 'high';
  drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/webp', quality).split(',')[1];
}"""


class Shot(NamedTuple):
    """`follow`: the links that are clicked one after the other in the page's main part; `before` does what they cannot
    do; `height` in pixels at 1200 width.
    """

    name: str
    role: str
    address: str
    height: int
    follow: tuple[str, ...] = ()
    before: Callable[[Page], None] | None = None


def upload_with_errors(page: Page) -> None:
    """The village's own workbook, downloaded, spoilt in two cells and uploaded."""
    page.get_by_role("button", name="生成工作簿").click()
    with page.expect_download() as fetched:
        page.locator("#job-progress a.btn").click()
    book = openpyxl.load_workbook(io.BytesIO(fetched.value.path().read_bytes()))
    put(book["户"], "村民小组", "演示一组", row=3)
    put(book["人口"], "证件号码", "990405194002300013")
    put(book["人口"], "民族", "火星族", row=5)
    file = io.BytesIO()
    book.save(file)
    page.goto(page.url.split("/jobs/")[0] + "/imports/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files(
        "[name=file]", {"name": "采集工作簿.xlsx", "mimeType": kind, "buffer": file.getvalue()}
    )
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("button", name="只用正确的行").wait_for()


def put(sheet: Any, title: str, value: str, row: int = 2) -> None:
    next(one for one in sheet[row] if sheet.cell(1, one.column).value == title).value = value


A_HOUSEHOLD = "tbody th a, tbody td a[href^='/households/0']"
SHOTS = [
    Shot("sign-in", "", "/accounts/login/", 560),
    Shot("desk", "town", "/", 747),
    Shot("list", "town", "/households/", 747),
    Shot("household", "town", "/households/?exit_mark=未脱贫", 827, (A_HOUSEHOLD,)),
    Shot("enter", "village", "/households/new/", 827),
    Shot("findings", "town", "/findings/", 693),
    Shot(
        "change",
        "village",
        "/households/?exit_mark=未脱贫",
        747,
        (A_HOUSEHOLD, "#acts a:has-text('增加成员')"),
    ),
    Shot(
        "visit",
        "helper",
        "/households/?exit_mark=未脱贫",
        747,
        (A_HOUSEHOLD, "#visits a:has-text('登记走访')"),
    ),
    Shot("import", "village", "/imports/", 747, before=upload_with_errors),
    Shot("audit", "town", "/audits/", 827, ("tbody a[href^='/audits/']",)),
    Shot("measures", "town", "/measures/", 747),
    Shot("project", "district", "/projects/?stage=实施", 827, ("tbody a[href^='/projects/']",)),
    Shot("asked", "district", "/desk/?state=办理中", 747, ("tbody a[href^='/desk/']",)),
    Shot("lists", "district", "/departments/", 747, ("tbody a[href^='/departments/']",)),
    Shot("incident", "district", "/incidents/?state=已上报", 747, ("tbody a[href^='/incidents/']",)),
    Shot("report", "district", "/reports/", 747, ("tbody a[href^='/reports/']",)),
]


def signed_in(browser: Browser, site: str, role: str, height: int) -> Page:
    page = browser.new_context(viewport={"width": 1200, "height": height}, locale="zh-CN").new_page()
    if role:
        page.goto(f"{site}/accounts/login/")
        page.fill("[name=username]", role)
        page.fill("[name=password]", os.environ["DEMO_PASSWORD"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site}/")
    return page


def take(browser: Browser, site: str, shot: Shot) -> None:
    page = signed_in(browser, site, shot.role, shot.height)
    page.goto(site + shot.address)
    for link in shot.follow:
        page.locator("main").locator(link).first.click()
    if shot.before:
        shot.before(page)
    page.wait_for_load_state("networkidle")
    png = base64.b64encode(page.screenshot()).decode()
    page.context.close()
    # A blank page of no site: it may draw, and asks for nothing.
    blank = browser.new_page()
    for quality in (0.8, 0.65, 0.5, 0.35):
        webp = base64.b64decode(blank.evaluate(SHRINK, [png, WIDTH, quality]))
        if len(webp) <= MOST:
            break
    blank.close()
    (PLACE / f"{shot.name}.webp").write_bytes(webp)
    print(f"{shot.name}: {len(webp) // 1024} kB")


def main(site: str, *names: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for shot in [shot for shot in SHOTS if not names or shot.name in names]:
            take(browser, site.rstrip("/"), shot)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
