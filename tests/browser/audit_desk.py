"""People at their desks in one browser: who is signed in changes, the day moves on, everything else is clicked."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from audits.models import AuditList
from tests.office.handmade import PDF, png

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Desk:
    """`page` shows what the one who was last seated sees."""

    def __init__(self, page: Page, url: str, cast: dict[str, Any], set_day: Callable, folder: Path) -> None:
        self.page, self.url, self.cast, self.set_day = page, url, cast, set_day
        self.clicks = 0
        self.scan, self.photo = folder / "scan.pdf", folder / "sheet.png"
        self.scan.write_bytes(PDF)
        self.photo.write_bytes(png())

    def seat(self, role: str, at: str = "/") -> Page:
        """The person of this role at the page, signed in on the same machine."""
        client = Client()
        client.force_login(self.cast[role], backend=BACKEND)
        self.page.context.clear_cookies()
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}]
        )
        self.page.goto(self.url + at)
        return self.page

    def day(self, day: datetime.date) -> None:
        self.set_day(day)

    def click(self, found: Locator) -> None:
        self.clicks += 1
        found.click()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str | re.Pattern) -> None:
        self.click(self.page.get_by_role("link", name=name).first)

    def said(self, words: str) -> None:
        expect(self.page.locator(".flash")).to_contain_text(words)

    def refused(self, words: str) -> None:
        expect(self.page.locator(".note-err")).to_contain_text(words)

    # what a stage asks for, by hand

    def papers(self) -> None:
        """Every paper that is still missing, each with its scan."""
        missing = self.page.locator("#papers a[href*='evidence/new/?kind=']")
        while missing.count():
            self.click(missing.first)
            self.page.set_input_files("[name=file]", self.scan)
            self.click(self.page.locator("form[data-action=attach] button[type=submit]"))

    def agree(self) -> None:
        for box in self.page.locator("#entries input[name=entry]").all():
            self.click(box)
        self.press("登记认可")
        self.click(self.page.locator("form[data-action=agree-ticked] button[type=submit]"))

    def post(self, level: str = "") -> None:
        self.follow("登记张贴")
        if level:
            self.click(self.page.get_by_label(level, exact=True))
        self.page.fill("[name=place]", "村务公开栏")
        self.page.fill("[name=telephone]", "0632-6611234")
        self.page.set_input_files("[name=photo]", self.photo)
        self.click(self.page.locator("form[data-action=post-notice] button[type=submit]"))

    def accept(self) -> None:
        self.follow("登记验收")
        self.page.fill("[name=team]", "演示组长、演示组员")
        for box in self.page.get_by_label("符合", exact=True).all():
            self.click(box)
        for box in self.page.get_by_label("属实", exact=True).all():
            self.click(box)
        for day in self.page.locator("#homes input:not([type=radio])").all():
            day.fill(settings.OFFICE_DAY)
        for text in self.page.locator("#homes textarea").all():
            text.fill("收入属实，住房安全")
        self.click(self.page.locator("form[data-action=accept] button[type=submit]"))

    def too_soon(self, words: str) -> None:
        """The dashed button still answers, with why not."""
        button = self.page.locator("form[data-action=pass] button[type=submit]")
        expect(button).to_have_attribute("aria-disabled", "true")
        self.clicks += 1
        button.click(force=True)
        self.refused(words)

    def pass_on(self) -> None:
        self.click(self.page.locator("form[data-action=pass] button[type=submit]"))
        expect(self.page.locator(".flash")).to_contain_text("已通过")


def stage_of(pk: int) -> str | None:
    found = AuditList.objects.get(pk=pk)
    return found.stage if found.is_open else None
