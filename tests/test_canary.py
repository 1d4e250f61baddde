"""Personal data stand nowhere but where quality S2 allows them (threats H1, H2): a search for known values.

A person is seeded with an identity number, a 残疾证号, a phone, an account and a disease that occur nowhere
else; then every page is asked for as every role, and what the program wrote is searched byte by byte. The
one place where a full value may be read is the answer to a reveal.
"""

import datetime
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from households.jobs import check_now
from households.models import Helper, Household, Survey
from office.models import Job, TrailRow
from office.pii import mask_id
from reporting.models import ReportRun
from tests.conftest import identity_number
from tests.households.entry_pages import sent_by
from tests.measures.project_world import at_works, enter, source
from tests.permission_objects import BUILDERS, World
from tests.permission_table import TABLE
from villages.models import Village

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[1]
BORN = datetime.date(1951, 7, 19)
IDENTITY = identity_number(87, BORN)
MEMBER_IDENTITY = identity_number(89, datetime.date(1979, 5, 3), male=False)
HELPER_IDENTITY = identity_number(93, datetime.date(1982, 3, 11))
CANARIES = {
    "证件号码": IDENTITY,
    "成员证件号码": MEMBER_IDENTITY,
    "扶贫专干电话": "13977260485",
    "残疾证号": f"{IDENTITY}43",
    "成员联系电话": "13977260481",
    "疾病名称": "演示金丝雀症",
    "户联系电话": "13966150372",
    "银行账号": "6228489904057391046",
    "帮扶责任人证件号码": HELPER_IDENTITY,
    "帮扶责任人电话": "13955040263",
    "收款账号": "6228489904068820571",
}
OLD = {"earlier account": "6228489904050000137", "earlier phone": "13944930154"}
WORDS = CANARIES | OLD
PEOPLE = [*Role, "outsider"]


def found_in(data: bytes | str) -> set[str]:
    """Names of the canaries in the bytes: plain, full-width, or within the parts of a zip (xlsx, docx)."""
    raw = data.encode() if isinstance(data, str) else data
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            return {name for part in parts.namelist() for name in found_in(parts.read(part))}
    text = unicodedata.normalize("NFKC", raw.decode("utf-8", "replace"))
    other = raw.decode("gb18030", "replace")
    escaped = {name: word.encode("unicode_escape").decode() for name, word in WORDS.items()}
    return {name for name, word in WORDS.items() if word in text or word in other or escaped[name] in text}


def content(answer: HttpResponse) -> bytes:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body + str(sorted(answer.headers.items())).encode()


@pytest.fixture
def canary(ground, make_household, cast) -> Household:
    """A household whose personal data were written, changed and submitted, so that history has them too."""
    household = make_household(
        village=ground.village,
        persons=2,
        phone=OLD["earlier phone"],
        bank_account=OLD["earlier account"],
    )
    person = household.head
    person.id_number, person.birth_date = IDENTITY, BORN
    person.phone, person.disease_name = CANARIES["成员联系电话"], CANARIES["疾病名称"]
    person.disability_certificate, person.health = CANARIES["残疾证号"], ("长期慢性病",)
    person.save()
    member = household.persons.exclude(relation="户主").get()
    member.id_number, member.birth_date = MEMBER_IDENTITY, datetime.date(1979, 5, 3)
    member.save()
    household.phone, household.bank_account = CANARIES["户联系电话"], CANARIES["银行账号"]
    household.save()
    Helper.objects.create(
        household=household,
        name="演示帮",
        id_number=HELPER_IDENTITY,
        phone=CANARIES["帮扶责任人电话"],
        unit_name="演示镇农业站",
        affiliation="乡(镇、街道)",
        start_on=datetime.date(2016, 3, 1),
    )
    answers = ("wage_income", "business_income", "property_income", "business_expense")
    survey = Survey.objects.create(
        household=household,
        year=2017,
        surveyor="演示采集员",
        surveyed_on=datetime.date(2017, 12, 10),
        **dict.fromkeys(answers, 1000),
    )
    survey.save()
    project = at_works(ground.village, name="演示金丝雀项目")
    central = source(ground.village, name="演示金丝雀资金")
    enter("分配", project, central, "100")
    enter("支付", project, central, "50", payee_account=CANARIES["收款账号"])
    return household


@pytest.fixture
def places(ground, cast, make_household, canary):
    """The arguments of every address; where they name a household, it is the canary's own."""
    world = World(ground, cast, make_household)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, cast["district"])
        if name == "household":
            # What is built after it hangs on the canary's household.
            world.built[name] = replace(world.built[name], own=(canary.number,))
    village = Village.objects.get(area=ground.village)
    village.village_officer, village.village_officer_phone = "演示专干", CANARIES["扶贫专干电话"]
    village.save()
    return {"": (), **{name: made.own for name, made in world.built.items()}}


def pages(places: dict[str, tuple]) -> Iterator[str]:
    """Every address that answers GET, and lists and records with what they can be asked for."""
    for name, rule in TABLE.items():
        if rule.get is None:
            continue
        address = reverse(name, args=places[rule.of])
        yield address
        if name == "reporting:file":
            run = ReportRun.objects.get(pk=places["run"][0])
            yield from (reverse(name, args=(file.pk,)) for file in run.files.all())
        if name == "households:detail":
            yield f"{address}?on=2018-11-20"
            yield f"{address}?on=2016-01-01"
        if name == "households:merge":
            yield f"{address}?other={Household.objects.exclude(number=places['household'][0]).first().number}"
        if name == "households:history":
            yield from (f"{address}?shown={shown}" for shown in ("all", "reads"))


def test_no_page_shows_a_full_value(places, signed_in, caplog):
    caplog.set_level("CRITICAL", "django.request")
    leaks, masked = {}, set()
    for role in PEOPLE:
        client: Client = signed_in(role)
        for address in pages(places):
            body = content(client.get(address))
            if mask_id(IDENTITY).encode() in body:
                masked.add(role)
            if names := found_in(body):
                leaks[role, address] = sorted(names)
    assert not leaks
    # The walk did come by the canary.
    assert {"village", "helper", "town", "approver", "district", "leader"} <= masked


def test_nobody_signed_in_reads_nothing(places, signed_in):
    client = signed_in(None)
    assert not {address: 1 for address in pages(places) if found_in(content(client.get(address)))}


def test_a_reveal_shows_the_one_value_asked_for(canary, signed_in):
    asked = {"person": canary.head.number, "field": "id_number", "reason": "核对身份"}
    answer = signed_in("town").post(reverse("households:reveal", args=[canary.number]), asked)
    # The 残疾证号 begins with it and is another value.
    assert found_in(content(answer)) == {"证件号码"}


@pytest.mark.parametrize("role", ["town", "other_village_user"])
def test_a_search_by_number_does_not_say_it_again(canary, signed_in, role):
    client = signed_in(role)
    for word in WORDS.values():
        if word.isdecimal():
            answer = client.post(reverse("households:find"), {"q": word}, follow=True)
            assert not found_in(content(answer))
            assert word not in str(answer.redirect_chain)


def test_a_refused_form_keeps_masks(canary, signed_in):
    client, address = signed_in("village"), reverse("households:edit", args=[canary.number])
    typed = sent_by(client.get(address).content.decode())
    answer = client.post(address, {**typed, "villager_group": "", "action": "save"})
    assert answer.status_code == 422
    assert not found_in(content(answer))


def dump() -> Iterator[tuple[str, str]]:
    """Every table as text; of SQLite the whole file as well, freed pages and search indexes included."""
    if connection.vendor == "sqlite":
        yield "file", connection.connection.serialize().decode("utf-8", "replace")
        for line in connection.connection.iterdump():
            yield "dump", line
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            for (row,) in cursor.fetchall():
                yield table, row


def files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def test_nothing_written_holds_a_full_value(places, canary, signed_in, settings, caplog):
    """After pages, an edit, a draft, reveals granted and refused: database, trail, jobs, sessions, files, log."""
    caplog.set_level(logging.DEBUG)
    for role in ("village", "district"):
        client = signed_in(role)
        for address in pages(places):
            client.get(address)
    client, number = signed_in("village"), canary.number
    edit = reverse("households:edit", args=[number])
    typed = sent_by(client.get(edit).content.decode())
    full = {key: CANARIES["户联系电话"] if key == "phone" else value for key, value in typed.items()}
    client.post(reverse("households:edit-draft", args=[number]), full)
    client.post(edit, {**full, "villager_group": "", "action": "save"})
    client.post(reverse("households:edit-identity", args=[number]), {"p-0-id_number": IDENTITY})
    reveal = reverse("households:reveal", args=[number])
    person = canary.head.number
    for field in ("id_number", "phone", "disease_name", "disability_certificate"):
        client.post(reveal, {"person": person, "field": field, "reason": "核对身份"})
    settings.REVEALS_PER_HOUR = 0
    client.post(reveal, {"person": person, "field": "id_number", "reason": f"核对{IDENTITY[:10]}"})
    client.post(reveal, {"person": person, "field": "id_number", "reason": f"核对{CANARIES['残疾证号']}"})
    for word in (IDENTITY, CANARIES["银行账号"], CANARIES["户联系电话"]):
        client.post(reverse("households:find"), {"q": word})
    check_now(datetime.date(2018, 11, 20))
    assert TrailRow.objects.filter(action="查看完整号码").count() >= 4
    assert Job.objects.exists()

    leaks = {where for where, text in dump() if found_in(text)}
    leaks |= {str(path) for path in files(Path(settings.DATA_DIR)) if found_in(path.read_bytes())}
    leaks |= {f"log {record.name}" for record in caplog.records if found_in(record.getMessage())}
    assert not leaks


def test_nothing_stays_in_the_browser():
    """No script keeps anything on a machine that several people use, and htmx no copies of pages."""
    scripts = sorted((ROOT / "static/js").glob("*.js"))
    keeping = re.compile(r"localStorage|sessionStorage|indexedDB|caches\.|serviceWorker|document\.cookie\s*=")
    assert scripts and not [path.name for path in scripts if keeping.search(path.read_text())]
    assert '"historyCacheSize":0' in (ROOT / "templates/base.html").read_text()


def test_the_search_finds_what_is_there():
    """The net has no holes: plain, escaped, full-width and zipped values are found."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings.xml", CANARIES["银行账号"])
    full_width = "".join(chr(ord(one) + 0xFEE0) for one in CANARIES["户联系电话"])
    assert found_in(packed.getvalue()) == {"银行账号"}
    assert found_in(full_width) == {"户联系电话"}
    assert found_in('"\\u6f14\\u793a\\u91d1\\u4e1d\\u96c0\\u75c7"') == {"疾病名称"}
    assert found_in(CANARIES["疾病名称"].encode("gb18030")) == {"疾病名称"}
