"""农村危房改造 (R131–R144; 004 第五章, procedures P4; domain §5): 三级审核、三榜公示.

The days of the three lists are not stated: settings, seven by default. 区审批 is the district's, 竣工验收 is
run by 住建 (department); the other four sign in its record by name and paper. After the third notice each
house goes on as a list of its own.
"""

import datetime

from accounts.roles import Role
from areas.models import Level
from audits.procedures.stage import Act, ListKind, Paper, Posting, Procedure, Stage

APPLIED = ("target", "grade", "applied_on", "willing", "way", "area_planned")
BUILT = ("started_on", "completed_on", "area_built", "cost_actual")
PAID = ("subsidy", "subsidy_upper", "subsidy_district", "subsidy_town", "paid_on")

VERSION_1 = Procedure(
    kind=ListKind.RENOVATION,
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
            case=APPLIED,
            within=30,
        ),
        Stage(
            "appraisal",
            "村集体评议",
            (Role.VILLAGE,),
            decision=True,
            own=True,
            papers=(Paper.DELEGATE_MINUTES,),
            case=APPLIED,
        ),
        Stage("first-notice", "一榜公示", (Role.VILLAGE,), posting=Posting("公示", 7, fixed=False), within=3),
        Stage("review", "镇审核", (Role.APPROVER,), decision=True, case=APPLIED, within=10),
        Stage(
            "second-notice",
            "二榜公示",
            (Role.TOWN,),
            posting=Posting("公示", 7, (Level.TOWN,), fixed=False),
            within=3,
        ),
        Stage("approval", "区审批", (Role.DISTRICT,), decision=True, case=APPLIED, act=Act.FIX_SIZE),
        Stage(
            "third-notice",
            "三榜公示",
            (Role.DISTRICT,),
            posting=Posting("公示", 7, (Level.COUNTY,), fixed=False),
            within=3,
        ),
        Stage(
            "agreement",
            "签订协议",
            (Role.TOWN,),
            papers=(Paper.AGREEMENT,),
            case=("agreement_on",),
            single=True,
        ),
        Stage("works", "组织实施", (Role.TOWN,), case=BUILT, within=None),
        Stage(
            "acceptance",
            "竣工验收",
            (Role.DEPARTMENT,),
            decision=True,
            papers=(Paper.ACCEPTANCE_SHEET,),
            departments=True,
            case=(*BUILT, "accepted_on", "accepted"),
        ),
        Stage(
            "payment",
            "补助拨付",
            (Role.DISTRICT,),
            papers=(Paper.PAYMENT_VOUCHER,),
            case=PAID,
            act=Act.PAY,
            within=30,
        ),
        Stage("archive", "归档", (Role.TOWN,), within=30),
    ),
)
VERSIONS = (VERSION_1,)
