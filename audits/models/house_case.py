"""危房改造一户一档 (fields.csv, entity house_case; R131): the facts of one house on its way through the audit."""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import IntegrityError, models, transaction
from simple_history.models import HistoricalRecords

from accounts.roles import Role
from areas.models import Level
from areas.scope import ScopedQuerySet
from audits import acting, checks, renovation
from audits.cases import HouseDates
from audits.codes import CODES
from audits.procedures import Stage
from audits.refusals import NotNow
from audits.renovation import House, Wrong
from households.codes import CODES as REGISTER
from households.models import ClosedYear, Household
from office import clock, trail
from office.codes import CodeField, CodesField
from office.pii import EncryptedTextField, mask_account

NOT_NEGATIVE = MinValueValidator(0, "不能小于 0")
LONGEST_PATROLS = 4000
PATROLS = (Role.TOWN, Role.DEPARTMENT)
PLANNED, BUILT_NOW, PAID_NOW = "area_planned", "cost_actual", "subsidy"
# What a report counts by its day, and the amount by the day on which it was paid.
COUNTED = ("agreement_on", "started_on", "completed_on", "accepted_on", "paid_on", "subsidy")


def _yuan(label: str) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=12, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )


def _area(label: str) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=7, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )


def _day(label: str) -> models.DateField:
    return models.DateField(label, null=True, blank=True)


class HouseCase(models.Model):
    area_field = "entry__area"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.OneToOneField(
        "audits.Entry", models.PROTECT, related_name="house_case", verbose_name="条目"
    )
    case_number = models.CharField("档案编号", max_length=40, unique=True, editable=False)
    target = CodeField(CODES, "renovation_target", verbose_name="对象类别", blank=True)
    grade = CodeField(REGISTER, "house_grade", verbose_name="鉴定等级", blank=True)
    applied_on = _day("申请日期")
    willing = models.BooleanField("是否自愿", null=True, blank=True)
    way = CodeField(CODES, "renovation_way", verbose_name="改造方式", blank=True)
    # Of the register until the district approves, then fixed (R135).
    household_size = models.PositiveSmallIntegerField("核定家庭人口数", null=True, editable=False)
    area_planned = _area("计划建筑面积")
    area_built = _area("竣工建筑面积")
    cost_actual = _yuan("实际造价")
    subsidy = _yuan("补助金额")
    subsidy_upper = _yuan("其中中央省市补助")
    subsidy_district = _yuan("其中区级专项补助")
    subsidy_town = _yuan("其中镇街补助")
    agreement_on = _day("协议签订日期")
    started_on = _day("开工日期")
    completed_on = _day("竣工日期")
    accepted_on = _day("验收日期")
    accepted = models.BooleanField("验收是否合格", null=True, blank=True)
    five_unities = CodesField(CODES, "five_unities", verbose_name="五统一完成项", blank=True)
    barrier_free = models.BooleanField("是否无障碍", null=True, blank=True)
    plate = models.BooleanField("是否挂牌", null=True, blank=True)
    paid_on = _day("拨付日期")
    # Bank and last digits of the 一卡通 as they were on the day of payment (R138).
    paid_to = models.CharField("拨入账户", max_length=60, blank=True, editable=False)
    national_archive_number = models.CharField("全国危改系统档案号", max_length=40, blank=True)
    patrol_notes = EncryptedTextField("质量巡查记录", max_length=LONGEST_PATROLS, blank=True)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["patrol_notes"])

    class Meta:
        verbose_name = "危房改造档案"
        ordering = ["case_number"]

    def __str__(self) -> str:
        return self.case_number

    @property
    def persons(self) -> int:
        household = self.entry.household
        return self.household_size or (household.member_count if household is not None else 0)

    def fill(self, *, by: Any, on: datetime.date, **facts: Any) -> None:
        """Facts as they become known, by who has the list at hand or added to it; what is wrong is said at once.

        Facts that an earlier stage asked for are what was decided on: they change only after a 退回 to it.
        """
        audit_list = self.entry.audit_list
        step = audit_list.step
        roles = (*step.roles, *step.adds)
        acting.require(by, roles, self.entry.area, on, "填写危房改造档案")
        settled = {name for each in audit_list.procedure.before(step.key) for name in each.case}
        changed = [name for name in facts if name in settled]
        if changed:
            raise ValidationError(dict.fromkeys(changed, "已经据此作出决定，不能改动"))
        stood = {name: getattr(self, name) for name in COUNTED}
        for name, value in facts.items():
            if name not in EDITABLE:
                raise ValidationError("没有这一项")
            setattr(self, name, self._meta.get_field(name).clean(value, self))  # type: ignore[union-attr]
        with audit_list.whole():
            self._years_open(stood)
            audit_list.touch([step.key], on)
            self.save(update_fields=list(facts))
            words = [str(self._meta.get_field(name).verbose_name) for name in sorted(facts)]  # type: ignore[union-attr]
            detail = {"条目": str(self.entry), "项目": words}
            trail.record("填写危房改造档案", actor=by, subject=self, area=self.entry.area, detail=detail)

    def _years_open(self, before: dict[str, Any]) -> None:
        """ValidationError where a figure of a closed year would move: a step of the works done in it, or what was paid."""
        county = self.entry.area.at(Level.COUNTY)
        for name in COUNTED:
            day = "paid_on" if name == "subsidy" else name
            days = {one for one in (before[day], getattr(self, day)) if one}
            if county is None or before[name] == getattr(self, name):
                continue
            if year := ClosedYear.shut({(county.pk, one.year) for one in days}):
                raise ValidationError({name: f"{year}年已经封存，日期要写在没有封存的年度"})

    def sign(
        self,
        department: str,
        *,
        signed_by: str,
        paper: str,
        accepted: bool,
        by: Any,
        on: datetime.date,
        signed_on: datetime.date | None = None,
        note: str = "",
        at: datetime.datetime | None = None,
    ) -> "Signature":
        """A department's word in the acceptance that 住建 runs, by name and paper; anew after a 退回."""
        audit_list = self.entry.audit_list
        step = audit_list.step
        acting.require(by, step.roles, self.entry.area, on, "登记部门验收")
        if not step.departments:
            raise NotNow(f"{step.label}没有部门验收")
        if department not in renovation.DEPARTMENTS:
            raise ValidationError("没有这个部门")
        if not signed_by.strip() or not paper.strip():
            raise ValidationError("请写明签字人和签字表编号")
        if signed_on is not None and signed_on > on:
            raise ValidationError("签字日期晚于今天")
        with audit_list.whole():
            audit_list.touch([step.key], on)
            signature = Signature(
                house=self,
                round=audit_list.round,
                department=department,
                signed_by=signed_by.strip(),
                signed_on=signed_on or on,
                accepted=accepted,
                paper=paper.strip(),
                note=note.strip()[:500],
                recorded_by=by,
                recorded_at=at or clock.moment(),
            )
            try:
                with transaction.atomic():
                    signature.save()
            except IntegrityError as twice:
                raise NotNow(f"{department}已经签字") from twice
            detail = {"条目": str(self.entry), "部门": department, "结论": "合格" if accepted else "不合格"}
            trail.record("登记部门验收", actor=by, subject=self, area=self.entry.area, detail=detail)
        return signature

    def patrol(self, finding: str, *, by: Any, on: datetime.date) -> None:
        """质量巡查 during the works and the acceptance (R143): a dated line behind those there are."""
        audit_list = self.entry.audit_list
        acting.require(by, PATROLS, self.entry.area, on, "登记质量巡查")
        if not finding.strip():
            raise ValidationError("请写明巡查情况")
        if BUILT_NOW not in audit_list.step.case:
            raise NotNow("施工和竣工验收期间登记质量巡查")
        with audit_list.whole():
            audit_list.touch([audit_list.stage], on)
            written = HouseCase.objects.select_for_update().get(pk=self.pk).patrol_notes
            self.patrol_notes = f"{written}\n{on} {by}：{finding.strip()}".strip()
            if len(self.patrol_notes) > LONGEST_PATROLS:
                raise ValidationError(f"质量巡查记录已经写满{LONGEST_PATROLS}字")
            self.save(update_fields=["patrol_notes"])
            detail = {"条目": str(self.entry)}
            trail.record("登记质量巡查", actor=by, subject=self, area=self.entry.area, detail=detail)

    def house(self, built: bool) -> House:
        return House(
            grade=self.grade,
            way=self.way,
            willing=self.willing,
            persons=self.persons,
            area=self.area_built if built else self.area_planned,
            cost=self.cost_actual,
            subsidy=self.subsidy,
            upper=self.subsidy_upper,
            district=self.subsidy_district,
            town=self.subsidy_town,
        )

    def wrong(self, stage: Stage, on: datetime.date) -> list[str]:
        """What keeps the house from passing the stage: facts not filled in, dates, areas, amounts, signatures."""
        found = [f"没有填{self._label(name)}" for name in stage.case if getattr(self, name) in (None, "")]
        if found:
            return found
        rules: list[Wrong] = []
        if PLANNED in stage.case:
            rules += renovation.applied(self.house(built=False))
        if BUILT_NOW in stage.case:
            rules += renovation.built(self.house(built=True))
        if PAID_NOW in stage.case:
            rules += renovation.paid(self.house(built=True))
        found = [each.said for each in rules]
        if PAID_NOW in stage.case and not account_of(self.entry.household):
            found.append("没有登记一卡通账号，先在贫困户信息里补上")
        if "accepted" in stage.case and self.accepted is not True:
            found.append("验收不合格，不能入住和拨付")
        found += [breach.message for breach in checks.run(self.dates(on), "entry")]
        if stage.departments:
            own = self.signatures.filter(round=self.entry.audit_list.round)
            signed = dict(own.values_list("department", "accepted"))
            found += renovation.accepted(signed)
        return found

    def dates(self, on: datetime.date) -> HouseDates:
        return HouseDates(
            day=on,
            applied_on=self.applied_on,
            agreement_on=self.agreement_on,
            completed_on=self.completed_on,
            accepted_on=self.accepted_on,
            paid_on=self.paid_on,
        )

    def _label(self, name: str) -> str:
        return str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def account_of(household: Household | None) -> str:
    """The 一卡通 into which a subsidy is paid (R138): its bank and last four digits; empty without one."""
    if household is None or not household.bank_account:
        return ""
    return f"{household.bank_name} 尾号{mask_account(household.bank_account).lstrip('*')}"


EDITABLE = frozenset(
    field.name
    for field in HouseCase._meta.concrete_fields
    if field.editable and field.name not in ("id", "entry", "patrol_notes")
)


class Signature(models.Model):
    """One department's word on one house, by name and paper (R140): 住建 runs it, the others sign."""

    area_field = "house__entry__area"

    house = models.ForeignKey(HouseCase, models.PROTECT, related_name="signatures", verbose_name="档案")
    department = models.CharField(
        "部门", max_length=4, choices=[(name, name) for name in renovation.DEPARTMENTS]
    )
    round = models.PositiveSmallIntegerField("轮次")
    signed_by = models.CharField("签字人", max_length=40)
    signed_on = models.DateField("签字日期")
    accepted = models.BooleanField("是否合格")
    paper = models.CharField("签字表编号", max_length=60)
    note = models.CharField("逐项意见", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "部门验收"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["house", "department", "round"],
                name="signature_once_a_department",
                violation_error_message="这个部门已经签字",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.signed_by}"
