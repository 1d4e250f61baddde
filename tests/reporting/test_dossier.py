"""The printed file of a household (一户一档) and the card at its door (明白卡)."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from households.models import Helper, Survey, Visit
from office import attachments
from office.models import TrailRow
from tests.office.handmade import png

pytestmark = pytest.mark.django_db
ACCOUNT, PHONE = "6228489904057391046", "13966150372"


@pytest.fixture
def household(make_household):
    """A household of two with a helper, a visit with its photo and a survey."""
    made = make_household(persons=2, phone=PHONE, bank_account=ACCOUNT, address="演示路1号")
    Helper.objects.create(
        household=made,
        name="演示帮",
        phone="13955040263",
        unit_name="演示镇农业站",
        affiliation="乡(镇、街道)",
        plan="种植大棚两亩",
        start_on=datetime.date(2016, 3, 1),
    )
    visit = Visit.objects.create(
        household=made,
        visited_on=datetime.date(2018, 9, 1),
        way="入户走访",
        visitor="演示帮",
        notes="看了大棚",
    )
    with attachments.on_disk(attachments.check(SimpleUploadedFile("大棚.png", png()))) as photo:
        photo.bind(visit, by=None, at=timezone.now())
    Survey(
        household=made,
        year=2017,
        state="已填报",
        member_count=2,
        surveyor="演示采集员",
        surveyed_on=datetime.date(2017, 12, 10),
        wage_income=9000,
        business_income=1000,
        property_income=0,
        business_expense=0,
        food_assured=True,
        check_basic_data=True,
    ).save()
    return made


def page(client, url, name, household) -> str:
    answer = client.get(url(name, household.number))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_file_holds_every_part_with_numbers_masked(household, signed_in, url):
    text = page(signed_in("town"), url, "reporting:dossier", household)
    for part in ("基本情况", "家庭成员", "五核对一规范", "状态变动", "走访", "附件目录"):
        assert f"<h2>{part}" in text
    for told in ("演示甲", "演示乙", "种植大棚两亩", "看了大棚", "大棚.png", "5,000.00", "139****0372"):
        assert told in text
    for person in household.persons.all():
        assert person.id_number not in text
    assert ACCOUNT not in text and PHONE not in text


def test_the_card_tells_who_why_by_whom_and_how_much(household, signed_in, url):
    text = page(signed_in("village"), url, "reporting:card", household)
    for told in ("演示甲", "2 人", "因病", "演示帮", "演示镇农业站", "种植大棚两亩", "5,000.00"):
        assert told in text


def test_the_card_tells_the_passer_by_nothing_more(household, signed_in, url):
    """No number even masked, nobody but the head, no address, no health (quality S2)."""
    text = page(signed_in("village"), url, "reporting:card", household)
    for word in ("****", "演示乙", "演示路1号", "健康", "1395", PHONE, ACCOUNT):
        assert word not in text


@pytest.mark.parametrize("name", ["reporting:dossier", "reporting:card"])
def test_it_is_seen_by_who_sees_the_household_and_each_view_is_in_the_trail(household, signed_in, url, name):
    assert signed_in("other_town_user").get(url(name, household.number)).status_code == 404
    assert signed_in("department").get(url(name, household.number)).status_code in {403, 404}
    page(signed_in("town"), url, name, household)
    assert TrailRow.objects.filter(action__startswith="打印", detail__户编号=household.number).count() == 1


def test_the_household_leads_to_both(household, signed_in, url):
    text = page(signed_in("town"), url, "households:detail", household)
    assert (
        url("reporting:dossier", household.number) in text and url("reporting:card", household.number) in text
    )


def test_an_applicant_without_anything_has_a_file_and_a_card_too(make_household, signed_in, url):
    applicant = make_household(persons=1, on=None)
    for name in ("reporting:dossier", "reporting:card"):
        assert "未纳入" in page(signed_in("town"), url, name, applicant)
