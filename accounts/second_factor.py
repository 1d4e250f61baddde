"""The second factor (quality S3): a code of six digits that changes every 30 seconds (TOTP, RFC 6238), on the
phone of whoever signs in, and ten recovery codes on paper. Asked of the roles in SECOND_FACTOR_ROLES.

The secret is sealed with PII_KEY and recovery codes are kept as slow hashes: a copy of the database opens no
account. Algorithm: django_otp.oath.
"""

from __future__ import annotations

import base64
import datetime
import secrets
import uuid
from typing import Any
from urllib.parse import quote

import segno
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.crypto import pbkdf2
from django_otp.oath import TOTP

from accounts.roles import Role
from office.pii import EncryptedTextField

STEP = 30  # seconds
# A clock may be so many steps early or late.
TOLERANCE = 1
FAILURES = 5
SECRET_BYTES = 20
RECOVERY_CODES = 10
ISSUER = "脱贫攻坚"
# Of 49 bits each: that many hashes a guess.
ROUNDS = 100_000
# Without letters and digits that are mistaken for one another on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def roles_are_known() -> None:
    """Raises ImproperlyConfigured for a word that is no role: that role would be let in without its code."""
    unknown = [role for role in settings.SECOND_FACTOR_ROLES if role not in Role.values]
    if unknown:
        raise ImproperlyConfigured(f"SECOND_FACTOR_ROLES 里没有这样的角色：{'、'.join(unknown)}")


def lock_time() -> datetime.timedelta:
    """As long as wrong passwords lock the account."""
    return datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)


class SecondFactor(models.Model):
    """One a user; without `confirmed_at` it is being set up and opens nothing."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor", verbose_name="用户"
    )
    secret = EncryptedTextField("密钥")
    made_at = models.DateTimeField("建立时间")
    confirmed_at = models.DateTimeField("启用时间", null=True)
    # Steps since 1970; a code is taken once.
    last_step = models.BigIntegerField("最近一次", default=0)
    failures = models.PositiveSmallIntegerField("连续输错", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)

    class Meta:
        verbose_name = "两步验证"

    @classmethod
    def begun(cls, user: Any, now: datetime.datetime) -> SecondFactor:
        """The factor that the user is setting up; its secret stays the same until it is confirmed."""
        secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
        there, _ = cls.objects.get_or_create(user=user, defaults={"secret": secret, "made_at": now})
        return there

    @property
    def address(self) -> str:
        """What the QR code says to the phone's app."""
        name = quote(f"{ISSUER}:{self.user.username}")
        return f"otpauth://totp/{name}?secret={self.secret}&issuer={quote(ISSUER)}"

    @property
    def qr_code(self) -> str:
        """The address as an SVG element; drawn here, so that no picture leaves the office."""
        drawn = segno.make(self.address, error="m", micro=False)
        return str(drawn.svg_inline(scale=5, border=4, svgclass="qr", lineclass=None, light="#fff"))

    @property
    def secret_in_groups(self) -> str:
        """For whoever types it in."""
        secret = str(self.secret)
        return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))

    def is_locked(self, now: datetime.datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now

    def confirm(self, code: str, *, at: datetime.datetime) -> list[str]:
        """Turns it on with its first right code; the recovery codes, shown this once, or [] for a wrong code."""
        with transaction.atomic():
            if not self._take(code, at) or not self._mine().filter(confirmed_at__isnull=True).update(
                confirmed_at=at
            ):
                return []
            return self.new_recovery_codes()

    def opens(self, typed: str, *, at: datetime.datetime) -> bool:
        """Whether the code of the moment or an unused recovery code was typed; each opens once, at five
        failures in a row nothing does for as long as a locked password.
        """
        typed = "".join(typed.split()).replace("-", "").lower()
        with transaction.atomic():
            if self._take(typed, at) or self._take_recovery(typed, at):
                self._mine().update(failures=0, locked_until=None)
                return True
            free = self._mine().filter(Q(locked_until__isnull=True) | Q(locked_until__lte=at))
            free.update(failures=F("failures") + 1)
            free.filter(failures__gte=FAILURES).update(failures=0, locked_until=at + lock_time())
        self.refresh_from_db(fields=["failures", "locked_until"])
        return False

    def new_recovery_codes(self) -> list[str]:
        """Ten codes of 49 bits, in place of all earlier ones."""
        codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
        with transaction.atomic():
            self.recovery_codes.all().delete()
            RecoveryCode.objects.bulk_create(
                RecoveryCode(factor=self, digest=self._digest(code)) for code in codes
            )
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    @property
    def recovery_codes_left(self) -> int:
        return self.recovery_codes.filter(used_at__isnull=True).count()

    def _mine(self) -> models.QuerySet[SecondFactor]:
        return SecondFactor.objects.filter(pk=self.pk)

    def _take(self, code: str, at: datetime.datetime) -> bool:
        """A right code is used up, and every earlier one with it; the condition lets one of two at once through."""
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            return False
        clock = TOTP(base64.b32decode(str(self.secret)), STEP)
        clock.time = at.timestamp()
        if not clock.verify(int(code), tolerance=TOLERANCE):
            return False
        step = clock.t()
        free = Q(locked_until__isnull=True) | Q(locked_until__lte=at)
        return bool(self._mine().filter(free, last_step__lt=step).update(last_step=step))

    def _digest(self, code: str) -> str:
        return pbkdf2(code, self.uid.bytes, ROUNDS).hex()

    def _take_recovery(self, code: str, at: datetime.datetime) -> bool:
        if self.confirmed_at is None or self.is_locked(at):
            return False
        digest = self._digest(code)
        return bool(self.recovery_codes.filter(digest=digest, used_at__isnull=True).update(used_at=at))


class RecoveryCode(models.Model):
    """Opens the account once, where the phone is not at hand."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=80)
    used_at = models.DateTimeField("用过", null=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")]


def is_asked_of(user: Any) -> bool:
    """Whether a duty of the user is of a role that this deployment asks for a second factor."""
    asked = settings.SECOND_FACTOR_ROLES
    return bool(asked) and any(duty.role in asked for duty in user.valid_duties())
