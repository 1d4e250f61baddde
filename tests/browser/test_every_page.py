"""Every page, driven by the permission table: nothing serious for axe, no sideways scroll, nothing in the
console, nothing cut on paper (issue B "Must show", threats B10).

The county is a copy of the demonstration with a record of every kind beside it (tests/browser/stage.py).
Whatever the table lists is asked for: a page is looked at, a file or a fragment has to be one.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, Page

from accounts.roles import CAPABILITIES, Role
from tests.browser.conftest import PASSWORD, Staged
from tests.permission_table import ANYONE, SIGNED_IN, TABLE, Rule

pytestmark = pytest.mark.browser

ADDRESSES = [name for name, rule in TABLE.items() if rule.get is not None]
# What these may answer on the day of the demonstration: no kind of watch has begun, a file without such rows.
STATUS = {
    "households:watch-new": {409},
    "households:import-good-rows": {200, 409},
    "households:import-bad-rows": {200, 409},
    # The demonstration asks nobody for a second factor.
    "accounts:second-factor": {409},
    "accounts:second-factor-new": {409},
    # Opened from a figure alone, which says what is listed.
    "measures:coverage-list": {200, 422},
    "measures:coverage-tick": {200, 422},
    # What the household comes to may be the strictest already.
    "audits:overrule": {200, 409},
    # At another stage than the list's; before there is an answer.
    "audits:notice-new": {200, 409},
    "audits:objection-answer": {200, 409},
}
OK = {200}


class View(NamedTuple):
    role: str
    name: str
    query: str = ""
    of: str = ""
    statuses: Collection[int] = OK


# Pages that look otherwise by who asks or by what is asked for.
MORE = {
    **{f"workbench of {role}": View(role, "reporting:workbench") for role in Role},
    **{f"board of {role}": View(role, "reporting:dashboard") for role in (Role.TOWN, Role.VILLAGE)},
    "board by incidence": View(Role.DISTRICT, "reporting:dashboard", "?shade=incidence&year=2017"),
    "board of a year without figures": View(Role.DISTRICT, "reporting:dashboard", "?year=2009"),
    "distribution by town": View(Role.DISTRICT, "reporting:wall-distribution", "?by=child&shade=progress"),
    "campaign of a town": View(Role.TOWN, "reporting:wall-campaign"),
    "pairing of every village": View(Role.DISTRICT, "reporting:wall-pairing", "?of=all"),
    "narrow list": View(Role.TOWN, "households:list", "?cause=因病"),
    "empty list": View(Role.VILLAGE, "households:list", "?q=查无此人"),
    "household by the village": View(Role.VILLAGE, "households:detail"),
    "household by the helper": View(Role.HELPER, "households:detail"),
    "household with a shock, watched": View(Role.DISTRICT, "households:detail", of="household_watched"),
    "household in 2016": View(Role.DISTRICT, "households:detail", "?on=2016-12-31"),
    "all of the history": View(Role.DISTRICT, "households:history", "?shown=all"),
    "no such page": View(Role.DISTRICT, "households:list", "nothing/", statuses={404}),
    "refused": View(Role.DEPARTMENT, "households:list", statuses={403}),
}
# Whose desk a page is walked at: the first who may.
ORDER = (Role.DISTRICT, Role.TOWN, Role.VILLAGE, Role.SECURITY, Role.AUDITOR, Role.ADMIN, Role.DEPARTMENT)
PHONE, DESK = 390, 1366
# What is left of A4 between the margins of print.css, in CSS pixels (96 an inch).
PORTRAIT, LANDSCAPE = 688, 1046
# The 挂图 are printed on A3 (boards.css).
WALL = 1512
SERIOUS = {"serious", "critical"}

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Fields that reach over the one beside them.
OVER = """() => [...document.querySelectorAll('.field')].flatMap(field =>
  [...field.querySelectorAll(':scope > :is(input, select, textarea)')]
    .filter(one => one.getBoundingClientRect().right > field.getBoundingClientRect().right + 1)
    .map(one => one.name))"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => { one.open = true })"
CUT = """width => {
  const cut = new Set(), range = document.createRange(), seen = 'main td, main th, main svg, main img';
  const say = (node, right) => cut.add(`${(node.textContent || node.nodeName).trim().slice(0, 30)} → ${Math.round(right)}`);
  for (const one of document.querySelectorAll(seen)) {
    const box = one.getBoundingClientRect();
    if (box.width && box.right > width + 1) say(one, box.right);
  }
  const words = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const word = words.currentNode;
    if (!word.textContent.trim()) continue;
    range.selectNodeContents(word);
    for (const box of range.getClientRects())
      if (box.width > 1 && (box.right > width + 1 || box.left < -1) && !word.parentElement.closest('.only-read')) say(word, box.right);
    const cell = word.parentElement.closest('td, th');
    if (cell && cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX !== 'visible') say(cell, cell.scrollWidth);
  }
  return [...cut].slice(0, 8);
}"""


def role_for(rule: Rule) -> str | None:
    """Who opens the page; None is nobody signed in."""
    if rule.get == ANYONE:
        return None
    if rule.get == SIGNED_IN:
        return Role.DISTRICT
    needs = set(rule.get if isinstance(rule.get, tuple) else (rule.get,))
    return next(role for role in ORDER if needs <= CAPABILITIES[role])


class Desk:
    """One tab a person, signed in once; what the page complains of is kept."""

    def __init__(self, browser: Browser, site: Staged, role: str | None) -> None:
        context = browser.new_context(viewport={"width": DESK, "height": 768}, locale="zh-CN")
        self.page: Page = context.new_page()
        self.said: list[str] = []
        if role is not None:
            self.page.goto(f"{site.url}/accounts/login/")
            self.page.fill("[name=username]", role)
            self.page.fill("[name=password]", PASSWORD)
            self.page.press("[name=password]", "Enter")
            self.page.wait_for_url(f"{site.url}/")
        self.page.on("console", lambda one: self.said.append(one.text) if one.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((site.url, "data:", "blob:")) else self.said.append(asked.url)
            ),
        )

    def faults(self, address: str, statuses: Collection[int] = OK) -> list[str]:
        """What is wrong with the answer, each fault in a line."""
        page, wrong = self.page, []
        asked = page.request.get(address, max_redirects=0)
        if not is_page(asked):
            return [] if asked.status in statuses else [f"answers {asked.status}"]
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": DESK, "height": 768})
        self.said.clear()
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        if page.locator("[hx-trigger*='load']").count():
            page.wait_for_load_state("networkidle")
        if answer.status not in statuses or page.url.split("?")[0] != address.split("?")[0]:
            return [f"answers {answer.status} at {page.url}"]
        # A browser tells its console of every answer over 400, the wanted one too.
        wrong += [f"console: {one}" for one in self.said if statuses is OK or "Failed to load" not in one]
        page.evaluate(OPEN_ALL)
        if over := page.evaluate(SIDEWAYS):
            wrong.append(f"{over} px too wide at {DESK}")
        wrong += axe_faults(page)
        page.set_viewport_size({"width": PHONE, "height": 844})
        if over := page.evaluate(SIDEWAYS):
            wrong.append(f"{over} px too wide at {PHONE}")
        wrong += [f"over its field at {PHONE}: {one}" for one in page.evaluate(OVER)]
        body = (page.get_attribute("body", "class") or "").split()
        paper = WALL if "wall" in body else LANDSCAPE if "wide" in body else PORTRAIT
        page.emulate_media(media="print")
        page.set_viewport_size({"width": paper, "height": 1000})
        wrong += [f"cut on paper: {one}" for one in page.evaluate(CUT, paper)]
        return wrong


def is_page(answer: APIResponse) -> bool:
    """Neither a file to keep nor a fragment of a page nor an answer for monitors."""
    return (
        answer.status >= 300
        or "attachment" not in answer.headers.get("content-disposition", "")
        and answer.body().lstrip()[:9].lower() == b"<!doctype"
    )


def axe_faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"axe {one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]


@pytest.fixture(scope="module")
def desks(browser: Browser, staged: Staged) -> Iterator[dict[str | None, Desk]]:
    class Desks(dict):
        def __missing__(self, role: str | None) -> Desk:
            self[role] = Desk(browser, staged, role)
            return self[role]

    opened = Desks()
    yield opened
    for desk in opened.values():
        desk.page.context.close()


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_holds_at_the_desk_on_the_phone_and_on_paper(desks, staged, name):
    rule = TABLE[name]
    wrong = desks[role_for(rule)].faults(staged.address(name, rule.of), STATUS.get(name, OK))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("what", MORE)
def test_so_does_what_a_page_becomes_by_who_asks_and_for_what(desks, staged, what):
    view = MORE[what]
    address = staged.address(view.name, view.of or TABLE[view.name].of) + view.query
    wrong = desks[view.role].faults(address, view.statuses)
    assert not wrong, "\n".join(wrong)


def test_eyes_see_what_is_wrong(desks):
    """A page with every fault is found out in each."""
    page = desks[None].page.context.new_page()
    page.set_content(
        "<!doctype html><main><img src='data:,' width=9><table width=2000><td>甲<td>乙</table>"
        "<div class=field style='width: 9px'><input name=year></div></main>"
    )
    assert page.evaluate(OVER) == ["year"]
    assert page.evaluate(SIDEWAYS) > 0
    assert {line.split()[1] for line in axe_faults(page)} >= {"html-has-lang", "image-alt"}
    assert page.evaluate(CUT, PORTRAIT)
    page.close()
