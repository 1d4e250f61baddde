import datetime
import uuid
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from areas.models import Area
from office import clock, trail
from office.digit_runs import mask_digit_runs
from office.models import TrailRow

pytestmark = pytest.mark.django_db


def some(count=3):
    return [trail.record("test", detail={"n": n}) for n in range(count)]


def behind_the_guard(statement):
    """What a superuser with psql could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE office_trailrow DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER office_trail_append_only")
        cursor.execute(statement)


# -- writing ---------------------------------------------------------------------------------------


def test_row_says_who_where_and_what(clerk, rf):
    area = Area.objects.create(level="town", code="370405101000", name="张山子镇")
    request = rf.get("/", REMOTE_ADDR="10.0.0.7")
    request.user = clerk
    row = trail.record("household-viewed", subject=area, area=area, request=request, outcome="refused")
    row.refresh_from_db()
    assert (row.actor, row.actor_name, row.ip) == (
        clerk,
        str(clerk.display_name or clerk.username),
        "10.0.0.7",
    )
    assert (row.subject_type, row.subject_id, row.area) == ("areas.area", str(area.pk), area)
    assert (row.action, row.outcome, row.seq) == ("household-viewed", "refused", None)


def test_nobody_signed_in_is_no_actor(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert trail.record("login-failed", request=request).actor is None


def test_detail_takes_dates_and_money():
    row = trail.record("test", detail={"on": datetime.date(2018, 11, 20), "yuan": Decimal("3372.00")})
    assert row.detail == {"on": "2018-11-20", "yuan": "3372.00"}


@pytest.mark.parametrize(
    "value",
    [
        "990405199001011234",
        "99040519900101123X",
        "990405900101123",
        "99040519900101123441",
        "9904051990010112344101",
        "９９０４０５１９９００１０１１２３４",
        "证件号码990405199001011234号",
        "ID990405199001011234",
        990405199001011234,
        ["990405199001011234"],
        {"990405199001011234": "x"},
    ],
)
def test_identity_number_that_slips_through_is_masked(value):
    kept = str(trail.record("test", detail={"value": value}).detail)
    assert "19900101" not in kept and "１９９００１０１" not in kept and "5900101" not in kept
    assert "****" in kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13966150372", "139****0372"),
        ("电话13966150372，已核", "电话139****0372，已核"),
        ("139 6615 0372", "139 **** 0372"),
        ("139-6615-0372", "139-****-0372"),
        ("+86 13966150372", "+86 139****0372"),
        ("1.13966150372、19955040263", "1.139****0372、199****0263"),
        ("１３９６６１５０３７２", "１３９****０３７２"),
        ("0632-6611234", "063*-***1234"),
    ],
)
def test_a_telephone_in_a_reason_is_masked(written, kept):
    assert mask_digit_runs(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2018-11-20",
        "13966150372元",
        "13966150372.50",
        "共13966150372 万",
        "00000000137",
        "户1000000001、12345678901",
        "2016-2018 139户",
        "139 户 6615 人 0372",
    ],
)
def test_dates_amounts_and_own_numbers_stay_readable(text):
    assert mask_digit_runs(text) == text


def test_checksums_ids_and_codes_stay_readable():
    for text in (uuid.uuid4().hex, str(uuid.uuid4()), "ab" * 32, "370405101201", "2018-11-20"):
        assert mask_digit_runs(text) == text


def test_action_fails_when_its_row_cannot_be_written(monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(TrailRow.objects, "create", full)
    with pytest.raises(DatabaseError), transaction.atomic():
        Area.objects.create(level="town", code="370405101000", name="张山子镇")
        trail.record("test")
    assert not Area.objects.exists()


# -- append only -----------------------------------------------------------------------------------


def test_model_refuses_change_and_deletion():
    row = some(1)[0]
    for act in (
        row.save,
        row.delete,
        TrailRow.objects.all().delete,
        lambda: TrailRow.objects.update(action="x"),
    ):
        with pytest.raises(TypeError):
            act()


@pytest.mark.parametrize("sealed", [True, False])
def test_database_refuses_change(sealed):
    some(1)
    if sealed:
        trail.seal()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE office_trailrow SET action = 'x'")


def test_database_refuses_to_unseal():
    some(1)
    trail.seal()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE office_trailrow SET seq = NULL")


def test_postgresql_refuses_deletion():
    if connection.vendor == "postgresql":
        some(1)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM office_trailrow")


# -- sealing and verifying -------------------------------------------------------------------------


def test_seal_chains_every_row_once(monkeypatch):
    monkeypatch.setattr(trail, "BATCH", 2)
    some(5)
    assert trail.seal() == 5
    assert trail.seal() == 0
    some(2)
    assert trail.seal() == 2
    assert list(TrailRow.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert trail.verify() == []


def test_changed_row_is_named():
    some(5)
    trail.seal()
    behind_the_guard("UPDATE office_trailrow SET action = 'forged' WHERE seq IN (3, 4)")
    (problem,) = trail.verify()
    assert "第 3 条" in problem and "forged" in problem


def test_missing_row_is_named():
    some(5)
    trail.seal()
    behind_the_guard("DELETE FROM office_trailrow WHERE seq = 2")
    assert trail.verify() == ["第 2 条日志缺失"]


def test_cut_tail_is_found_by_the_anchor():
    some(5)
    trail.seal()
    behind_the_guard("DELETE FROM office_trailrow WHERE seq > 3")
    assert trail.verify() == ["第 4 条至第 5 条日志缺失：末尾被截去"]


def test_cut_tail_is_found_also_after_new_rows_took_its_place():
    some(5)
    trail.seal()
    behind_the_guard("DELETE FROM office_trailrow WHERE seq > 3")
    some(4)
    trail.seal()
    assert trail.verify() == ["第 5 条日志与库外留存的校验值不符"]


def test_whole_chain_forged_anew_is_found_by_the_anchor():
    some(3)
    trail.seal()
    behind_the_guard("UPDATE office_trailrow SET action = 'forged', seq = NULL, prev = '', hash = ''")
    trail.seal()
    assert "库外留存" in trail.verify()[0]


def test_crash_before_anchoring_is_made_good(settings):
    some(2)
    trail.seal()
    (settings.DATA_DIR / "trail_anchor").write_text("1 ab")
    trail.seal()
    assert trail.verify() == []
    assert "\n2 " in (settings.DATA_DIR / "trail_anchor").read_text()


def test_rows_that_wait_while_the_sealer_lives_are_an_error(monkeypatch):
    long_ago = clock.now() - datetime.timedelta(minutes=2)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: long_ago)
        some(2)
    assert trail.verify() == [], "nobody seals here"
    monkeypatch.setattr(trail, "BATCH", 0)
    trail.seal()
    assert trail.verify() == ["2 条日志等待封存超过 1 分钟"]


# -- the command -----------------------------------------------------------------------------------


def test_command_seals_what_waits_and_says_how_many():
    some(3)
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert "本次封存 3 条，共 3 条" in out.getvalue() and "操作日志完整" in out.getvalue()


def test_command_fails_with_the_first_broken_row():
    some(3)
    trail.seal()
    behind_the_guard("UPDATE office_trailrow SET action = 'forged' WHERE seq = 2")
    with pytest.raises(CommandError, match="第 2 条") as failed:
        call_command("verify_trail", stdout=StringIO())
    assert failed.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_database_can_still_be_emptied_after_a_test():
    some(2)
    trail.seal()
