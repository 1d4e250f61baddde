"""The life of a project as data (P5.15; 004 第十二章第二节一, 四): 申报 → 立项 → 实施 → 竣工验收 → 拨付 → 后续管护 → 收益分配.

Four eyes: who reported a project does not approve it, who asked for its acceptance does not accept it.
"""

from dataclasses import dataclass

from accounts.roles import Capability

APPLIED, APPROVED, WORKS, ACCEPTANCE, PAYING, AFTER_CARE, SHARING = (
    "申报",
    "立项",
    "实施",
    "竣工验收",
    "拨付",
    "后续管护",
    "收益分配",
)
STAGES = (APPLIED, APPROVED, WORKS, ACCEPTANCE, PAYING, AFTER_CARE, SHARING)
CANCELLED = "取消"
# Of a list: every stage but the last word.
LIVE = "取消以外"
# Money may be set apart for a project from its approval until it is paid out; it is paid once works have begun.
ALLOCATES = (APPROVED, WORKS, ACCEPTANCE, PAYING)
PAYS = (WORKS, ACCEPTANCE, PAYING, AFTER_CARE, SHARING)


@dataclass(frozen=True)
class Step:
    """A way from one stage to the next. `asks`: fields of its form beside day and remark; `other_than`: the step
    whose hand must be another's; `submitted`: only once the town has reported the project.
    """

    key: str
    label: str
    done: str
    leads: dict[str, str]
    capability: Capability
    asks: tuple[str, ...] = ()
    other_than: str = ""
    submitted: bool | None = None
    reason: bool = False
    paper: bool = False


STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step(
            "submit",
            "上报",
            "已上报，等区扶贫办批准立项",
            {APPLIED: APPLIED},
            Capability.PROJECT_EDIT,
            asks=("chosen_on", "team"),
            submitted=False,
            paper=True,
        ),
        Step(
            "approve",
            "批准立项",
            "已立项，可以分配资金和开工",
            {APPLIED: APPROVED},
            Capability.PROJECT_APPROVE,
            asks=("document",),
            other_than="submit",
            submitted=True,
            paper=True,
        ),
        Step(
            "start",
            "开工",
            "已开工，按月报进度",
            {APPROVED: WORKS},
            Capability.PROJECT_EDIT,
            asks=("contractor", "document", "team"),
        ),
        Step(
            "finish",
            "申请竣工验收",
            "已申请竣工验收",
            {WORKS: ACCEPTANCE},
            Capability.PROJECT_EDIT,
            asks=("team",),
        ),
        Step(
            "accept",
            "验收合格",
            "验收合格，可以付清",
            {ACCEPTANCE: PAYING},
            Capability.PROJECT_APPROVE,
            asks=("people", "team", "document"),
            other_than="finish",
            paper=True,
        ),
        Step(
            "settle",
            "拨付完毕，移交管护",
            "已付清并移交管护",
            {PAYING: AFTER_CARE},
            Capability.FUND_MANAGE,
            asks=("keeper",),
        ),
        Step(
            "share",
            "转入收益分配",
            "已转入收益分配",
            {AFTER_CARE: SHARING},
            Capability.PROJECT_EDIT,
        ),
        Step(
            "return",
            "退回",
            "已退回",
            {APPLIED: APPLIED, ACCEPTANCE: WORKS},
            Capability.PROJECT_APPROVE,
            submitted=True,
            reason=True,
        ),
        Step(
            "cancel",
            "取消项目",
            "已取消",
            {APPLIED: CANCELLED, APPROVED: CANCELLED, WORKS: CANCELLED},
            Capability.PROJECT_APPROVE,
            reason=True,
        ),
    )
}
# A change of plan leaves the stage where it is; it is a decision like the others.
REVISED = "revise"
LABELS = {REVISED: "调整计划", **{step.key: step.label for step in STEPS.values()}}


def open_steps(stage: str, submitted: bool) -> list[Step]:
    """The steps that lead on from a stage, in the order of the table."""
    return [
        step
        for step in STEPS.values()
        if stage in step.leads and (step.submitted is None or stage != APPLIED or step.submitted == submitted)
    ]
