"""纳入 and 返贫 (domain §5; procedures P3: the plan names neither steps nor days).

申请 → 评议公示 → 镇审核公示 → 区公告, then the entry is written by the town; only 销号 waits for the national
window. The days of all three notices are settings; the ones here are their defaults.
"""

import datetime

from accounts.roles import Role
from areas.models import Level
from audits.procedures.stage import Act, ListKind, Paper, Posting, Procedure, Stage

VERSION_1 = Procedure(
    kind=ListKind.ENTRY,
    version=1,
    since=datetime.date(2016, 1, 1),
    unit=Level.VILLAGE,
    stages=(
        Stage(
            "application",
            "申请",
            (Role.VILLAGE,),
            adds=(Role.VILLAGE, Role.TOWN),
            papers=(Paper.APPLICATION,),
            reason=True,
            within=30,
        ),
        Stage("verification", "入户核实", (Role.HELPER,), papers=(Paper.VERIFICATION,)),
        Stage(
            "appraisal",
            "民主评议",
            (Role.VILLAGE,),
            decision=True,
            own=True,
            papers=(Paper.COMMITTEE_MINUTES, Paper.DELEGATE_MINUTES),
        ),
        Stage(
            "village-notice", "评议公示", (Role.VILLAGE,), posting=Posting("公示", 7, fixed=False), within=3
        ),
        Stage("review", "镇审核", (Role.APPROVER,), decision=True, within=10),
        Stage(
            "town-notice",
            "镇公示",
            (Role.TOWN,),
            posting=Posting("公示", 7, (Level.TOWN,), fixed=False),
            within=3,
        ),
        Stage("approval", "区审批", (Role.DISTRICT,), decision=True),
        Stage(
            "announcement",
            "区公告",
            (Role.DISTRICT,),
            posting=Posting("公告", 5, (Level.COUNTY,), fixed=False),
            within=3,
        ),
        Stage("entering", "纳入登记", (Role.TOWN,), act=Act.ENTER, within=10),
    ),
)
VERSIONS = (VERSION_1,)
