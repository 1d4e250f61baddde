"""After signing out nobody who sits down at the desk sees anything (threats B5): the back button, also with Chromium's
cache of whole pages, a second tab that stood open, and a form sent again."""

import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM, PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def keeping(browser_type):
    """As an office has it: the pages behind the back button are kept whole, which Playwright turns off."""
    browser = browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=CHROMIUM,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    browser.close()


def entered(page: Page, url: str) -> Page:
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=username]", "village")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{url}/")
    return page


def signed_out(page: Page) -> None:
    page.click("form[action='/accounts/logout/'] button")
    page.wait_for_url(lambda address: "/accounts/login/" in address)


@pytest.fixture
def household(site) -> tuple[str, str]:
    """Number and head of one that the village may see."""
    return site.rows(
        "select h.number, p.name from households_household h join households_person p on p.household_id = h.id"
        " join accounts_duty d on d.area_id = h.village_id join accounts_user u on u.id = d.user_id"
        " where u.username = 'village' and h.removed_on is null and p.relation = '户主' and p.present order by 1 limit 1"
    )[0]


def test_the_back_button_shows_nothing(keeping, site, household):
    number, name = household
    page = entered(keeping.new_page(), site.url)
    page.goto(f"{site.url}/households/{number}/")
    expect(page.locator("main")).to_contain_text(name)
    signed_out(page)
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(1000)
        assert name not in page.content(), page.url
    assert page.locator("[name=username]").count()


def test_a_second_tab_and_a_form_sent_again_go_to_the_sign_in(keeping, site, household):
    number, name = household
    page = entered(keeping.new_page(), site.url)
    other = keeping.new_page()
    other.goto(f"{site.url}/households/{number}/visits/new/")
    other.check("[name=way] >> nth=0")
    other.fill("[name=notes]", "演示：退出以后不该存下")
    before = site.rows("select count(*) from households_visit")
    signed_out(page)
    with other.expect_navigation(url="**/accounts/login/**"):
        other.evaluate("document.querySelector('main form[method=post]').submit()")
    assert name not in other.content() and other.locator("[name=username]").count()
    assert site.rows("select count(*) from households_visit") == before
    other.goto(f"{site.url}/households/{number}/")
    assert "/accounts/login/" in other.url and name not in other.content()
