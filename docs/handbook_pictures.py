"""The pictures of the handbook (templates/accounts/handbook.html), taken from a running demonstration.

    DEMO_PASSWORD=… .venv/bin/python docs/handbook_pictures.py http://127.0.0.1:8000

Each is a WebP of 900 pixels' width under static/help/, at most 60 kB; everybody in them is invented (演示).
"""

import base64
import os
import sys
from pathlib import Path
from typing import NamedTuple

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
    """`follow`: the link in the page's main part that is clicked first; `height` in pixels at 1200 width."""

    name: str
    role: str
    address: str
    height: int
    follow: str = ""


SHOTS = [
    Shot("sign-in", "", "/accounts/login/", 560),
    Shot("desk", "town", "/", 747),
    Shot("list", "town", "/households/", 747),
    Shot(
        "household", "town", "/households/?state=在册", 827, "tbody th a, tbody td a[href^='/households/0']"
    ),
    Shot("enter", "village", "/households/new/", 827),
    Shot("findings", "town", "/findings/", 693),
    Shot("audit", "town", "/audits/", 827, "tbody a[href^='/audits/']"),
    Shot("report", "district", "/reports/", 747, "tbody a[href^='/reports/']"),
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
    if shot.follow:
        page.locator("main").locator(shot.follow).first.click()
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


def main(site: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for shot in SHOTS:
            take(browser, site.rstrip("/"), shot)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
