"""The session ends while something is typed: the page stays, says so, and goes on after a sign-in elsewhere."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser
LOST = "#lost"


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name="sessionid")


def sign_in_again(page: Page) -> None:
    """As the notice offers it: in a window of its own."""
    with page.context.expect_page() as opened:
        page.click(f"{LOST} a")
    other = opened.value
    other.fill("[name=username]", "village")
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url(lambda address: "login" not in address)
    other.close()
    page.click(f"{LOST} button")


def test_a_sheet_half_filled_stays_and_is_kept_after_signing_in_again(sign_in, site):
    page = sign_in("village")
    page.goto(f"{site.url}/households/new/")
    page.fill("[name=address]", "演示路一号")
    page.press("[name=address]", "Enter")
    expect(page.locator("#draft-said")).to_contain_text("已自动保存")
    end_session(page.context)
    page.fill("[name=villager_group]", "失联组")
    page.press("[name=villager_group]", "Enter")
    expect(page.locator(LOST)).to_contain_text("登录已经失效")
    expect(page.locator("#draft-said")).to_contain_text("还没有存上")
    assert page.input_value("[name=villager_group]") == "失联组" and page.url.endswith("/households/new/")
    sign_in_again(page)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#draft-said")).to_contain_text("已自动保存")
    # The token of the new session is taken over: the form of the old one is not refused.
    page.click(".bar button[value=draft]")
    expect(page.locator("main")).to_contain_text("草稿已存在服务器上")
    assert page.input_value("[name=villager_group]") == "失联组"
    page.click("text=不要草稿")


def test_a_form_that_stood_open_is_not_sent_into_the_sign_in(sign_in, site):
    page = sign_in("village")
    page.clock.install()
    (number,) = site.rows(
        "select number from households_household h join areas_area a on a.id = h.village_id"
        " join accounts_duty d on d.area_id = a.id join accounts_user u on u.id = d.user_id"
        " where u.username = 'village' and h.removed_on is null order by 1 limit 1"
    )[0]
    page.goto(f"{site.url}/households/{number}/visits/new/")
    page.check("[name=way] >> nth=0")
    page.fill("[name=notes]", "演示：走访时写下的话")
    page.clock.fast_forward(31 * 60_000)
    end_session(page.context)
    page.click("main form[method=post] button[type=submit]")
    expect(page.locator(LOST)).to_contain_text("登录已经失效")
    assert page.input_value("[name=notes]") == "演示：走访时写下的话"
    sign_in_again(page)
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url(f"{site.url}/households/{number}/")
    expect(page.locator("main")).to_contain_text("走访时写下的话")


def test_without_a_connection_the_page_says_so_and_keeps_what_was_typed(sign_in, site):
    page = sign_in("village")
    page.goto(f"{site.url}/households/new/")
    page.context.set_offline(True)
    page.fill("[name=villager_group]", "断网组")
    page.press("[name=villager_group]", "Enter")
    expect(page.locator("#draft-said")).to_contain_text("还没有存上")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#draft-said")).to_contain_text("已自动保存")
    page.reload()
    assert page.input_value("[name=villager_group]") == "断网组"
    page.click("text=不要草稿")
