"""Which papers there are, of which stage of which procedure, and what stands on each.

The wording of the papers is ours where the plans name a paper and give no form of it (004 第二章第四节二, 第五章).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from audits.papers import build
from audits.papers.facts import ListFacts
from audits.papers.paper import PrintedPaper
from audits.procedures import ListKind

EXIT, VILLAGE, ENTRY = ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT, ListKind.ENTRY
HOUSE, REVERSAL = ListKind.RENOVATION, ListKind.REVERSAL
WHO = ("number", "group", "head", "persons")
JUDGED = ("income", "line", "food", "clothing", "education", "medical", "housing", "water", "result")
PLANNED = ("grade", "way", "area_planned")
VOTES = ("for", "against", "abstained")
# What a decision on a list of the procedure is shown by.
EXITS = (*WHO, "income", "line", "result")
ENTRIES = (*WHO, "reason")
HOUSES = (*WHO, *PLANNED)
VILLAGES = ("number", "village", "incidence", "result")
DATED = "　　　年　　月　　日"
MEETING = ("主持人（签字）：", "记录人（签字）：", "村（居）委会（盖章）：")
STAMPED = ("负责人（签字）：", "单位（盖章）：", DATED)


@dataclass(frozen=True)
class PaperKind:
    """`at`: the stage of each procedure that has the paper. `columns` by procedure, else those of None.

    `each`: a page an entry. `opinions`: headings of the boxes below, with the stage that fills them.
    """

    key: str
    title: str
    at: Mapping[ListKind, str]
    build: Callable[[ListFacts, "PaperKind"], PrintedPaper]
    columns: Mapping[ListKind | None, Sequence[str]] = field(default_factory=dict)
    words: Mapping[ListKind | None, str] = field(default_factory=dict)
    titles: Mapping[ListKind, str] = field(default_factory=dict)
    opinions: Mapping[ListKind | None, Sequence[tuple[str, str]]] = field(default_factory=dict)
    signatures: Sequence[str] = STAMPED
    each: bool = False
    wide: bool = False

    def stage(self, kind: str) -> str:
        return self.at[ListKind(kind)]

    def titled(self, kind: str) -> str:
        return self.titles.get(ListKind(kind), self.title)

    def columns_of(self, kind: str) -> Sequence[str]:
        return self.columns.get(ListKind(kind), self.columns.get(None, WHO))

    def words_of(self, kind: str) -> str:
        return self.words.get(ListKind(kind), self.words.get(None, ""))

    def opinions_of(self, kind: str) -> Sequence[tuple[str, str]]:
        return self.opinions.get(ListKind(kind), self.opinions.get(None, ()))


KINDS: tuple[PaperKind, ...] = (
    PaperKind(
        "proposal",
        "提报名单",
        {EXIT: "proposal"},
        build.by_group,
        columns={None: (*WHO, "signed")},
        words={None: "经本组讨论，提报以下 {said}为{year}年度拟退出贫困户。"},
        titles={EXIT: "村民小组拟退出贫困户提报名单"},
        signatures=("村民小组长（签字）：", DATED),
    ),
    PaperKind(
        "application",
        "申请书",
        {ENTRY: "application", HOUSE: "application", VILLAGE: "application"},
        build.each,
        columns={
            ENTRY: ("group", "head", "persons", "standard"),
            HOUSE: ("group", "head", "persons", *PLANNED),
            VILLAGE: ("village",),
        },
        words={
            ENTRY: "本户因{reason}，申请纳入建档立卡贫困户。所填情况属实，愿意接受入户核实和公示。",
            HOUSE: "本户住房经鉴定为{grade}危房，自愿申请按“{way}”方式改造，愿意接受评议、审核和公示。",
            VILLAGE: "本村对照扶贫工作重点村退出条件，认为已经达到，申请{year}年度退出。",
        },
        titles={
            ENTRY: "纳入建档立卡申请书",
            HOUSE: "农村危房改造申请书",
            VILLAGE: "扶贫工作重点村退出申请书",
        },
        signatures=("申请人（签字、按手印，村为盖章）：", DATED),
        each=True,
    ),
    PaperKind(
        "committee-minutes",
        "村两委会议记录",
        {EXIT: "appraisal", ENTRY: "appraisal"},
        build.minutes,
        words={
            EXIT: "研究{village}{year}年度拟退出贫困户名单，共 {said}。",
            ENTRY: "研究{village}{year}年度纳入建档立卡的申请，共 {said}。",
        },
        signatures=MEETING,
    ),
    PaperKind(
        "delegate-minutes",
        "村民代表会议民主评议记录",
        {EXIT: "appraisal", ENTRY: "appraisal", HOUSE: "appraisal"},
        build.minutes,
        columns={
            None: (*WHO, *VOTES),
            HOUSE: (*WHO, "way", *VOTES),
        },
        words={
            EXIT: "民主评议{village}{year}年度拟退出贫困户，共 {said}。",
            ENTRY: "民主评议{village}{year}年度纳入建档立卡的申请，共 {said}。",
            HOUSE: "评议{village}{year}年度农村危房改造申请，共 {said}。",
        },
        signatures=MEETING,
    ),
    PaperKind(
        "verification",
        "核实表",
        {EXIT: "verification", ENTRY: "verification"},
        build.listing,
        columns={EXIT: (*WHO, *JUDGED), ENTRY: (*WHO, "reason", "signed")},
        words={None: "村两委和驻村工作队（第一书记）逐户核实，共 {said}。"},
        titles={EXIT: "拟退出贫困户核实表", ENTRY: "纳入建档立卡入户核实表"},
        signatures=("村两委（签字）：", "第一书记、驻村工作队（签字）：", DATED),
        wide=True,
    ),
    PaperKind(
        "consent",
        "认可书",
        {EXIT: "consent"},
        build.each,
        columns={None: ("group", "head", "persons", "income", "line", "agreed")},
        words={
            None: "经民主评议和入户核实，本户{year}年人均纯收入 {income} 元，高于当年扶贫标准 {line} 元，不愁吃、不愁穿，"
            "义务教育、基本医疗、住房安全有保障。本户认可以上情况，同意退出建档立卡贫困户。退出以后，原有扶贫政策在规定时间内保持不变。"
        },
        titles={EXIT: "拟退出贫困户认可书"},
        signatures=("户主（签字、按手印）：", "村干部：", "驻村工作队：", DATED),
        each=True,
    ),
    PaperKind(
        "survey-sheet",
        "调查评估表",
        {VILLAGE: "review"},
        build.villages,
        opinions={None: (("镇（街道）初审意见", "review"),)},
        titles={VILLAGE: "扶贫工作重点村退出调查评估表"},
        each=True,
    ),
    PaperKind(
        "acceptance-sheet",
        "验收表",
        {EXIT: "acceptance"},
        build.acceptance,
        columns={None: (*WHO, *JUDGED)},
        titles={EXIT: "贫困户退出验收表"},
        signatures=("验收组长（签字）：", "成员（签字）：", DATED),
        wide=True,
    ),
    PaperKind(
        "acceptance-report",
        "测评验收报告",
        {VILLAGE: "acceptance"},
        build.villages,
        opinions={None: (("测评验收结论", "acceptance"),)},
        titles={VILLAGE: "扶贫工作重点村退出测评验收报告"},
        signatures=("测评人（签字）：", "部门或第三方机构（盖章）：", DATED),
        each=True,
    ),
    PaperKind(
        "review",
        "审核意见",
        {EXIT: "approval", ENTRY: "review", HOUSE: "review"},
        build.listing,
        columns={
            EXIT: EXITS,
            ENTRY: ENTRIES,
            HOUSE: HOUSES,
        },
        words={None: "{town}对{village}上报的名单进行审核，共 {said}。"},
        opinions={
            EXIT: (("镇街党（工）委、政府（办事处）审核意见", "approval"),),
            ENTRY: (("镇街审核意见", "review"),),
            HOUSE: (("镇街审核意见", "review"),),
        },
        titles={
            EXIT: "贫困户退出审核意见",
            ENTRY: "纳入建档立卡审核意见",
            HOUSE: "农村危房改造审核意见",
        },
    ),
    PaperKind(
        "approval",
        "批复",
        {ENTRY: "approval", HOUSE: "approval", VILLAGE: "decision", REVERSAL: "approval"},
        build.listing,
        columns={
            ENTRY: ENTRIES,
            HOUSE: HOUSES,
            VILLAGE: VILLAGES,
            REVERSAL: ENTRIES,
        },
        words={None: "{county}对以下名单进行审批，共 {said}。"},
        opinions={
            ENTRY: (("区审批意见", "approval"),),
            HOUSE: (("区审批意见", "approval"),),
            VILLAGE: (("区扶贫开发领导小组审定意见", "decision"),),
            REVERSAL: (("区批准意见", "approval"),),
        },
        titles={
            ENTRY: "纳入建档立卡批复",
            HOUSE: "农村危房改造批复",
            VILLAGE: "扶贫工作重点村退出批复",
            REVERSAL: "退出回退批复",
        },
    ),
    PaperKind(
        "filing",
        "备案表",
        {EXIT: "filing", VILLAGE: "filing"},
        build.listing,
        columns={
            EXIT: EXITS,
            VILLAGE: VILLAGES,
        },
        words={None: "{town}{village}{year}年度退出名单报区扶贫开发领导小组备案，共 {said}。"},
        opinions={None: (("区扶贫开发领导小组审查备案意见", "filing"),)},
        titles={EXIT: "贫困户退出备案表", VILLAGE: "扶贫工作重点村退出备案表"},
    ),
    PaperKind(
        "strike-off",
        "销号表",
        {EXIT: "strike-off", VILLAGE: "strike-off", ENTRY: "entering"},
        build.listing,
        columns={
            EXIT: (*WHO, "outcome"),
            VILLAGE: ("number", "village", "outcome"),
            ENTRY: (*WHO, "standard", "outcome"),
        },
        words={
            None: "在全国扶贫开发信息系统开放调整期内办理退出销号，共 {said}。",
            ENTRY: "办理纳入（返贫）登记，共 {said}。",
        },
        titles={EXIT: "贫困户退出销号表", VILLAGE: "扶贫工作重点村退出销号表", ENTRY: "纳入（返贫）登记表"},
        opinions={
            EXIT: (("办理情况", "strike-off"),),
            VILLAGE: (("办理情况", "strike-off"),),
            ENTRY: (("办理情况", "entering"),),
        },
    ),
    PaperKind(
        "agreement",
        "改造协议",
        {HOUSE: "agreement"},
        build.each,
        columns={None: ("group", "head", "persons", *PLANNED)},
        words={
            None: "甲方：{town}　　乙方：{head}\n"
            "一、乙方住房按“{way}”方式改造，建筑面积不超过核定标准。\n"
            "二、乙方按期开工、竣工，保证质量和安全，竣工后由住建部门会同扶贫、财政、民政、残联逐项验收，不合格的不得入住。\n"
            "三、验收合格后，补助资金由区财政直接拨付到乙方一卡通，不超过实际造价。\n"
            "四、甲方安排专人到现场指导，协助解决施工中的困难。"
        },
        titles={HOUSE: "农村危房改造协议"},
        signatures=("甲方（盖章）：", "乙方（签字、按手印）：", DATED),
        each=True,
    ),
    PaperKind(
        "house-acceptance",
        "逐户验收表",
        {HOUSE: "acceptance"},
        build.houses,
        columns={None: ("group", "head", "persons", "grade", "way", "area_built", "cost")},
        titles={HOUSE: "农村危房改造逐户竣工验收表"},
        opinions={None: (("区住建局验收结论", "acceptance"),)},
        each=True,
    ),
    PaperKind(
        "payment",
        "拨付表",
        {HOUSE: "payment"},
        build.listing,
        columns={
            None: (*WHO, "way", "cost", "subsidy", "upper", "district", "town", "account", "paid"),
        },
        words={None: "补助资金由区财政直接拨付到户，共 {said}。"},
        titles={HOUSE: "农村危房改造补助资金拨付表"},
        signatures=("住建局（盖章）：", "财政局（盖章）：", DATED),
        wide=True,
    ),
)
BY_KEY = {kind.key: kind for kind in KINDS}


def of(list_kind: str) -> list[PaperKind]:
    """The papers that a list of the kind has, in the order of its stages."""
    return [kind for kind in KINDS if ListKind(list_kind) in kind.at]


def printed(kind: PaperKind, facts: ListFacts) -> PrintedPaper:
    return kind.build(facts, kind)
