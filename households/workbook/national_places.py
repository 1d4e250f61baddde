"""Where somebody works, as a range of the list work_place, worked out from a place by its name (pure)."""

from collections.abc import Sequence

from areas.models import SUFFIXES

IN_TOWN, IN_COUNTY, IN_PROVINCE, ELSEWHERE = (
    "乡（镇）内务工",
    "乡（镇）外县内务工",
    "县外省内务工",
    "省外务工",
)
PROVINCES = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
]


def short(name: str) -> str:
    """A name as it is said in an address: 山东省 → 山东; what is only one sign stays whole."""
    cut = SUFFIXES.sub("", name).removesuffix("省").removesuffix("市")
    return cut if len(cut) > 1 else name


def range_of(place: str, areas: Sequence[str | None]) -> str | None:
    """The range of a place seen from a household in `areas` (the five names); None when it cannot be told.

    The nearest name that stands in the place decides, whole names before short ones, unless the place begins
    with another province.
    """
    province, city, county, town, village = (area or "" for area in areas)
    home = short(province) if province else ""
    foreign = next((one for one in PROVINCES if place.startswith(one)), "")
    if foreign and home and foreign != home:
        return ELSEWHERE
    ranges = (
        (village, IN_TOWN),
        (town, IN_TOWN),
        (county, IN_COUNTY),
        (city, IN_PROVINCE),
        (province, IN_PROVINCE),
    )
    for said in (str, short):
        for name, found in ranges:
            if name and said(name) in place:
                return found
    return None
