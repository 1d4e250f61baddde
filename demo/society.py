"""Help by society in the demonstration county: pairing, gifts, cooperation, volunteers, aid; and what the fund paid.

Everybody is invented; the cooperation's name is the plan's (004 第十章第二节), its figures are not.
"""

import datetime
import random
from decimal import Decimal
from typing import Any

from areas.models import Area, Level
from households.models import Household
from measures.models import Beneficiary, CharityFund, HelpState, SocialHelp

YEARS = (2016, 2017, 2018)
COOPERATION = (
    "劳务协作输出",
    "党政干部挂职",
    "教师支教培训",
    "医疗对口帮扶",
    "农产品产销对接",
    "产业园区共建",
    "乡村旅游推介",
)
FIRMS = ("演示面粉公司", "演示纺织公司", "演示光电公司", "演示建材公司", "演示食品公司", "演示物流公司")
# Kind, what, who gives, their kind, yuan, people helped; for a village.
VILLAGE_HELP = (
    ("志愿服务", "入户打扫理发", "演示青年志愿队", "志愿队伍", None, 30),
    ("社会组织项目", "留守老人日间照料", "演示社工服务中心", "社会组织", 30_000, 24),
    ("法律援助", "赡养纠纷援助", "演示法律援助中心", "机关单位", None, 2),
    ("矛盾调解", "赡养协议调解", "演示镇司法所", "机关单位", None, 3),
    ("孝善基金", "子女缴纳赡养金", "演示村孝善理事会", "社会组织", 7_200, 40),
    ("邻里互助", "照料失能老人", "演示村互助小组", "社会组织", 3_600, 4),
    ("春节慰问", "春节走访送米面油", "演示区残联", "机关单位", 9_000, 45),
)
USES = (
    ("技能培训", "演示技工学校", 18_000),
    ("医疗救助", "演示区人民医院", 42_500),
    ("孤寡老人", "演示镇敬老院", 26_000),
    ("助学", "演示第一中学", 15_000),
    ("生产发展", "演示养殖合作社", 20_000),
)


def load(county: Area, *, by: Any, today: datetime.date, rng: random.Random) -> None:
    villages = list(Area.objects.filter(parent__parent=county, level=Level.VILLAGE, valid_to__isnull=True))
    homes = list(
        Household.objects.in_area(county).in_register().select_related("village").order_by("number")[:400]
    )
    made: list[SocialHelp] = []
    reached: list[tuple[SocialHelp, Area, Household | None]] = []

    def note(**facts: Any) -> SocialHelp:
        one = SocialHelp(recorded_by=by, **facts)
        made.append(one)
        return one

    for firm in FIRMS:
        village = rng.choice(villages)
        one = note(
            kind="企业结对",
            title=f"{firm}结对{village.name}",
            area=village,
            giver=firm,
            giver_kind="企业",
            receiver=village.name,
            start_on=datetime.date(2017, rng.randrange(1, 12), 8),
            amount=Decimal(rng.randrange(2, 20) * 10_000),
            people=rng.randrange(10, 80),
            published=True,
        )
        reached.append((one, village, None))
    for year in YEARS:
        for place, what in enumerate(COOPERATION):
            note(
                kind="扶贫协作",
                title=f"环翠区协作（演示）：{what}",
                area=county,
                giver="环翠区",
                giver_kind="协作区县",
                receiver=county.name,
                start_on=datetime.date(year, 3 + place, 10),
                end_on=datetime.date(year, 12, 20) if year < today.year else None,
                amount=Decimal(rng.randrange(10, 40) * 10_000) if place else None,
                people=rng.randrange(40, 300),
                state=HelpState.DONE if year < today.year else HelpState.RUNNING,
            )
        note(
            kind="协作会议",
            title=f"{year}年扶贫协作联席会议（演示），通过年度计划",
            area=county,
            giver="环翠区",
            giver_kind="协作区县",
            start_on=datetime.date(year, 2, 26),
            end_on=datetime.date(year, 2, 26),
            state=HelpState.DONE,
        )
        for kind, what, giver, sort, yuan, people in VILLAGE_HELP:
            village = rng.choice(villages)
            one = note(
                kind=kind,
                title=f"{village.name}{what}",
                area=village,
                giver=giver,
                giver_kind=sort,
                receiver=village.name,
                start_on=datetime.date(year, rng.randrange(1, 11), rng.randrange(1, 28)),
                amount=Decimal(yuan) if yuan is not None else None,
                people=people,
                state=HelpState.DONE if year < today.year else HelpState.RUNNING,
            )
            reached.append((one, village, None))
    for home in rng.sample(homes, min(len(homes), 12)):
        one = note(
            kind="慈善转介",
            title="大病自付费用仍高，转慈善救助",
            area=home.village,
            giver="演示区慈善总会",
            giver_kind="社会组织",
            start_on=datetime.date(2018, rng.randrange(1, 11), 12),
            amount=Decimal(rng.randrange(3, 12) * 1000),
            people=1,
        )
        reached.append((one, home.village, home))
    for what in ("轮椅两辆", "过冬棉被二十床", "学习用品三十套"):
        village = rng.choice(villages)
        note(
            kind="社会捐赠",
            title=f"{village.name}需要{what}",
            area=village,
            receiver=village.name,
            start_on=today - datetime.timedelta(days=rng.randrange(3, 40)),
            state=HelpState.WANTED,
        )
    gifts = [
        note(
            kind=kind,
            title=title,
            area=county,
            giver=giver,
            giver_kind=sort,
            receiver="扶贫专户",
            start_on=day,
            amount=Decimal(yuan),
            to_fund=True,
            published=sort == "企业",
        )
        for kind, title, giver, sort, day, yuan in (
            (
                "慈心一日捐",
                "2017年慈心一日捐",
                "全区干部职工（演示）",
                "机关单位",
                datetime.date(2017, 5, 20),
                86_000,
            ),
            (
                "慈心一日捐",
                "2018年慈心一日捐",
                "全区干部职工（演示）",
                "机关单位",
                datetime.date(2018, 5, 18),
                92_300,
            ),
            ("社会捐赠", "扶贫日捐款", "演示面粉公司", "企业", datetime.date(2018, 10, 17), 50_000),
        )
    ]
    SocialHelp.objects.bulk_create(made)
    for one in made:
        one._history_user = by
    SocialHelp.history.bulk_history_create(made, default_user=by)  # type: ignore[attr-defined]
    Beneficiary.objects.bulk_create(
        Beneficiary(social_help=one, village=village, household=home) for one, village, home in reached
    )
    for gift in gifts:
        gift.finish(by=by, on=gift.start_on)
    fund = CharityFund.of(county)
    for place, (purpose, payee, yuan) in enumerate(USES):
        day = datetime.date(2018, 6 + place, 15)
        fund.spend(
            amount=Decimal(yuan), by=by, on=day, purpose=purpose, payee=payee, voucher=f"演示专{place + 1:03}"
        )
