"""Who: users and their duties (任职). A duty is a role in an area between two days; no duty, no right."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.roles import BUSINESS, CAPABILITIES, LEVELS, Capability, Role
from accounts.second_factor import RecoveryCode, SecondFactor
from accounts.units import Unit
from areas.models import Area, Level
from areas.scope import AreaScope, ScopedQuerySet
from office import clock, trail

__all__ = ["Duty", "RecoveryCode", "SecondFactor", "User"]


def _today() -> datetime.date:
    """A duty is valid today or not: the one place below views, tasks and commands that asks for the day."""
    return clock.today()


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """The first 安全管理员 of a deployment (`manage.py createsuperuser`); it creates all the others."""
        top = Area.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("code").first()
        if top is None:
            raise ValidationError("还没有区划：请先用 import_areas 导入区划，再建立第一个安全管理员")
        with transaction.atomic():
            user = self.create_user(username, password, **fields)
            Duty.objects.create(user=user, role=Role.SECURITY, area=top, start_on=_today())
            trail.record("新建用户", subject=user, area=top, detail={"角色": str(Role.SECURITY.label)})
        return user

    def managed_by(self, keeper: User, on: datetime.date) -> models.QuerySet[User]:
        """Users without a standing duty outside the area the security administrator keeps."""
        if Capability.USERS_MANAGE not in keeper.capabilities():
            return self.none()
        elsewhere = (
            Duty.objects.standing(on)
            .filter(user=OuterRef("pk"))
            .exclude(keeper.areas_of(Capability.USERS_MANAGE, "area"))
        )
        return self.filter(~Exists(elsewhere))


class User(AbstractBaseUser):
    """Nobody is a superuser: what a user may do comes from duties alone."""

    username = models.CharField(
        "用户名",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator(message="用户名只能用文字、数字和 @ . + - _")],
        error_messages={"unique": "这个用户名已有人用"},
    )
    display_name = models.CharField("姓名", max_length=40)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "用户"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def valid_duties(self) -> list[Duty]:
        """Duties valid on the office's day; read once for this instance (a request has one) and day.

        A disabled user has none: the jobs that were queued for one find an empty scope.
        """
        day = _today()
        kept: tuple[datetime.date, list[Duty]] | None = self.__dict__.get("_duties")
        if kept is None or kept[0] != day:
            able = self.is_active and self.pk is not None
            found = list(self.duties.valid_on(day).select_related("area__parent__parent")) if able else []
            kept = self.__dict__["_duties"] = (day, found)
            self.__dict__.pop("_scopes", None)
            self.__dict__.pop("_succeeded", None)
        return kept[1]

    def capabilities(self) -> frozenset[Capability]:
        granted: frozenset[Capability] = frozenset()
        for duty in self.valid_duties():
            granted |= CAPABILITIES[duty.role]
        return granted

    def area_scope(self) -> AreaScope:
        """Union of the areas of business duties; who only keeps the system sees no business row (三员分立)."""
        return self._scope("", [duty.area for duty in self.valid_duties() if duty.role in BUSINESS])

    def scope_of(self, capability: Capability) -> AreaScope:
        """Only the areas of the duties that grant the capability."""
        areas = [duty.area for duty in self.valid_duties() if capability in CAPABILITIES[duty.role]]
        return self._scope(capability.value, areas)

    def areas_of(self, capability: Capability, to: str = "") -> Q:
        """Condition on Area, or a foreign key `to` it: scope_of, and the provinces and cities it was given as."""
        held = [duty.area_id for duty in self.valid_duties() if capability in CAPABILITIES[duty.role]]
        prefix = f"{to}__" if to else ""
        above = Q(**{f"{prefix}pk__in": held}) | Q(**{f"{prefix}parent__in": held})
        return self.scope_of(capability).area_q(to) | above

    def unit_q(self, capability: Capability, to: str = "area", unit: str = "unit") -> Q:
        """Condition on rows of a unit (部门) and an area: all units in the area of the duty, but of a department
        its own alone. A department's duty that names no unit holds nothing.
        """
        condition = Q(pk__in=())
        if capability not in self.capabilities():
            return condition
        if self.role != Role.DEPARTMENT:
            # One role at a time: the scope of the business duties is that of the capability.
            return self.area_scope().area_q(to)
        for duty in self.valid_duties():
            if duty.unit:
                here = self.scope_of_duty(duty).area_q(to)
                condition |= here & Q(**{unit: duty.unit})
        return condition

    def units_of(self, capability: Capability) -> list[str]:
        """The units that the user may act for: one's own, or all of them where no duty names one."""
        held = [duty for duty in self.valid_duties() if capability in CAPABILITIES[duty.role]]
        if any(duty.role != Role.DEPARTMENT for duty in held):
            return list(Unit.values)
        return list(dict.fromkeys(duty.unit for duty in held if duty.unit))

    def scope_of_duty(self, duty: Duty) -> AreaScope:
        """Only the area of this one."""
        return self._scope(f"duty {duty.pk}", [duty.area])

    def _scope(self, name: str, areas: list[Area]) -> AreaScope:
        scopes: dict[str, AreaScope] = self.__dict__.setdefault("_scopes", {})
        if name not in scopes:
            if areas and "_succeeded" not in self.__dict__:
                self.__dict__["_succeeded"] = Area.objects.succeeded()
            scopes[name] = AreaScope.of(areas, self.__dict__.get("_succeeded"))
        return scopes[name]

    @property
    def home_area(self) -> Area | None:
        """The area a page opens with: that of the first business duty, else of the first duty."""
        duties = self.valid_duties()
        business = [duty for duty in duties if duty.role in BUSINESS]
        return next((duty.area for duty in business + duties), None)

    @property
    def role(self) -> str:
        return next((duty.role for duty in self.valid_duties()), "")

    @property
    def role_label(self) -> str:
        return "、".join(dict.fromkeys(duty.post for duty in self.valid_duties())) or "无任职"

    def must_set_password(self, now: datetime.datetime) -> bool:
        """The password is an initial one, or older than PASSWORD_DAYS."""
        days = settings.PASSWORD_DAYS
        old = days and self.password_changed_at + datetime.timedelta(days=days) <= now
        return self.must_change_password or bool(old)

    def change_password(self, raw: str, *, must_change: bool = False) -> None:
        """Every session of the user ends: the session hash is derived from the password."""
        self.set_password(raw)
        self.must_change_password, self.password_changed_at = must_change, timezone.now()
        self.save(update_fields=["password", "must_change_password", "password_changed_at"])

    def grant(
        self,
        *,
        role: str,
        area: Area,
        start_on: datetime.date,
        by: User | None,
        end_on: datetime.date | None = None,
        unit: str = "",
    ) -> Duty:
        """A new duty; raises ValidationError for oneself, a mixture of roles or an area of another level."""
        if by is not None and by.pk == self.pk:
            raise ValidationError("不能给自己任职，请由另一名安全管理员办理")
        duty = Duty(
            user=self, role=role, area=area, unit=unit, start_on=start_on, end_on=end_on, granted_by=by
        )
        with transaction.atomic():
            # Taken one after the other: two grants at once could otherwise mix roles unseen.
            User.objects.filter(pk=self.pk).update(username=F("username"))
            duty.full_clean()
            duty.save()
        self.__dict__.pop("_duties", None)
        return duty


class DutyQuerySet(ScopedQuerySet):
    def valid_on(self, day: datetime.date) -> DutyQuerySet:
        return self.standing(day).filter(start_on__lte=day)

    def standing(self, day: datetime.date) -> DutyQuerySet:
        """Valid on the day or later."""
        return self.filter(withdrawn_at__isnull=True).filter(Q(end_on__isnull=True) | Q(end_on__gte=day))


class Duty(models.Model):
    """任职: both days count. Ended duties stay as the record of who could do what, and when."""

    user = models.ForeignKey(User, models.CASCADE, related_name="duties", verbose_name="用户")
    role = models.CharField("角色", max_length=12, choices=Role.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    unit = models.CharField("部门", max_length=8, choices=Unit.choices, blank=True)
    start_on = models.DateField("任职日期")
    end_on = models.DateField("离任日期", null=True, blank=True)
    withdrawn_at = models.DateTimeField("解除时间", null=True, blank=True, editable=False)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="任命人", editable=False
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    area_field = "area"
    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["start_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="duty_ends_after_start",
                violation_error_message="离任日期不能早于任职日期",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area", "unit"],
                condition=Q(end_on__isnull=True, withdrawn_at__isnull=True),
                name="duty_once_open",
                violation_error_message="该用户已有这项任职",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}（{self.area}）"

    @property
    def post(self) -> str:
        """The role, and of a department which."""
        return f"{self.get_role_display()}·{self.unit}" if self.unit else str(self.get_role_display())

    def clean(self) -> None:
        """A capability of one role must not reach the area of another, so a user has one role at a time."""
        if self.role in LEVELS and self.area_id and self.area.level not in LEVELS[self.role]:
            levels = "、".join(str(level.label) for level in Level if level in LEVELS[self.role])
            raise ValidationError({"area": f"{self.get_role_display()}的区域应是{levels}"})
        if self.role == Role.DEPARTMENT and not self.unit:
            raise ValidationError({"unit": "部门的任职要写明是哪个部门"})
        if self.role != Role.DEPARTMENT and self.unit:
            raise ValidationError({"unit": "只有部门的任职才选部门"})
        if not self.start_on:
            return
        standing = Duty.objects.standing(self.start_on).filter(user=self.user_id).exclude(pk=self.pk)
        if self.end_on:
            standing = standing.filter(start_on__lte=self.end_on)
        for other in standing.order_by("pk"):
            if other.role != self.role:
                raise ValidationError(
                    f"该用户同期任{other.get_role_display()}：一个用户同时只任一种角色，兼职请另建用户"
                )
            if (other.area_id, other.unit) == (self.area_id, self.unit):
                raise ValidationError("该用户同期已有这项任职")

    def withdraw(self, *, on: datetime.date, at: datetime.datetime) -> bool:
        """Ends the duty at once, not at the end of the day; False when somebody else has done it already."""
        last = max(on, self.start_on)
        last = min(last, self.end_on) if self.end_on else last
        done = Duty.objects.filter(pk=self.pk, withdrawn_at__isnull=True).update(withdrawn_at=at, end_on=last)
        return bool(done)
