"""Visits: recorded at the door with a photo, never changed, struck out with a reason, missed ones listed."""

import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from households.models import Household, Visit
from office import clock
from office.attachments import Attachment
from office.models import TrailRow
from tests.office import handmade as made

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
TYPED = {"visited_on": "2018-11-19", "way": "入户走访", "visitor": "演示帮", "notes": "冬小麦已种，水管漏水"}


@pytest.fixture
def household(make_household) -> Household:
    return make_household(persons=2)


def at(household: Household, *rest: object) -> str:
    return "/".join(["/households", household.number, *map(str, rest), ""])


def visited(household: Household, on: datetime.date, **more) -> Visit:
    facts = {"way": "入户走访", "visitor": "演示帮", "notes": "查看", **more}
    return Visit.objects.create(household=household, visited_on=on, **facts)


def photo(content: bytes = b"", name: str = "走访.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or made.jpeg(made.segment(0xE1, made.exif())), "image/jpeg")


def stored(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("role", "status"),
    [("helper", 303), ("village", 303), ("town", 303), ("district", 303), ("approver", 403), ("leader", 403)],
)
def test_those_who_go_there_record_visits(household, signed_in, role, status):
    assert signed_in(role).post(at(household, "visits", "new"), TYPED).status_code == status


def test_it_stands_on_the_page_with_needs_and_follow_up(household, signed_in):
    typed = {**TYPED, "needs_found": ["产业发展", "看病就医"], "follow_up": "联系水站", "satisfied": "True"}
    client = signed_in("helper")
    assert client.post(at(household, "visits", "new"), typed).status_code == 303
    html = client.get(at(household)).content.decode()
    for words in ("水管漏水", "需求：产业发展、看病就医", "联系水站", "满意", "登记走访"):
        assert words in html
    visit = household.visits.get()
    assert (visit.recorded_by.username, visit.recorded_at.astimezone(clock.SHANGHAI).date()) == (
        "helper",
        DAY,
    )
    assert TrailRow.objects.filter(action="登记走访", subject_id=str(visit.pk)).count() == 1


def test_the_form_opens_with_the_day_and_the_name(household, signed_in):
    html = signed_in("helper").get(at(household, "visits", "new")).content.decode()
    assert 'value="2018-11-20"' in html
    assert 'value="演示helper"' in html
    assert 'enctype="multipart/form-data"' in html


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"visited_on": "2018-11-21"}, "不能晚于今天"),
        ({"visited_on": "昨天"}, "日期认不出来"),
        ({"notes": " "}, "还没有填"),
        ({"follow_up_on": "2018-11-20"}, "须写明跟进措施"),
        ({"follow_up": "联系", "follow_up_on": "2018-11-01"}, "不能早于走访日期"),
    ],
)
def test_wrong_input_is_refused_and_stays(household, signed_in, wrong, said):
    answer = signed_in("helper").post(at(household, "visits", "new"), {**TYPED, **wrong})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="演示帮"' in answer.content.decode()
    assert not household.visits.exists()


def test_the_same_form_sent_twice_is_one_visit(household, signed_in):
    client = signed_in("helper")
    assert client.post(at(household, "visits", "new"), TYPED).status_code == 303
    again = client.post(at(household, "visits", "new"), TYPED)
    assert again.status_code == 422
    assert "已经登记过" in again.content.decode()
    assert household.visits.count() == 1


def test_a_photo_is_kept_sealed_without_its_position_and_given_out(household, signed_in, settings):
    client = signed_in("helper")
    assert client.post(at(household, "visits", "new"), {**TYPED, "photo": photo()}).status_code == 303
    visit = household.visits.get()
    kept = Attachment.objects.of(visit).get()
    assert made.SCAN not in stored(settings)[0].read_bytes()
    answer = client.get(at(household, "visits", visit.pk, "photos", kept.pk))
    assert answer.status_code == 200
    assert made.SCAN in answer.content
    assert made.GPS not in answer.content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert kept.label == "走访.jpg"
    assert TrailRow.objects.filter(action="查看走访照片").count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [("other_village_user", 404), ("other_town_user", 404), ("department", 403)]
)
def test_a_photo_is_shown_to_who_may_see_the_household(household, signed_in, role, status):
    signed_in("helper").post(at(household, "visits", "new"), {**TYPED, "photo": photo()})
    visit, kept = household.visits.get(), Attachment.objects.get()
    assert signed_in(role).get(at(household, "visits", visit.pk, "photos", kept.pk)).status_code == status


def test_a_visit_is_found_only_under_its_own_household(household, make_household, signed_in):
    other = make_household()
    signed_in("helper").post(at(household, "visits", "new"), {**TYPED, "photo": photo()})
    address = at(other, "visits", household.visits.get().pk, "photos", Attachment.objects.get().pk)
    assert signed_in("helper").get(address).status_code == 404


def test_several_photos_of_one_visit(household, signed_in):
    client = signed_in("helper")
    typed = {**TYPED, "photo": [photo(name="门口.jpg"), photo(name="院里.jpg"), photo(name="水管.jpg")]}
    assert client.post(at(household, "visits", "new"), typed).status_code == 303
    visit = household.visits.get()
    kept = list(Attachment.objects.of(visit))
    assert [one.label for one in kept] == ["门口.jpg", "院里.jpg", "水管.jpg"]
    html = client.get(at(household)).content.decode()
    for place, one in enumerate(kept, 1):
        address = at(household, "visits", visit.pk, "photos", one.pk)
        assert f'<a href="{address}">照片 {place}</a>' in html
        assert client.get(address).status_code == 200
    assert TrailRow.objects.get(action="登记走访").detail["照片"] == 3


def test_one_bad_photo_keeps_none(household, signed_in, settings):
    typed = {**TYPED, "photo": [photo(), photo(b"<svg/>")]}
    assert signed_in("helper").post(at(household, "visits", "new"), typed).status_code == 422
    assert not household.visits.exists() and not stored(settings)


def test_more_photos_than_can_be_are_refused(household, signed_in):
    typed = {**TYPED, "photo": [photo() for _ in range(11)]}
    answer = signed_in("helper").post(at(household, "visits", "new"), typed)
    assert answer.status_code == 422 and "最多选 10 个" in answer.content.decode()


@pytest.mark.parametrize("content", [b"<svg/>", made.PDF, made.png(30_000, 30_000), made.jpeg()[:-2]])
def test_a_file_that_is_no_photo_is_refused_and_nothing_is_kept(household, signed_in, settings, content):
    answer = signed_in("helper").post(at(household, "visits", "new"), {**TYPED, "photo": photo(content)})
    assert answer.status_code == 422
    assert "水管漏水" in answer.content.decode()
    assert not household.visits.exists()
    assert not stored(settings)


def test_a_full_disk_loses_neither_the_page_nor_half_a_visit(household, signed_in, settings):
    Path(settings.MEDIA_ROOT).parent.mkdir(exist_ok=True)
    Path(settings.MEDIA_ROOT).write_text("a file where the folder should be")
    answer = signed_in("helper").post(at(household, "visits", "new"), {**TYPED, "photo": photo()})
    assert answer.status_code == 422
    assert "没有存下" in answer.content.decode()
    assert not household.visits.exists()


def test_struck_out_it_stays_with_its_reason(household, signed_in, cast):
    visit = visited(household, DAY, recorded_by=cast["helper"])
    client, address = signed_in("helper"), at(household, "visits", visit.pk, "strike")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "写错了户"}).status_code == 303
    assert client.post(address, {"reason": "再来"}).status_code == 409
    visit.refresh_from_db()
    assert (visit.struck_reason, visit.struck_by) == ("写错了户", cast["helper"])
    html = client.get(at(household)).content.decode()
    assert "<s>查看</s>" in html
    assert "写错了户" in html
    assert TrailRow.objects.get(action="作废走访").detail["原因"] == "写错了户"


@pytest.mark.parametrize(("role", "status"), [("village", 403), ("town", 303), ("district", 303)])
def test_another_persons_visit_is_struck_out_by_town_or_district(household, signed_in, cast, role, status):
    visit = visited(household, DAY, recorded_by=cast["helper"])
    answer = signed_in(role).post(at(household, "visits", visit.pk, "strike"), {"reason": "重复"})
    assert answer.status_code == status


def test_no_address_changes_a_visit(household, signed_in):
    visit = visited(household, DAY)
    assert signed_in("district").post(at(household, "visits", visit.pk), TYPED).status_code == 404


def test_households_not_visited_are_listed(make_household, signed_in, cast):
    fresh, old, never, struck = (make_household() for _ in range(4))
    visited(fresh, datetime.date(2018, 8, 23))  # 89 days before
    visited(old, datetime.date(2018, 8, 22))  # 90 days before
    visited(struck, DAY, struck_at="2018-11-20T04:00Z", struck_by=cast["town"], struck_reason="写错了户")
    client = signed_in("town")
    html = client.get("/households/not-visited/").content.decode()
    assert 'data-total="3"' in html
    assert fresh.number not in html
    assert all(one.number in html for one in (old, never, struck))
    assert "2018年8月22日" in html
    assert 'data-total="2"' in client.get("/households/not-visited/?days=91").content.decode()


def test_the_days_are_a_setting(make_household, signed_in, settings):
    visited(make_household(), datetime.date(2018, 11, 1))
    settings.VISIT_DAYS = 10
    assert 'data-total="1"' in signed_in("town").get("/households/not-visited/").content.decode()


@pytest.mark.parametrize("days", ["0", "-3", "x", "99999999"])
def test_days_that_are_no_number_are_refused(make_household, signed_in, days):
    make_household()
    assert signed_in("town").get(f"/households/not-visited/?days={days}").status_code == 422


def test_the_list_counts_by_village(make_household, ground, signed_in):
    make_household(persons=3)
    make_household(village=ground.sibling_village, persons=1)
    html = signed_in("town").get("/households/not-visited/").content.decode()
    for village, persons in ((ground.village, 3), (ground.sibling_village, 1)):
        assert (
            f'area={village.code}">{village.name}</a></th><td class="n">1</td><td class="n">{persons}</td>'
            in html
        )


def test_statements_do_not_grow_with_the_list(make_household, signed_in, django_assert_num_queries):
    make_household()
    client = signed_in("town")
    client.get("/households/not-visited/")
    with django_assert_num_queries(11) as before:
        client.get("/households/not-visited/")
    for _ in range(5):
        visited(make_household(), datetime.date(2018, 1, 1))
    with django_assert_num_queries(len(before)):
        client.get("/households/not-visited/")
