"""扶贫工作重点村退出 (R057–R063; 004 第二章第四节二(二), procedures P2; domain §5).

The list is the town's; each village's own application is its entry (agreed by the village itself), so 申请
is passed on by the town once every village on the list has applied. 备案 (leading group, clerical) and 销号
(district, in the window) are two stages: procedures P2 stage 8 names both.
"""

import datetime

from accounts.roles import Role
from areas.models import Level
from audits.procedures.stage import Act, ListKind, Paper, Posting, Procedure, Stage

VERSION_1 = Procedure(
    kind=ListKind.VILLAGE_EXIT,
    version=1,
    since=datetime.date(2016, 1, 1),
    unit=Level.TOWN,
    stages=(
        Stage(
            "application",
            "村申请",
            (Role.TOWN,),
            adds=(Role.VILLAGE, Role.TOWN),
            papers=(Paper.APPLICATION,),
            each=(Paper.APPLICATION,),
            agreed=True,
            within=30,
        ),
        Stage(
            "review",
            "初审评估",
            (Role.TOWN,),
            decision=True,
            papers=(Paper.SURVEY_SHEET,),
            criteria=True,
        ),
        Stage("village-notice", "村内公示", (Role.TOWN,), posting=Posting("公示", 7), within=3),
        Stage("submission", "报验", (Role.TOWN,), within=5),
        Stage(
            "acceptance",
            "测评验收",
            (Role.DISTRICT,),
            decision=True,
            papers=(Paper.ACCEPTANCE_REPORT,),
            criteria=True,
            answers=True,
            within=30,
        ),
        Stage("decision", "审定", (Role.LEADER,), decision=True, criteria=True, answers=True),
        Stage(
            "announcement",
            "公告",
            (Role.DISTRICT,),
            posting=Posting("公告", 5, (Level.COUNTY, Level.TOWN)),
            within=3,
        ),
        Stage("filing", "备案", (Role.LEADER,)),
        Stage(
            "strike-off",
            "销号",
            (Role.DISTRICT,),
            criteria=True,
            answers=True,
            window=True,
            act=Act.REMOVE_CAP,
            within=None,
        ),
    ),
)
VERSIONS = (VERSION_1,)
