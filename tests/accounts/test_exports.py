"""Lists as files: the same rows, order, columns and rights as the page, made once, handed to their owner alone."""

import csv
import datetime
import io
import re
import uuid
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Duty
from households.models import Helper, Household
from office import exports, jobs
from office.job_run import claim
from office.models import Export, Job, JobState, TrailRow
from office.pii import CannotOpen
from office.sealed_file import SealedFile, pieces

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
LISTS = [
    "households:list",
    "households:events",
    "households:members",
    "households:findings",
    "households:without-helper",
    "households:not-settled",
    "households:not-visited",
    "households:helpers",
    "households:watch",
    "households:visits",
    "households:duplicates",
    "households:full-exports",
    "villages:list",
    "villages:events",
]


def ask(client, key, query="", *, format="xlsx", once=""):
    asked = {"list": key, "query": query, "format": format, "once": once or uuid.uuid4().hex}
    return client.post(reverse("accounts:export-new"), asked)


def done(answer) -> Job:
    """The job that the answer leads to, after a worker has been at it."""
    assert answer.status_code == 303, answer.content.decode()
    pk = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    jobs.run_job(pk)
    return Job.objects.get(pk=pk)


def fetched(client, job) -> bytes:
    assert job.state == JobState.DONE, job.error
    answer = client.get(job.result["url"])
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(content: bytes) -> list[list]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.fixture
def three(ground, make_household):
    return [
        make_household(village=ground.village, persons=2, phone="13966150372"),
        make_household(village=ground.sibling_village, persons=3, poverty_cause="因残"),
        make_household(village=ground.other_village, persons=4),
    ]


@pytest.mark.parametrize("key", LISTS)
def test_every_list_offers_itself_and_its_file_has_the_columns_and_rows_of_the_page(three, signed_in, key):
    Helper.objects.create(
        household=three[0],
        name="=演示帮",
        phone="13900005678",
        unit_name="演示局",
        affiliation="县",
        start_on=datetime.date(2018, 3, 1),
    )
    client = signed_in("district")
    page = client.get(reverse(key))
    html = page.content.decode()
    assert f'name="list" value="{key}"' in html
    assert 'data-action="export"' in html
    content = fetched(client, done(ask(client, key)))
    with ZipFile(io.BytesIO(content)) as parts:
        text = b"".join(map(parts.read, parts.namelist())).decode()
    private = [person.id_number for home in three for person in home.persons.all()]
    assert not [word for word in (*private, "13966150372", "13900005678") if word in text]
    table = rows(content)
    assert table[0] == [column.label for column in page.context["columns"]]
    assert len(table) - 1 == len(page.context["page"].rows)


@pytest.mark.parametrize(("key", "role"), [("accounts:trail", "auditor"), ("accounts:jobs", "town")])
def test_trail_and_jobs_are_exported_by_who_may_see_them(signed_in, key, role):
    client = signed_in(role)
    client.get(reverse("accounts:trail"))
    assert rows(fetched(client, done(ask(client, key))))[0][0] in ("时间", "事项")


def test_the_file_has_filter_order_and_chosen_columns_of_the_page(three, ground, signed_in):
    client = signed_in("district")
    query = urlencode(
        {"area": ground.county.code, "sort": "-persons", "column": ["persons", "cause"]}, doseq=True
    )
    table = rows(fetched(client, done(ask(client, "households:list", query))))
    assert table[0] == ["户编号", "户主", "人口", "主要致贫原因"]
    assert [line[0] for line in table[1:]] == [three[2].number, three[1].number, three[0].number]
    assert [line[2] for line in table[1:]] == [4, 3, 2]
    narrowed = rows(fetched(client, done(ask(client, "households:list", "cause=因残"))))
    assert [line[0] for line in narrowed[1:]] == [three[1].number]


def test_what_the_list_does_not_know_is_not_kept(three, signed_in):
    typed = f"phone=13966150372&id={three[0].head.id_number}&sort=13966150372&column=13966150372&cause=因残&after=x"
    done(ask(signed_in("district"), "households:list", typed))
    assert QueryDict(Export.objects.get().query).dict() == {"cause": "因残"}


@pytest.mark.parametrize(
    "number", ["13966150372", "139 6615 0372", "990405199001011234", "6228480000000000011"]
)
@pytest.mark.parametrize(
    ("key", "field", "role"),
    [
        ("households:list", "q", "district"),
        ("households:helpers", "q", "district"),
        ("villages:list", "q", "district"),
        ("measures:list", "q", "district"),
        ("accounts:trail", "person", "auditor"),
        ("accounts:trail", "action", "auditor"),
    ],
)
def test_no_list_is_asked_for_by_a_private_number(three, signed_in, key, field, role, number):
    client, query = signed_in(role), urlencode({field: number})
    assert "页面顶端的“查找”" in client.get(f"{reverse(key)}?{query}").content.decode()
    assert ask(client, key, query).status_code == 422
    assert not Export.objects.exists()


def test_a_sweep_meets_files_that_have_just_gone(three, signed_in, settings, monkeypatch):
    done(ask(signed_in("district"), "households:list"))
    settings.EXPORT_DAYS = 0
    real = Path.stat

    def quicker(self, **options):
        if self.suffix == ".sealed":
            self.unlink(missing_ok=True)
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", quicker)
    assert exports.expire() == 0
    assert not Export.objects.exists()


def test_every_row_of_a_list_of_many_pages_is_there_once_in_order(
    ground, make_household, signed_in, monkeypatch
):
    monkeypatch.setattr("office.listing.Listed.batches.__defaults__", ("", 7))
    numbers = [make_household(persons=1).number for _ in range(23)]
    client = signed_in("town")
    table = rows(fetched(client, done(ask(client, "households:list"))))
    assert [line[0] for line in table[1:]] == numbers


def test_a_place_in_the_list_does_not_cut_the_file(three, signed_in):
    client = signed_in("district")
    table = rows(fetched(client, done(ask(client, "households:list", "after=WyIx&before=x"))))
    assert len(table) == 4


def test_numbers_stay_masked(three, signed_in):
    client = signed_in("district")
    table = rows(fetched(client, done(ask(client, "households:list", "column=phone"))))
    assert table[1][2] == "139****0372"


def test_text_that_looks_like_a_formula_stays_text(three, signed_in):
    head = three[0].head
    head.name = "=HYPERLINK(1)"
    head.save(update_fields=["name"])
    client = signed_in("district")
    content = fetched(client, done(ask(client, "households:list")))
    cell = load_workbook(io.BytesIO(content)).active["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == ("=HYPERLINK(1)", "s", None)
    text = fetched(client, done(ask(client, "households:list", format="csv"))).decode()
    assert list(csv.reader(io.StringIO(text)))[1][1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_an_empty_list_is_a_file_of_heads(ground, signed_in, format):
    client = signed_in("district")
    content = fetched(client, done(ask(client, "households:list", format=format)))
    table = rows(content) if format == "xlsx" else list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(table) == 1
    assert table[0][:2] == ["户编号", "户主"]


def test_asked_five_times_it_is_one_job_whether_under_way_or_done(three, signed_in):
    client, once = signed_in("town"), uuid.uuid4().hex
    first = [ask(client, "households:list", once=once)["Location"] for _ in range(3)]
    done(ask(client, "households:list", once=once))
    last = [ask(client, "households:list", once=once)["Location"] for _ in range(2)]
    assert len({*first, *last}) == 1
    assert Export.objects.count() == Job.objects.filter(kind="list-export").count() == 1


def test_another_page_asking_for_the_same_joins_the_job_under_way(three, signed_in):
    client = signed_in("town")
    asked = [
        ask(client, "households:list", query)["Location"] for query in ("cause=因病", "after=x&cause=因病")
    ]
    assert len(set(asked)) == 1
    assert ask(client, "households:list", "cause=因残")["Location"] not in asked
    assert ask(signed_in("village"), "households:list", "cause=因病")["Location"] not in asked


def test_a_later_page_gets_what_is_true_by_then(three, make_household, signed_in):
    client = signed_in("district")
    before = fetched(client, done(ask(client, "households:list")))
    make_household()
    assert len(rows(fetched(client, done(ask(client, "households:list"))))) == len(rows(before)) + 1


def test_a_long_list_does_not_keep_short_ones_waiting(three, signed_in, monkeypatch):
    client = signed_in("district")
    assert done(ask(client, "households:list")).queue == "office"
    monkeypatch.setattr(exports, "LONG", 2)
    job = done(ask(client, "households:list"))
    assert (job.queue, job.state) == ("bulk", JobState.DONE)


@pytest.mark.parametrize("role", ["department", "auditor", "outsider"])
def test_who_may_not_see_the_list_gets_no_file(three, signed_in, role):
    assert ask(signed_in(role), "households:list").status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"list": "households:detail"}, 404),
        ({"list": "no:thing"}, 404),
        ({"query": "area=990000000000"}, 404),
        ({"query": "area=370406000000"}, 404),
        ({"query": "cause=x"}, 422),
        ({"query": "q=990405195006151234"}, 422),
        ({"format": "exe"}, 422),
        ({"once": "x"}, 422),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_makes_no_job(three, signed_in, asked, status):
    data = {"list": "households:list", "query": "", "format": "csv", "once": "0" * 32, **asked}
    assert signed_in("town").post(reverse("accounts:export-new"), data).status_code == status
    assert not Job.objects.exists()


def test_scope_is_that_of_the_moment_the_file_is_made(three, ground, cast, signed_in):
    client = signed_in("town")
    answer = ask(client, "households:list")
    Duty.objects.filter(user=cast["town"]).update(area=ground.other_town)
    table = rows(fetched(client, done(answer)))
    assert [line[0] for line in table[1:]] == [three[2].number]


def test_a_right_that_is_gone_makes_no_file(three, cast, signed_in):
    answer = ask(signed_in("town"), "households:list")
    Duty.objects.filter(user=cast["town"]).update(end_on=datetime.date(2018, 1, 1))
    job = done(answer)
    assert job.state == JobState.FAILED
    assert not list(exports.folder().glob("*"))


def test_a_file_is_handed_to_its_owner_while_the_right_lasts(three, ground, cast, signed_in, office_day):
    client = signed_in("town")
    job = done(ask(client, "households:list"))
    url = job.result["url"]
    for other in ("district", "village", "other_town_user"):
        assert signed_in(other).get(url).status_code == 404
    assert signed_in(None).get(url).status_code == 302
    duty = Duty.objects.filter(user=cast["town"])
    duty.update(area=ground.other_town)
    assert client.get(url).status_code == 404
    duty.update(area=ground.town, end_on=datetime.date(2018, 1, 1))
    assert client.get(url).status_code in (403, 404)
    duty.update(end_on=None)
    assert client.get(url).status_code == 200
    Export.objects.update(made_at=timezone.now() - datetime.timedelta(days=7, minutes=1))
    assert client.get(url).status_code == 404


def test_the_file_is_sealed_on_disk_and_expires(three, signed_in, settings):
    client = signed_in("town")
    done(ask(client, "households:list", format="csv"))
    (path,) = exports.folder().glob("*")
    assert three[0].number.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert exports.expire() == 0
    settings.EXPORT_DAYS = 0
    assert exports.expire() == 1
    assert not Export.objects.exists()


def test_pieces_open_in_their_file_and_order_only(tmp_path):
    uid, other = uuid.uuid4(), uuid.uuid4()
    content = bytes(range(256)) * 12_000
    with SealedFile(tmp_path / "a", uid) as file:
        for at in range(0, len(content), 70_000):
            file.write(content[at : at + 70_000])
    assert b"".join(pieces(tmp_path / "a", uid)) == content
    with pytest.raises(CannotOpen):
        list(pieces(tmp_path / "a", other))
    whole = (tmp_path / "a").read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    (tmp_path / "cut").write_bytes(whole[:first])
    with pytest.raises(CannotOpen):
        list(pieces(tmp_path / "cut", uid))
    (tmp_path / "turned").write_bytes(whole[first:] + whole[:first])
    with pytest.raises(CannotOpen):
        list(pieces(tmp_path / "turned", uid))


def test_a_failed_attempt_leaves_no_file(three, signed_in, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no room")

    monkeypatch.setattr("office.trail.record", broken)
    client = signed_in("town")
    job = done(ask(client, "households:list"))
    assert job.state == JobState.FAILED
    assert not list(exports.folder().glob("*"))
    assert Export.objects.get().made_at is None


def test_a_worker_that_lost_the_job_leaves_the_file_of_the_other(three, signed_in):
    client = signed_in("town")
    pk = ask(client, "households:list", format="csv")["Location"].rstrip("/").rsplit("/", 1)[-1]
    export, url = Export.objects.get(), "/exports/1/"
    slow = claim(pk, "slow")
    Job.objects.filter(pk=pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    quick = claim(pk, "quick")
    exports.make(quick, export, url)
    kept = export.path.read_bytes()
    with pytest.raises(jobs.JobLost):
        exports.make(slow, export, url)
    assert [path.read_bytes() for path in exports.folder().glob("*")] == [kept]
    assert TrailRow.objects.filter(action="导出清单").count() == 1


def test_making_and_fetching_are_in_the_trail_with_count_and_checksum(three, cast, signed_in):
    client = signed_in("town")
    job = done(ask(client, "households:list", "cause=因病"))
    content = fetched(client, job)
    made = TrailRow.objects.get(action="导出清单")
    assert (made.actor, made.detail["行数"], made.detail["清单"]) == (cast["town"], 1, "贫困户")
    assert made.detail["条件"] == "主要致贫原因 因病"
    assert len(made.detail["校验码"]) == 64
    assert Export.objects.get().size == len(content)
    assert TrailRow.objects.get(action="下载导出文件").detail["校验码"] == made.detail["校验码"]


def test_the_job_page_offers_the_file(three, signed_in):
    client = signed_in("town")
    job = done(ask(client, "households:list"))
    html = client.get(reverse("accounts:job", args=[job.pk])).content.decode()
    assert re.search(rf'href="{job.result["url"]}">下载文件', html)
    assert "导出贫困户" in html
    assert "共 2 行" in html


def test_households_that_moved_away_stay_in_the_file_of_an_old_stock(three, ground, signed_in):
    three[0].move_to(ground.other_village, on=datetime.date(2017, 3, 1), by=None, reason="搬迁")
    client = signed_in("village")
    query = "on_register=2016-12-31"
    listed = client.get(f"/households/?{query}")
    table = rows(fetched(client, done(ask(client, "households:list", query))))
    assert len(table) - 1 == listed.context["page"].total == 1
    assert Household.objects.get(pk=three[0].pk).village == ground.other_village
