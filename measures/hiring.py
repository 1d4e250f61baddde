"""Who carries a farm project takes on the poor (R093; 001 第三章第一节四、五); pure.

A firm in a project of the province or the city must employ poor labour. A co-operative that takes on none gets no
project, of whatever level. Below the province and the city a firm without poor workers is only told. What is not
recorded is none: the number is entered with the enterprise.
"""

from dataclasses import dataclass

CHAPTER, CATEGORY, COOPERATIVE = "产业", "产业项目", "合作社"
PROVINCE, CITY, COUNTY = "省级", "市级", "区级"
LEVELS = (PROVINCE, CITY, COUNTY)
BOUND = (PROVINCE, CITY)
SOURCE = "《烟台市“十三五”脱贫攻坚规划》（烟政发〔2017〕5号）三章一节"
RULE = f"承担省级、市级产业项目的企业要吸纳贫困劳动力；没有吸纳贫困人口的合作社不安排项目。依据{SOURCE}四、五"
# A unit that is called so is no office: which enterprise it is must be said.
FIRM_WORDS = ("合作社", "公司", "农场", "车间", "集团")
# Only at its end: a village may be called after a works.
FIRM_ENDS = ("厂", "养殖场", "种植基地", "养殖基地")


@dataclass(frozen=True)
class Verdict:
    """`refusal`: the project is not applied for, reported or approved; `warning`: only told."""

    refusal: str = ""
    warning: str = ""


def is_farm(chapter: str, category: str) -> bool:
    """By either, so that another chapter is no way round the rule."""
    return chapter == CHAPTER or category == CATEGORY


def verdict(farm: bool, level: str, name: str, kind: str, poor: int | None) -> Verdict:
    """`poor`: how many poor people the enterprise employs, None where nobody has entered it."""
    if not farm or poor:
        return Verdict()
    none = f"“{name}”{'没有吸纳贫困人口' if poor == 0 else '没有登记吸纳贫困人口'}"
    if kind == COOPERATIVE:
        return Verdict(refusal=f"{none}，没有吸纳贫困人口的合作社不安排项目（{SOURCE}五）")
    if level in BOUND:
        return Verdict(refusal=f"{none}，承担{level}产业项目的企业要吸纳贫困劳动力（{SOURCE}四）")
    return Verdict(warning=f"{none}，立项前请核实")


def is_firm(unit: str) -> bool:
    return any(word in unit for word in FIRM_WORDS) or unit.endswith(FIRM_ENDS)


def unnamed(unit: str, carrier: str) -> str:
    """Why it is not said who carries the project: a unit that is a firm must be the enterprise that is named."""
    if not is_firm(unit):
        return ""
    if not carrier:
        return "实施单位是企业或合作社的要选承担主体，没有列出的先登记企业"
    if carrier in unit or unit in carrier:
        return ""
    return f"实施单位“{unit}”和承担主体“{carrier}”不是同一家"
