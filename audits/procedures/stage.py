"""What a stage table is made of: procedure → version → stage → role, decision or clerical, notice, evidence.

Pure data; the machine (models/passing.py) reads it and knows no procedure by name.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from accounts.roles import Role
from areas.models import Level


class ListKind(models.TextChoices):
    HOUSEHOLD_EXIT = "household-exit", "贫困户退出"
    VILLAGE_EXIT = "village-exit", "重点村退出"
    ENTRY = "entry", "纳入返贫"
    RENOVATION = "renovation", "危房改造"
    REVERSAL = "reversal", "退出回退"


class Paper(models.TextChoices):
    """What is kept as evidence; the label is the paper's name."""

    PROPOSAL = "proposal", "村民小组提报名单"
    COMMITTEE_MINUTES = "committee-minutes", "村两委会议记录"
    DELEGATE_MINUTES = "delegate-minutes", "村民代表会议记录"
    VERIFICATION = "verification", "核实表"
    CONSENT = "consent", "拟退出户认可书"
    ACCEPTANCE_SHEET = "acceptance-sheet", "验收表"
    APPLICATION = "application", "申请书"
    SURVEY_SHEET = "survey-sheet", "调查评估表"
    ACCEPTANCE_REPORT = "acceptance-report", "验收报告"
    THIRD_PARTY_REPORT = "third-party-report", "第三方评估报告"
    AGREEMENT = "agreement", "改造协议"
    PAYMENT_VOUCHER = "payment-voucher", "拨付凭证"
    GRADE_REPORT = "grade-report", "房屋鉴定报告"
    HOUSE_PHOTOS = "house-photos", "改造前后照片"
    REVERSAL_GROUNDS = "reversal-grounds", "回退依据"
    APPROVAL = "approval", "审核意见"
    OTHER = "other", "其他材料"


class Act(models.TextChoices):
    """What a stage does to the register when it passes."""

    LEAVE = "leave", "退出"
    REMOVE_CAP = "remove-cap", "摘帽"
    ENTER = "enter", "纳入或返贫"
    FIX_SIZE = "fix-size", "核定家庭人口数"
    PAY = "pay", "拨付"
    REVERSE = "reverse", "回退"

    @property
    def final(self) -> bool:
        """It ends the entries and is not undone by sending back."""
        return self is not Act.FIX_SIZE


@dataclass(frozen=True)
class Posting:
    """A public notice: the word, its whole Shanghai days, and the levels at which a sheet hangs.

    `fixed` days stand in the plan; others are a setting of the county (domain §5).
    """

    word: str
    days: int
    places: tuple[Level, ...] = (Level.VILLAGE,)
    fixed: bool = True


@dataclass(frozen=True)
class Stage:
    """One stage; a list at a stage waits for it to be done.

    `decision`: four eyes bind. `own`: may be decided by who entered the list (评议 alone: it records what
    the meeting decided). `adds`: who may enter records while the list stands here. `within`: days in which
    it is to be done (a notice: to be posted, and again to be passed on after its end); None is no deadline.
    `each`: those of `papers` that every entry brings for itself, one for all does not do.
    The remaining flags are what must be there before it passes, each explained in models/wanting.py.
    """

    key: str
    label: str
    roles: tuple[Role, ...]
    decision: bool = False
    own: bool = False
    adds: tuple[Role, ...] = ()
    posting: Posting | None = None
    papers: tuple[Paper, ...] = ()
    each: tuple[Paper, ...] = ()
    agreed: bool = False
    criteria: bool = False
    answers: bool = False
    team: bool = False
    departments: bool = False
    case: tuple[str, ...] = ()
    reason: bool = False
    window: bool = False
    single: bool = False
    act: Act | None = None
    within: int | None = 15


@dataclass(frozen=True)
class Procedure:
    """A version of a stage table. Lists opened before `since` of the next one end on the one they have."""

    kind: ListKind
    version: int
    since: datetime.date
    unit: Level
    stages: tuple[Stage, ...]

    def __getitem__(self, key: str) -> Stage:
        """KeyError for a stage that this version does not have."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    def __contains__(self, key: str) -> bool:
        return any(stage.key == key for stage in self.stages)

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def openers(self) -> tuple[Role, ...]:
        """Who opens a list: those who may enter records at its first stage."""
        return self.first.adds

    def place(self, key: str) -> int:
        return self.stages.index(self[key])

    def after(self, key: str) -> Stage | None:
        """The next stage; None after the last."""
        following = self.place(key) + 1
        return self.stages[following] if following < len(self.stages) else None

    def before(self, key: str) -> tuple[Stage, ...]:
        return self.stages[: self.place(key)]

    def acted_before(self, key: str) -> bool:
        """The register has been changed by the time a list stands here: no way back but a 回退."""
        return any(stage.act is not None and stage.act.final for stage in self.before(key))

    def postings(self) -> Iterator[Stage]:
        return (stage for stage in self.stages if stage.posting is not None)
