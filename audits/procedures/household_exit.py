"""贫困户退出 (R033–R046; 004 第二章第四节二(一), procedures P1; domain §5).

Open in the plan and settled here: 核实 is recorded by the helper (工作队 or 第一书记), the sheet bears the
signature of 村两委 too; the deadlines of stages without days in the plan are ours.
"""

import datetime

from accounts.roles import Role
from areas.models import Level
from audits.procedures.stage import Act, ListKind, Paper, Posting, Procedure, Stage

VERSION_1 = Procedure(
    kind=ListKind.HOUSEHOLD_EXIT,
    version=1,
    since=datetime.date(2016, 1, 1),
    unit=Level.VILLAGE,
    stages=(
        Stage(
            "proposal",
            "小组提报",
            (Role.VILLAGE,),
            adds=(Role.VILLAGE, Role.TOWN),
            papers=(Paper.PROPOSAL,),
            within=30,
        ),
        Stage(
            "appraisal",
            "民主评议",
            (Role.VILLAGE,),
            decision=True,
            own=True,
            papers=(Paper.COMMITTEE_MINUTES, Paper.DELEGATE_MINUTES),
        ),
        Stage("verification", "核实", (Role.HELPER,), papers=(Paper.VERIFICATION,), criteria=True),
        Stage("consent", "贫困户认可", (Role.VILLAGE,), papers=(Paper.CONSENT,), agreed=True),
        Stage("village-notice", "村内公示", (Role.VILLAGE,), posting=Posting("公示", 7), within=3),
        Stage("submission", "上报", (Role.VILLAGE,), within=5),
        Stage(
            "acceptance",
            "验收",
            (Role.TOWN,),
            decision=True,
            papers=(Paper.ACCEPTANCE_SHEET,),
            criteria=True,
            answers=True,
            team=True,
        ),
        Stage("approval", "审核", (Role.APPROVER,), decision=True, criteria=True, answers=True, within=10),
        Stage("announcement", "村内公告", (Role.TOWN,), posting=Posting("公告", 5), within=3),
        Stage("filing", "审查备案", (Role.LEADER,), decision=True, criteria=True, answers=True),
        Stage(
            "strike-off",
            "退出销号",
            (Role.TOWN,),
            criteria=True,
            answers=True,
            window=True,
            act=Act.LEAVE,
            within=None,
        ),
        Stage("archive", "归档", (Role.TOWN,), within=30),
    ),
)
VERSIONS = (VERSION_1,)
