"""Another key of the indexes (PII_INDEX_KEY): found under both meanwhile, one number is one person's whichever key
its rows are under, a killed run goes on, the old key is dropped only when nothing needs it (threats H7)."""

import datetime
import threading
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction

from households import invariants
from households.checks.others import Held, Others
from households.checks.register import Loaded, records
from households.duplicates import found as duplicates
from households.lookup import holders
from households.models import Duplicate, Helper, Household, Person
from households.workbook.inserting import insert, take_ids
from office import pii, rotation
from office.findings import Finding
from office.models import TrailRow
from tests.conftest import household_maker, identity_number
from tests.households.test_night import night
from tests.households.test_together import NEW, applicant, office  # noqa: F401

pytestmark = pytest.mark.django_db
SECOND, THIRD = "5a" * 32, "6b" * 32
DAY = datetime.date(2018, 11, 20)
ACCOUNT = "6228480000001234567"


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def versions(model=Person, name="id_number_key") -> list[str]:
    return [
        key[:2] for key in model.objects.exclude(**{name: ""}).order_by("pk").values_list(name, flat=True)
    ]


def kill_after(monkeypatch, rows: int) -> None:
    """The run dies when so many indexes have been made; everything is as it was before afterwards."""
    monkeypatch.setattr(rotation, "BATCH", 1)
    unseal, left = pii.unseal, [rows]

    def killed(*value):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return unseal(*value)

    with monkeypatch.context() as patched:
        patched.setattr(pii, "unseal", killed)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate_indexes(lambda _: None)


@pytest.fixture
def homes(make_household) -> list[Household]:
    made = [make_household(phone="13800000001", bank_account=ACCOUNT) for _ in range(3)]
    for place, home in enumerate(made):
        facts = {"name": "演示", "phone": "1", "unit_name": "演示", "affiliation": "村", "start_on": DAY}
        Helper.objects.create(household=home, id_number=made[(place + 1) % 3].head.id_number, **facts)
    return made


@pytest.fixture
def half(homes, settings, monkeypatch) -> list[Household]:
    """Two keys are set, and the first half of the persons is under the second."""
    settings.PII_INDEX_KEY_2 = SECOND
    # Accounts and phones of the households come first or last, as the models do.
    for model, field in rotation.index_columns():
        if model is Person and field.name == "id_number_key":
            break
    columns = [(model, field)]
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "index_columns", lambda: columns)
        kill_after(monkeypatch, 3)
    assert versions() == ["k2"] * 3 + ["k1"] * 3
    return homes


def copy_of(person: Person, home: Household) -> Person:
    """Somebody else in the register with the same number, written past every form."""
    return Person(
        household=home,
        name="演示重",
        relation="其他",
        sex=person.sex,
        birth_date=person.birth_date,
        id_number=person.id_number,
        health=("健康",),
    )


def refused(person: Person, home: Household) -> bool:
    try:
        with transaction.atomic():
            copy_of(person, home).save()
    except IntegrityError:
        return True
    return False


def test_every_row_goes_over_and_the_old_key_can_be_dropped(homes, settings):
    numbers = {person.pk: person.id_number for person in Person.objects.all()}
    settings.PII_INDEX_KEY_2 = SECOND
    said = rotate()
    assert "仍用旧索引密钥的索引 0 个" in said and rotation.indexes_left() == 0
    settings.PII_INDEX_KEY = ""
    rotation.require_index_keys()
    said = rotate()
    assert Person.objects.exclude(id_number_key_before=None).count() == 0
    for model, field in rotation.index_columns():
        assert set(versions_of(model, field.name)) <= {"k2"}, (model, field)
    for pk, number in numbers.items():
        assert [one.pk for one in Person.objects.holding(number)] == [pk]
    assert holders(ACCOUNT) == {home.pk for home in homes}
    assert not list(invariants.identities(DAY))
    assert TrailRow.objects.filter(action="更换密钥").count() == 2
    assert rotation.rotate_indexes(print) == rotation.forget_earlier(print) == 0, "a third run finds nothing"


def versions_of(model, name: str) -> list[str]:
    return [key[:2] for key in model._default_manager.exclude(**{name: ""}).values_list(name, flat=True)]


def test_a_killed_run_goes_on_where_it_was(half):
    assert rotation.indexes_left()
    rotation.rotate_indexes(lambda _: None)
    assert versions() == ["k2"] * 6 and rotation.indexes_left() == 0


def test_both_are_found_meanwhile(half):
    for person in Person.objects.order_by("pk"):
        assert [one.pk for one in Person.objects.holding(person.id_number)] == [person.pk]
        assert person.household_id in holders(person.id_number)
    keys = [Person._meta.get_field("id_number_key").of(one.id_number) for one in Person.objects.all()]
    assert Person.objects.filter(id_number_key__in=keys).count() == 6
    assert Person.objects.filter(id_number_key__among=keys).count() == 6
    assert holders(ACCOUNT) == holders("13800000001") == {home.pk for home in half}
    assert not list(invariants.identities(DAY))


def test_one_number_is_refused_whichever_key_its_holder_is_under(half, settings):
    first, last = Person.objects.order_by("pk")[0], Person.objects.order_by("-pk")[0]
    assert refused(first, half[2]) and refused(last, half[0])
    # A process that was not started anew yet writes under the old key alone.
    settings.PII_INDEX_KEY_2 = ""
    assert refused(first, half[2]) and refused(last, half[0])


def test_one_number_is_refused_while_the_earlier_indexes_are_emptied(half, settings):
    rotate()
    settings.PII_INDEX_KEY = ""
    person = Person.objects.order_by("pk")[0]
    assert person.id_number_key_before and refused(person, half[1])
    rotate()
    assert not Person.objects.get(pk=person.pk).id_number_key_before and refused(person, half[1])
    # And a process that still has both writes beside one that has the newest alone.
    settings.PII_INDEX_KEY = "11" * 32
    assert refused(person, half[1])


def test_the_rule_that_is_broken_across_the_keys_says_what_the_other_says():
    rules = {rule.name: rule.get_violation_error_message() for rule in Person._meta.constraints}
    assert rules["person_active_once"] == rules["person_active_once_earlier"] == "该证件号码已在册"


def test_the_form_refuses_a_number_of_the_other_key(half, ground, signed_in):
    form = applicant(1, ground.other_village.pk)
    for person in (Person.objects.order_by("pk")[0], Person.objects.order_by("-pk")[0]):
        born = {"p-0-birth_date": person.birth_date.isoformat(), "p-0-sex": person.sex}
        asked = {**form, **born, "p-0-id_number": person.id_number}
        answer = signed_in("other_village_user").post(NEW, asked)
        assert answer.status_code == 422 and "已在册" in answer.content.decode()


def test_a_changed_number_takes_its_earlier_index_along(half):
    person = Person.objects.order_by("pk")[0]
    was, person.id_number = person.id_number, identity_number(77, person.birth_date)
    person.save(update_fields=["id_number", "id_number_key"])
    assert not refused_number(was, half[1]) and refused(person, half[2])


def refused_number(number: str, home: Household) -> bool:
    person = copy_of(Person.objects.order_by("pk")[0], home)
    person.id_number = number
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        return True
    return False


def test_the_fast_way_of_an_import_writes_both(half):
    (key,) = take_ids(Person, 1)
    person = Person.objects.order_by("pk")[0]
    row = {"id": key, "number": "99999", "household_id": half[0].pk, "name": "演示", "sex": "男"}
    row |= {"birth_date": DAY, "relation": "其他", "id_number": identity_number(55), "health": ("健康",)}
    insert(Person, [row])
    made = Person.objects.get(pk=key)
    assert made.id_number_key[:2] == "k2" and made.id_number_key_before[:2] == "k1"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Person, [{**row, "id": key + 1, "number": "99998", "id_number": person.id_number}])


def test_what_the_checks_hold_against_each_other_is_found_across_the_keys(half):
    loaded = Loaded.of(half)
    held = {home.pk: loaded.held(home) for home in half}
    others = Others.of(held.values())
    assert {frozenset(homes) for homes in others.numbers.values()} == {frozenset([home.pk]) for home in half}
    assert len(others.numbers) == 6 and len(others.poor) == 3
    assert list(others.accounts.values()) == [{home.pk for home in half}]
    fresh = Held.of(records(half)[half[0].pk])
    assert fresh.numbers == held[half[0].pk].numbers


def test_the_nightly_check_says_the_same_and_what_was_confirmed_stays(homes, settings, cast):
    night()
    finding = Finding.objects.waiting().filter(severity="warning").order_by("pk").first()
    assert finding.confirm(by=cast["village"], on=DAY, reason="已核实")
    before = sorted(Finding.objects.values_list("rule", "subject_id", "part", "state"))
    settings.PII_INDEX_KEY_2 = SECOND
    for act in (lambda: None, rotate, lambda: setattr(settings, "PII_INDEX_KEY", ""), rotate):
        act()
        night()
        assert sorted(Finding.objects.values_list("rule", "subject_id", "part", "state")) == before
    assert set(versions_of(Finding, "fingerprint")) == {"k2"}


def test_not_the_same_person_stays_decided(homes, settings, cast):
    one, other = homes[0].head, homes[1].head
    Person.objects.filter(pk__in=[one.pk, other.pk]).update(name="王小兰", birth_date=DAY)
    duplicates.reconcile(duplicates.everywhere(), Duplicate.objects.all(), DAY)
    Duplicate.objects.update(state="不是同一人", reason="两人", decided_by=cast["town"])
    settings.PII_INDEX_KEY_2 = SECOND
    rotate()
    for _ in range(2):
        duplicates.reconcile(duplicates.everywhere(), Duplicate.objects.all(), DAY)
        assert set(Duplicate.objects.values_list("state", flat=True)) == {"不是同一人"}
        assert set(versions_of(Duplicate, "fingerprint")) == {"k2"}
        settings.PII_INDEX_KEY = ""


def test_the_start_is_refused_while_rows_are_under_a_key_that_is_not_set(half, settings):
    settings.PII_INDEX_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="k1"):
        rotation.require_index_keys()
    settings.PII_INDEX_KEY, settings.PII_INDEX_KEY_2 = "11" * 32, ""
    with pytest.raises(ImproperlyConfigured, match="k2"):
        rotation.require_index_keys()


@pytest.mark.parametrize("keys", [("", "", ""), ("11" * 32, SECOND, THIRD), ("11" * 32, "", THIRD)])
def test_one_key_or_two_that_follow_each_other(settings, keys):
    settings.PII_INDEX_KEY, settings.PII_INDEX_KEY_2, settings.PII_INDEX_KEY_3 = keys
    with pytest.raises(ImproperlyConfigured, match="PII_INDEX_KEY"):
        pii.index("1", "phone")


def test_every_index_has_a_sealed_source_and_every_unique_one_an_earlier():
    for model, field in rotation.index_columns():
        assert isinstance(model._meta.get_field(field.source), pii.EncryptedTextField), (model, field)
        unique = any(
            field.name in getattr(one, "fields", ())
            for one in model._meta.constraints
            if hasattr(one, "fields")
        )
        earlier = [one for one in model._meta.concrete_fields if isinstance(one, pii.EarlierIndexField)]
        assert not unique or [one.source for one in earlier] == [field.source], (model, field)


@pytest.mark.django_db(transaction=True)
def test_no_number_comes_in_twice_while_the_indexes_are_made_anew(office, ground, cast, settings):  # noqa: F811
    make = household_maker(ground)
    homes = [make(persons=1) for _ in range(60)]
    fresh = [identity_number(serial, datetime.date(1971, 3, 4)) for serial in range(0, 60, 2)]
    settings.PII_INDEX_KEY_2 = SECOND
    doors, begun = office(), threading.Event()
    taken = [home.head.id_number for home in homes]

    def write(numbers: list[str]) -> int:
        """How many were let in; each under a transaction of its own."""
        begun.wait(30)
        came = 0
        for number in numbers:
            try:
                with transaction.atomic():
                    person = copy_of(Person(birth_date=DAY, sex="男", id_number=number), homes[0])
                    person.save()
                came += 1
            except IntegrityError:
                continue
        return came

    def over() -> int:
        begun.set()
        return rotation.rotate_indexes(lambda _: None)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rotation, "BATCH", 3)
        answers = doors.at_once(over, lambda: write(taken[::-1] + fresh), lambda: write(fresh + taken))
    assert all(isinstance(one, int) for one in answers), answers
    assert answers[1] + answers[2] == len(fresh)
    doors.see(lambda: rotation.rotate_indexes(lambda _: None))
    stored = doors.see(
        lambda: list(Person.objects.filter(present=True).values_list("id_number_key", flat=True))
    )
    assert len(stored) == len(set(stored)) == 90 and {key[:2] for key in stored} == {"k2"}
