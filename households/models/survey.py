"""Yearly survey (年度采集): one a household and year, with the income the exit standard reads (domain §3)."""

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.income import INCOME_PARTS, TRANSFER_PARTS, per_head
from households.models.belonging import OfHousehold, money, versions, yes_no
from households.models.person import Person, PersonYear
from office.codes import CodeField

DRAFT, SUBMITTED, SEALED = "草稿", "已填报", "已封存"
# The five of 两不愁三保障 (R033), in the order they are printed.
ASSURANCES = (
    "food_assured",
    "clothing_assured",
    "education_guaranteed",
    "medical_guaranteed",
    "housing_guaranteed",
)
# What a person answers in the form; a correction changes nothing else.
ANSWERED = (
    *INCOME_PARTS,
    *TRANSFER_PARTS,
    "business_expense",
    *ASSURANCES,
    "water_safe",
    "check_basic_data",
    "check_identification",
    "check_measures",
    "check_responsibility",
    "check_exit",
    "archive_tidy",
    "surveyor",
    "surveyed_on",
)


def label(name: str) -> str:
    """The word of a field as it stands on the screen."""
    return str(Survey._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class SurveyQuerySet(ScopedQuerySet):
    def counted(self) -> "SurveyQuerySet":
        """Submitted or sealed; a draft counts nowhere."""
        return self.exclude(state=DRAFT)


class Survey(OfHousehold):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="surveys", verbose_name="户"
    )
    year = models.PositiveSmallIntegerField("年度")
    member_count = models.PositiveSmallIntegerField("采集时家庭人口数", default=0, editable=False)
    wage_income = money("工资性收入")
    business_income = money("生产经营性收入")
    property_income = money("财产性收入")
    family_planning_income = money("计划生育金")
    subsistence_income = money("低保金")
    extremely_poor_income = money("五保金(特困供养金)")
    pension_income = money("养老保险金")
    ecology_income = money("生态补偿金")
    other_transfer_income = money("其他转移性收入")
    business_expense = money("生产经营性支出")
    # Kept by settle(), so that lists and colours need not compute them.
    net_income = money("家庭纯收入")
    net_income_per_capita = money("人均纯收入")
    food_assured = yes_no("不愁吃")
    clothing_assured = yes_no("不愁穿")
    education_guaranteed = yes_no("义务教育有保障")
    medical_guaranteed = yes_no("基本医疗有保障")
    housing_guaranteed = yes_no("住房安全有保障")
    water_safe = yes_no("饮水安全")
    check_basic_data = yes_no("核对基本情况")
    check_identification = yes_no("核对识别程序")
    check_measures = yes_no("核对脱贫措施")
    check_responsibility = yes_no("核对扶贫责任")
    check_exit = yes_no("核对脱贫情况")
    archive_tidy = yes_no("档案规范")
    surveyor = models.CharField("采集人", max_length=60)
    surveyed_on = models.DateField("采集日期")
    state = CodeField(CODES, "survey_state", verbose_name="采集状态", default=DRAFT)
    correction_reason = models.CharField("封存后更正原因", max_length=200, blank=True)

    objects = SurveyQuerySet.as_manager()
    history = versions()

    class Meta:
        verbose_name = "年度采集"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year"],
                name="survey_once_a_year",
                violation_error_message="该户本年度已有采集记录",
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.year}年采集"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "net_income", "net_income_per_capita"}
        super().save(*args, **kwargs)

    def settle(self) -> None:
        """Works out the derived columns; with no income stated at all they stay unknown."""
        stated = [getattr(self, name) for name in (*INCOME_PARTS, *TRANSFER_PARTS)]
        if all(amount is None for amount in stated):
            self.net_income = self.net_income_per_capita = None
            return
        self.net_income = self.total_income - (self.business_expense or Decimal(0))
        self.net_income_per_capita = per_head(self.net_income, self.member_count)

    def _sum(self, names: tuple[str, ...]) -> Decimal:
        return sum((getattr(self, name) or Decimal(0) for name in names), Decimal(0))

    @property
    def transfer_income(self) -> Decimal:
        """转移性收入: the sum of its six parts."""
        return self._sum(TRANSFER_PARTS)

    @property
    def total_income(self) -> Decimal:
        """家庭总收入: wage + business + property + transfer."""
        return self._sum(INCOME_PARTS) + self.transfer_income

    @property
    def failing(self) -> tuple[str, ...]:
        """Labels of the five that are answered 否."""
        return tuple(label(name) for name in ASSURANCES if getattr(self, name) is False)

    def members_on(self, day: datetime.date) -> models.QuerySet[Person]:
        """Who was in the household on the day; founding members before 纳入 have no date yet."""
        return Person.objects.filter(household=self.household_id).filter(
            (models.Q(joined_on__isnull=True) | models.Q(joined_on__lte=day)),
            models.Q(left_on__isnull=True, present=True) | models.Q(left_on__gt=day),
        )

    def submit(self) -> None:
        """草稿 → 已填报: freezes the member count and the members' yearly facts.

        Raises ValidationError when it has been submitted already or a required answer is missing.
        """
        missing = [
            label(name)
            for name in (*INCOME_PARTS, "business_expense", *ASSURANCES, "water_safe")
            if getattr(self, name) is None
        ]
        if missing:
            raise ValidationError("以下各项还没有填：" + "、".join(missing))
        with transaction.atomic():
            if not Survey.objects.filter(pk=self.pk, state=DRAFT).update(state=SUBMITTED):
                raise ValidationError("该采集表已经填报")
            members = list(self.members_on(self.surveyed_on))
            self.state, self.member_count = SUBMITTED, len(members)
            self.save(update_fields=["state", "member_count"])
            PersonYear.objects.filter(person__in=members, year=self.year).delete()
            PersonYear.objects.bulk_create(PersonYear.of(person, self.year) for person in members)
