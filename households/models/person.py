"""Persons of a household, and their yearly facts.

Person holds the facts as they are now; PersonYear keeps them as they stood when a year's survey was
submitted (fields.csv, note "yearly"). Both have the fields of YearlyFacts, so they stand once.
"""

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from areas.scope import ScopedQuerySet
from households import identity
from households.codes import CODES
from households.models.belonging import OfHousehold, typed_fields, versions, whole, yes_no
from households.models.name import NameKey
from households.models.number import NumberSeries
from office.codes import CodeField, CodesField
from office.pii import EarlierIndexField, EncryptedTextField, KeyedIndexField

if TYPE_CHECKING:
    from households.models.household import Household

HEAD = "户主"
FOUNDING = "纳入时登记"
MOVED_IN = "分户转入"
NATIONAL = "国家标准"


class YearlyFacts(models.Model):
    education = CodeField(CODES, "education", verbose_name="文化程度", blank=True)
    schooling = CodeField(CODES, "schooling", verbose_name="在校生状况", blank=True)
    school_name = models.CharField("就读学校", max_length=100, blank=True)
    boarding = yes_no("是否寄宿")
    dropout_reason = CodeField(CODES, "dropout_reason", verbose_name="失学或辍学原因", blank=True)
    health = CodesField(CODES, "health", verbose_name="健康状况")
    disease_name = EncryptedTextField("疾病名称", blank=True)
    self_care = CodeField(CODES, "self_care", verbose_name="生活自理能力(失能情况)", blank=True)
    labour_capacity = CodeField(CODES, "labour_capacity", verbose_name="劳动技能", blank=True)
    employment_willingness = CodeField(CODES, "employment_willingness", verbose_name="就业意愿", blank=True)
    training_willingness = CodeField(CODES, "training_willingness", verbose_name="培训意愿", blank=True)
    work_place = CodeField(CODES, "work_place", verbose_name="务工所在地(范围)", blank=True)
    work_place_detail = models.CharField("务工所在地", max_length=100, blank=True)
    work_months = whole("务工时间")
    employer = models.CharField("务工企业名称", max_length=100, blank=True)
    works_abroad = yes_no("是否国外务工")
    employment_channel = CodesField(CODES, "employment_channel", verbose_name="就业渠道", blank=True)
    public_service_post_type = CodeField(
        CODES, "public_service_post_type", verbose_name="公益性岗位类型", blank=True
    )
    public_service_post_months = whole("公益性岗位(月数)")
    industry_class = CodeField(CODES, "industry_class", verbose_name="产业分类", blank=True)
    subsistence_allowance = yes_no("是否享受低保")
    extremely_poor_support = yes_no("是否特困供养人员")
    support_mode = CodeField(CODES, "support_mode", verbose_name="供养方式", blank=True)
    resident_medical_insurance = yes_no("是否参加新型农村合作医疗(城乡居民基本医疗保险)")
    employee_medical_insurance = yes_no("是否参加城镇职工基本医疗保险")
    critical_illness_insurance = yes_no("是否参加大病保险")
    supplementary_insurance = yes_no("是否参加商业补充医疗保险")
    resident_pension = yes_no("是否参加城乡居民基本养老保险")
    employee_pension = yes_no("是否参加城镇职工基本养老保险")
    critical_illness_aid = yes_no("是否接受大病医疗救助")
    other_health_aid = yes_no("是否接受其他健康扶贫")

    class Meta:
        abstract = True


class PersonQuerySet(ScopedQuerySet):
    def holding(self, number: str) -> "PersonQuerySet":
        """Persons with this identity number (its first 18 for a 残疾人证)."""
        key = Person._meta.get_field("id_number_key").of(number)
        return self.filter(id_number_key=key) if key else self.none()


class Person(OfHousehold, YearlyFacts):
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="persons", verbose_name="户"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField("人口编号", max_length=20, editable=False)
    national_number = models.CharField("全国系统人口编号", max_length=40, blank=True)
    name = models.CharField("姓名", max_length=60)
    sex = CodeField(CODES, "sex", verbose_name="性别")
    birth_date = models.DateField("出生日期")
    id_type = CodeField(CODES, "id_type", verbose_name="证件类型", default="居民身份证")
    id_number = EncryptedTextField("证件号码")
    id_number_key = KeyedIndexField(source="id_number", purpose="id_number", normalise=identity.stem)
    id_number_key_before = EarlierIndexField(
        source="id_number", purpose="id_number", normalise=identity.stem, null=True
    )
    ethnicity = CodeField(CODES, "ethnicity", verbose_name="民族", default="汉族")
    phone = EncryptedTextField("成员联系电话", blank=True)
    phone_key = KeyedIndexField(source="phone", purpose="phone")
    relation = CodeField(CODES, "relation", verbose_name="与户主关系")
    marital_status = CodeField(CODES, "marital_status", verbose_name="婚姻状况", blank=True)
    political_status = CodeField(CODES, "political_status", verbose_name="政治面貌", blank=True)
    disability_category = CodeField(CODES, "disability_category", verbose_name="残疾类别", blank=True)
    disability_grade = CodeField(CODES, "disability_grade", verbose_name="残疾等级", blank=True)
    disability_certificate = EncryptedTextField("残疾证号", blank=True)
    disability_certificate_year = whole("残疾证办证年度")
    speaks_mandarin = yes_no("是否会讲普通话")
    orphan = yes_no("是否孤儿")
    child_in_difficulty = yes_no("是否困境儿童")
    left_behind_child = yes_no("是否留守儿童")
    left_behind_woman = yes_no("是否留守妇女")
    left_behind_elder = yes_no("是否留守老人")
    active_soldier = yes_no("是否现役军人")
    joined_on = models.DateField("增加日期", null=True, editable=False)
    join_reason = CodeField(CODES, "join_reason", verbose_name="增加原因", default=FOUNDING)
    left_on = models.DateField("减少日期", null=True, editable=False)
    leave_reason = CodeField(CODES, "leave_reason", verbose_name="减少原因", blank=True, editable=False)
    # False as soon as the person left or the household is cancelled; kept by the events.
    present = models.BooleanField("是否在册", default=True, editable=False)

    objects = PersonQuerySet.as_manager()
    history = versions()

    class Meta:
        verbose_name = "人口"
        ordering = ["number"]
        # Here and not in the fields, which on PostgreSQL would get an index each for LIKE: nothing asks by that.
        # The constraint's index holds present persons only; who has left is found by number too.
        indexes = [
            models.Index(fields=["id_number_key"], name="person_id_number"),
            models.Index(fields=["national_number"], name="person_national_number"),
            models.Index(fields=["phone_key"], name="person_phone"),
            # Likely duplicates (households/duplicates).
            models.Index(fields=["birth_date", "name"], name="person_born_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="person_number_once"),
            # While the index key is changed: the earlier index of whoever has been indexed anew and of who has not. The
            # first that PostgreSQL looks at, so that who is refused and the rotation do not wait for each other.
            models.UniqueConstraint(
                Coalesce("id_number_key_before", "id_number_key"),
                condition=Q(present=True) & ~Q(id_number_key=""),
                name="person_active_once_earlier",
                violation_error_message="该证件号码已在册",
            ),
            models.UniqueConstraint(
                fields=["id_number_key"],
                condition=Q(present=True) & ~Q(id_number_key=""),
                name="person_active_once",
                violation_error_message="该证件号码已在册",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(present=True, relation=HEAD),
                name="household_one_head",
                violation_error_message="本户有两个及以上户主",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, leave_reason="")
                | (Q(left_on__isnull=False, present=False) & ~Q(leave_reason="")),
                name="person_leaves_with_reason",
                violation_error_message="减少日期和减少原因要同填或同空",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(joined_on__isnull=True)
                | Q(left_on__gte=F("joined_on")),
                name="person_leaves_after_joining",
                violation_error_message="减少日期不能早于增加日期",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.number:
            (self.number,) = NumberSeries.take("person")
        adding = self._state.adding
        if not adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = typed_fields(self, ("household", "join_reason"))
        if "id_number_key" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "id_number_key_before"}
        with transaction.atomic():
            changed = {} if adding else kwargs["update_fields"]
            before = Person.objects.filter(pk=self.pk).values_list("name", "household")
            was = before.first() if {"name", "household", "household_id"} & set(changed) else None
            super().save(*args, **kwargs)
            if adding:
                NameKey.objects.add([self])
            elif was is not None and was != (self.name, self.household_id):
                NameKey.objects.renew_households(Person, {was[1], self.household_id})

    @classmethod
    def create(cls, *, household: "Household", **facts: Any) -> "Person":
        """A member taken down before 纳入; after it a person comes by `household.person_joins`."""
        person = cls(**facts)
        household.add_members(person)
        return person

    def clean(self) -> None:
        """Sex and birth date follow from an 18-digit number (C015, C016); the number is nobody else's (C012)."""
        if not self.id_number:
            return
        taken = Person.objects.holding(self.id_number).filter(present=True).exclude(pk=self.pk)
        if self.present and taken.exists():
            raise ValidationError({"id_number": "该证件号码已在册"})

    def check_number(self, on: datetime.date) -> None:
        """Rules C003–C009 on the day; a valid number is stored as read and gives sex and birth date."""
        read = identity.read(self.id_type, self.id_number, on)
        if not read.valid:
            raise ValidationError({"id_number": read.messages})
        self.id_number = read.number
        if read.birth_date:
            self.sex, self.birth_date = read.sex, read.birth_date

    def age(self, on: datetime.date) -> int:
        """周岁 on the day."""
        had_birthday = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (not had_birthday)

    @property
    def below_national_line(self) -> bool:
        """是否国标人口: the household's standard at entry."""
        return self.household.below_national

    @property
    def is_head(self) -> bool:
        return self.relation == HEAD


class PersonYear(YearlyFacts):
    """A person's yearly facts as a submitted survey found them; a later submission writes them again."""

    area_lookups = {
        "county": "person__household__county_id",
        "town": "person__household__town_id",
        "village": "person__household__village_id",
    }

    person = models.ForeignKey(Person, models.PROTECT, related_name="years", verbose_name="人口")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField("年度")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "人口年度情况"
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="person_year_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.year}年"

    @classmethod
    def of(cls, person: Person, year: int) -> "PersonYear":
        """The person's present facts as a row of the year, not saved."""
        return cls(
            person=person,
            year=year,
            **{field.name: getattr(person, field.name) for field in YearlyFacts._meta.get_fields()},
        )
