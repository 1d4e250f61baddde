"""Arguments for the URLs of the permission table: of an object in the own area, elsewhere, and of none.

Objects of the own area stand in `ground.village`, which lies in the scope of every business role of the cast;
those elsewhere in the other county.
"""

import datetime
import uuid
from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from households.models import (
    Agreement,
    AgreementState,
    Duplicate,
    FullExport,
    FullExportState,
    Household,
    ImportBatch,
    ImportState,
    RegisterWorkbook,
)
from households.workbook.jobs import workbook_path
from measures.models import Measure, Policy
from office.findings import Finding, Found, Subject, reconcile
from office.jobs import run_now
from office.models import Export, Job, TrailArchive
from office.sealed_file import SealedFile
from reporting.jobs import parameters
from reporting.models import PlanTable, ReportRun
from tests import permission_measures as measures
from tests import permission_projects as projects
from tests.conftest import make_user
from tests.permission_after import lookback, lookback_visit
from tests.permission_audits import (
    audit_decision,
    audit_entry,
    audit_evidence,
    audit_evidence_file,
    audit_list,
    delegation,
    window,
)
from tests.permission_help import HELP
from tests.permission_notices import (
    audit_notice,
    audit_notice_photo,
    audit_paper,
    list_archive,
    objection,
    public_notice,
)
from tests.permission_records import (
    LONG_AGO,
    NO_CODE,
    NOWHERE,
    Places,
    World,
    correction,
    helper,
    paper,
    paper_file,
    shock,
    survey,
    visit,
    visit_photo,
    watch,
    year,
    year_act,
)
from tests.permission_work import WORK, assessment, schedule, schedule_period
from villages.models import Village, VillageYear


def trail_archive(world: World, asking: User) -> Places:
    """Of one row each, old enough to leave; the files are there, what is in them nobody asks here."""

    def of(seq: int, area: Area) -> tuple[int]:
        made = TrailArchive.objects.create(
            first_seq=seq,
            last_seq=seq,
            prev="0" * 64,
            head="0" * 64,
            checksum="0" * 64,
            last_at=timezone.now() - datetime.timedelta(days=800),
            area=area,
            made_at=timezone.now(),
            made_by=world.cast["auditor"],
        )
        made.path.parent.mkdir(parents=True, exist_ok=True)
        made.path.touch()
        return (made.pk,)

    own, foreign = of(NOWHERE, world.ground.county), of(NOWHERE + 1, world.ground.other_county)
    return Places(own, foreign, (NOWHERE,), area_bound=False)


def user(world: World, asking: User) -> Places:
    stranger = make_user("stranger", Role.DISTRICT, world.ground.other_county)
    return Places((world.cast["outsider"].pk,), (stranger.pk,), (NOWHERE,), area_bound=False)


def duty(world: World, asking: User) -> Places:
    own, foreign = world.cast["helper"], make_user("foreign_clerk", Role.TOWN, world.ground.foreign_town)
    return Places(
        (own.pk, own.duties.get().pk),
        (foreign.pk, foreign.duties.get().pk),
        (own.pk, NOWHERE),
        area_bound=False,
    )


def job(world: World, asking: User) -> Places:
    """The own ones; those of everybody else lie elsewhere."""

    def of(owner: User) -> tuple[uuid.UUID]:
        key, at = uuid.uuid4().hex, timezone.now()
        return (Job.objects.create(kind="any", title="演示事项", key=key, owner=owner, queued_at=at).pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    return Places(of(asking), of(other), (uuid.uuid4(),), area_bound=False)


def export(world: World, asking: User) -> Places:
    """The own ones; those of everybody else lie elsewhere."""

    def of(owner: User) -> tuple[uuid.UUID]:
        once, now = uuid.uuid4().hex, timezone.now()
        facts = {"list_key": "accounts:jobs", "title": "任务", "format": "csv"}
        made = Export.objects.create(owner=owner, once=once, asked_at=now, made_at=now, **facts)
        with SealedFile(made.path, made.pk) as file:
            file.write(b"x")
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    return Places(of(asking), of(other), (uuid.uuid4(),), area_bound=False)


def village(world: World, asking: User) -> Places:
    for area in (world.ground.village, world.ground.foreign_village):
        people = {"households": 300, "population": 900, "rural_population": 880}
        VillageYear.objects.create(village=Village.objects.create(area=area), year=2017, **people)
    return Places((world.ground.village.code,), (world.ground.foreign_village.code,), (NO_CODE,))


def village_year(world: World, asking: User) -> Places:
    return world.built["village"].and_then(2017)


def household(world: World, asking: User) -> Places:
    own = world.make_household(village=world.ground.village)
    foreign = world.make_household(village=world.ground.foreign_village)
    return Places((own.number,), (foreign.number,), (NO_CODE,))


def person(world: World, asking: User) -> Places:
    """The second member of each household."""

    def of(number: str) -> tuple[str, str]:
        member = Household.objects.get(number=number).persons.exclude(relation="户主").first()
        return number, member.number

    homes = world.built["household"]
    return Places(of(*homes.own), of(*homes.foreign), (*homes.unknown, "0"))


def _full_export(owner: User, area: Area) -> tuple[uuid.UUID]:
    now = timezone.now()
    made = FullExport.objects.create(
        owner=owner,
        once=uuid.uuid4().hex,
        area=area,
        numbers=["id_number"],
        reason="核对名单",
        households=90,
        persons=180,
        needs_second=True,
        state=FullExportState.WAITING,
        asked_at=now,
        expires_at=now + datetime.timedelta(hours=24),
    )
    return (made.pk,)


def full_export(world: World, asking: User) -> Places:
    """Asked for by somebody else, waiting for a second person."""
    other, ground = world.cast["outsider"], world.ground
    own, foreign = (_full_export(other, area) for area in (ground.village, ground.foreign_village))
    return Places(own, foreign, (uuid.uuid4(),))


def own_full_export(world: World, asking: User) -> Places:
    ground = world.ground
    own, foreign = (_full_export(asking, area) for area in (ground.village, ground.foreign_village))
    return Places(own, foreign, (uuid.uuid4(),))


def finding(world: World, asking: User) -> Places:
    """A warning that waits, of a household of the own village and of one of the other county."""

    def of(number: str, area: Area) -> tuple[int]:
        subject = Subject("households.household", str(Household.objects.get(number=number).pk), area.pk)
        found = Found("C085", "warning", "没有帮扶责任人", "1")
        reconcile([subject], {subject: [found]}, datetime.date(2018, 11, 20))
        return (Finding.objects.get(subject_id=subject.id).pk,)

    homes = world.built["household"]
    ground = world.ground
    return Places(of(*homes.own, ground.village), of(*homes.foreign, ground.foreign_village), (NOWHERE,))


def duplicate(world: World, asking: User) -> Places:
    """The two members of each household, taken for one."""

    def of(number: str) -> tuple[int]:
        one, other = Household.objects.get(number=number).persons.order_by("pk")[:2]
        facts = {"rule": "姓名和出生日期相同", "fingerprint": "1", "found_on": LONG_AGO}
        return (Duplicate.objects.create(one=one, other=other, **facts).pk,)

    homes = world.built["household"]
    return Places(of(*homes.own), of(*homes.foreign), (NOWHERE,))


def import_batch(world: World, asking: User) -> Places:
    """The own one, waiting to be confirmed; another's in the other county."""

    def of(owner: User, area: Area) -> tuple[uuid.UUID]:
        made = ImportBatch.objects.create(
            owner=owner,
            area=area,
            file_name="采集.xlsx",
            checksum=uuid.uuid4().hex,
            state=ImportState.READY,
            uploaded_at=timezone.now(),
        )
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    return Places(of(asking, ground.village), of(other, ground.foreign_village), (uuid.uuid4(),))


def agreement(world: World, asking: User) -> Places:
    def of(owner: User, area: Area) -> tuple[uuid.UUID]:
        made = Agreement.objects.create(
            owner=owner,
            area=area,
            file_name="全国.xlsx",
            checksum=uuid.uuid4().hex,
            state=AgreementState.DONE,
            uploaded_at=timezone.now(),
        )
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    return Places(of(asking, ground.village), of(other, ground.foreign_village), (uuid.uuid4(),))


def workbook(world: World, asking: User) -> Places:
    def of(owner: User, area: Area) -> tuple[uuid.UUID]:
        made = RegisterWorkbook.objects.create(owner=owner, area=area, year=2018, made_at=timezone.now())
        with SealedFile(workbook_path(made.pk), made.pk) as file:
            file.write(b"x")
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    return Places(of(asking, ground.village), of(other, ground.foreign_village), (uuid.uuid4(),))


def plan(world: World, asking: User) -> Places:
    """Two tables of one figure; a plan is seen in its area, above it and below it."""

    def of(area: Area) -> tuple[int]:
        table = PlanTable.objects.create(
            name=f"{area}演示规划", version=1, area=area, checksum="0" * 64, imported_at=timezone.now()
        )
        figure = {"group": "脱贫", "measure": "脱贫人口", "standard": "省定", "year": "2016", "value": "7"}
        table.cells.create(place=0, line=2, area_name=area.name, area=area, **figure)
        return (table.pk,)

    return Places(of(world.ground.county), of(world.ground.other_county), (NOWHERE,))


def plan_file(world: World, asking: User) -> Places:
    return world.built["plan"].and_then("csv")


def policy(world: World, asking: User) -> Places:
    """The catalogue is open to everybody: an unknown code is the only address that does not exist."""
    return Places(("AGE-80",), ("NOWHERE",), ("NOWHERE",), area_bound=False)


def policy_year(world: World, asking: User) -> Places:
    return world.built["policy"].and_then(2018)


def measure(world: World, asking: User) -> Places:
    """A planned one of the own household and of the foreign one."""

    def of(number: str) -> tuple[int]:
        home, power = Household.objects.get(number=number), Policy.objects.get(code="POWER-FREE")
        return (Measure.plan(power, household=home, year=2018, on=LONG_AGO, by=None).pk,)

    homes = world.built["household"]
    return Places(of(*homes.own), of(*homes.foreign), (NOWHERE,))


def report_kind(world: World, asking: User) -> Places:
    """Kinds are no secret: an unknown one is the only address that does not exist."""
    return Places(("exit-tally",), ("nothing",), ("nothing",), area_bound=False)


def run(world: World, asking: User) -> Places:
    def of(area: Area) -> tuple[uuid.UUID]:
        done = run_now("report", params=parameters("exit-tally", area, 2018, datetime.date(2018, 11, 20)))
        return (uuid.UUID(done.result["run"]),)

    return Places(of(world.ground.village), of(world.ground.foreign_village), (uuid.uuid4(),))


def run_file(world: World, asking: User) -> Places:
    def of(pk: uuid.UUID) -> tuple[uuid.UUID]:
        return (ReportRun.objects.get(pk=pk).files.get(format="csv").pk,)

    runs = world.built["run"]
    return Places(of(*runs.own), of(*runs.foreign), (uuid.uuid4(),))


# In this order: a builder may stand on those before it.
BUILDERS: dict[str, Callable[[World, User], Places]] = {
    "user": user,
    "duty": duty,
    "job": job,
    "export": export,
    "trail_archive": trail_archive,
    "village": village,
    "village_year": village_year,
    "household": household,
    "person": person,
    "full_export": full_export,
    "own_full_export": own_full_export,
    "finding": finding,
    "duplicate": duplicate,
    "helper": helper,
    "visit": visit,
    "visit_photo": visit_photo,
    "paper": paper,
    "paper_file": paper_file,
    "shock": shock,
    "watch": watch,
    "survey": survey,
    "correction": correction,
    "year": year,
    "year_act": year_act,
    "import_batch": import_batch,
    "agreement": agreement,
    "workbook": workbook,
    "plan": plan,
    "plan_file": plan_file,
    **HELP,
    **WORK,
    "policy": policy,
    "policy_year": policy_year,
    "measure": measure,
    **measures.BUILDERS,
    **projects.BUILDERS,
    "audit_list": audit_list,
    "audit_entry": audit_entry,
    "audit_decision": audit_decision,
    "audit_notice": audit_notice,
    "audit_notice_photo": audit_notice_photo,
    "public_notice": public_notice,
    "objection": objection,
    "audit_paper": audit_paper,
    "list_archive": list_archive,
    "delegation": delegation,
    "window": window,
    "audit_evidence": audit_evidence,
    "audit_evidence_file": audit_evidence_file,
    "lookback": lookback,
    "lookback_visit": lookback_visit,
    "report_kind": report_kind,
    "run": run,
    "assessment": assessment,
    "schedule": schedule,
    "schedule_period": schedule_period,
    "run_file": run_file,
}
