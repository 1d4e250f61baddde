"""`/households/find/`: numbers in the body of a POST, one answer for unknown and foreign, a row in the trail."""

import re

import pytest

from households.models import Household
from office.models import TrailRow

pytestmark = pytest.mark.django_db
ADDRESS = "/households/find/"
PHONE, ACCOUNT = "10012345678", "6222021234567890123"


@pytest.fixture
def known(ground, make_household):
    household = make_household(village=ground.village, persons=2, phone=PHONE, bank_account=ACCOUNT)
    member = household.persons.get(relation="配偶")
    member.phone, member.national_number = "0632-6611234", "QG-77001"
    member.save()
    return household


def texts(household: Household) -> dict[str, str]:
    member = household.persons.get(relation="配偶")
    return {
        "identity": member.id_number,
        "identity, small x and blanks": f" {member.id_number[:6]} {member.id_number[6:].lower()}",
        "residual number": f"{member.id_number}1234",
        "phone": PHONE,
        "phone with hyphens": "100-1234-5678",
        "full-width phone": "１００１２３４５６７８",
        "member's phone": "0632-6611234",
        "account": ACCOUNT,
        "household number": household.number,
        "person number": member.number,
        "national number": "QG-77001",
    }


@pytest.mark.parametrize(
    "kind",
    [
        "identity",
        "identity, small x and blanks",
        "residual number",
        "phone",
        "phone with hyphens",
        "full-width phone",
        "member's phone",
        "account",
        "household number",
        "person number",
        "national number",
    ],
)
def test_every_number_opens_the_record(known, signed_in, kind):
    response = signed_in("town").post(ADDRESS, {"q": texts(known)[kind]})
    assert (response.status_code, response["Location"]) == (303, f"/households/{known.number}/")


def test_who_has_left_is_found_by_number_too(known, signed_in, office_day):
    member = known.persons.get(relation="配偶")
    number = member.id_number
    known.cancel(on=known.registered_on.replace(year=2016), by=None, removal_reason="其他", origin="登记")
    assert signed_in("town").post(ADDRESS, {"q": number}).status_code == 303


@pytest.mark.parametrize("text", [PHONE, ACCOUNT])
def test_a_number_held_elsewhere_reads_like_an_unknown_one(known, signed_in, text):
    def said(asked: str) -> str:
        response = signed_in("other_town_user").post(ADDRESS, {"q": asked})
        assert response.status_code == 200
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())

    held = said(text)
    assert "未找到" in held
    Household.objects.update(phone_key="", bank_account_key="")
    assert said(text) == held


def test_a_number_of_several_households_lists_those_of_the_own_area(known, ground, make_household, signed_in):
    make_household(village=ground.sibling_village, phone=PHONE)
    make_household(village=ground.other_village, phone=PHONE)
    response = signed_in("town").post(ADDRESS, {"q": PHONE})
    assert response.status_code == 200
    assert 'data-total="2"' in response.content.decode()
    assert PHONE not in response.content.decode()


def test_the_trail_keeps_each_lookup_masked(known, signed_in):
    client = signed_in("town")
    for text in (PHONE, ACCOUNT, texts(known)["identity"], "9999 8888 7777 6666"):
        client.post(ADDRESS, {"q": text})
        assert text not in str(list(TrailRow.objects.values()))
    rows = list(TrailRow.objects.filter(action="按号码查找").order_by("pk"))
    assert [row.detail["找到"] for row in rows] == [1, 1, 1, 0]
    assert rows[0].detail["号码"] == "100****5678"
    assert rows[0].subject_id == str(known.pk)
    assert rows[3].subject_id == ""


def test_a_name_goes_to_the_list(known, signed_in):
    response = signed_in("town").post(ADDRESS, {"q": "演示甲"})
    assert response.status_code == 303
    assert response["Location"].startswith("/households/?q=")


@pytest.mark.parametrize("text", ["", "李", "·", "a\x00b", "长" * 10_000])
def test_what_cannot_be_looked_up_is_said(known, signed_in, text):
    response = signed_in("town").post(ADDRESS, {"q": text})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("text", [PHONE, ACCOUNT, "110101199003071234", "370405900307123"])
def test_no_private_number_is_looked_up_by_an_address(known, signed_in, text):
    response = signed_in("town").get("/households/", {"q": text})
    assert response.status_code == 422
    assert "/households/?" not in str(response.headers)


@pytest.mark.parametrize("text", ["%%", "__", "' OR 1=1 --", "\\\\"])
def test_signs_of_patterns_are_literal_in_the_list(known, signed_in, text):
    response = signed_in("town").get("/households/", {"q": text})
    assert 'data-total="0"' in response.content.decode()


def test_the_list_shows_which_member_was_found(known, signed_in):
    html = signed_in("town").get("/households/", {"q": "ysy"}).content.decode()
    assert 'data-total="1"' in html
    assert "演示乙" in html
    number = known.persons.get(relation="配偶").number
    assert 'data-total="1"' in signed_in("town").get("/households/", {"q": number}).content.decode()
