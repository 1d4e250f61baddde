"""A national person sheet of so many new households of two, all 47 columns: BENCH_FILE, BENCH_HOUSEHOLDS.

With BENCH_FAULTY an error stands in each row.
"""

import csv
import datetime
import os
import random
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from areas.models import Area, Level
from households import identity
from tests.bench.places import ROOT

COLUMNS = ROOT / "households" / "data" / "national_person_sheet.csv"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "秀英桂兰玉梅建国志强丽敏静伟军洋勇艳杰娟涛明超霞平刚红辉玲芳燕华鹏飞宇浩"
# Older than anybody whom `seed` makes, so that no number is held already.
FIRST_YEAR, YEARS = 1901, 24
YES = ("新型农村合作医疗", "大病保险", "居民基本养老保险", "普通话")
FACTS = {
    "证件类型": "居民身份证",
    "民族": "汉族",
    "年度": "2018",
    "文化程度": "小学",
    "健康状况": "长期慢性病",
    "劳动技能": "弱劳动力或半劳动力",
    "务工时间(月)": "0",
    "政治面貌": "群众",
    "识别标准": "国家标准",
}


def titles() -> list[str]:
    with COLUMNS.open(encoding="utf-8-sig", newline="") as file:
        return [row["header"] for row in csv.DictReader(file)]


def rows(households: int, faulty: bool) -> Iterator[dict[str, str]]:
    chance, used = random.Random(9), set[str]()
    villages = list(
        Area.objects.filter(level=Level.VILLAGE)
        .select_related("parent__parent__parent__parent")
        .order_by("pk")
    )
    for place in range(households):
        village, head = chance.choice(villages), {}
        above = zip(("省", "市", "县", "乡"), (area.name for area in village.ancestors()), strict=True)
        areas = {**dict(above), "村": village.name}
        phone = f"138{chance.randrange(10**8):08d}"
        for member, male in enumerate((True, False)):
            number, born = _number(chance, male, used)
            name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
            head = head or {"户主姓名": name, "户主证件号码": number}
            yield {
                **FACTS,
                **areas,
                **head,
                "户编号": f"99{place:09d}",
                "人口编号": f"88{place:08d}{member}",
                "姓名": name,
                "性别": "男" if male else "女",
                "出生日期": f"{born:%Y%m%d}",
                "证件号码": number,
                "户联系电话": phone,
                "成员联系电话": phone,
                "与户主关系": "配偶" if member else "户主",
                "健康状况": "无此项" if faulty else FACTS["健康状况"],
            }


def _number(chance: random.Random, male: bool, used: set[str]) -> tuple[str, datetime.date]:
    while True:
        born = datetime.date(FIRST_YEAR + chance.randrange(YEARS), 1, 1) + datetime.timedelta(
            days=chance.randrange(365)
        )
        stem = f"990405{born:%Y%m%d}{chance.randrange(500) * 2 + male:03d}"
        if stem not in used:
            used.add(stem)
            return stem + identity.check_digit(stem), born


def main() -> None:
    path, households = Path(os.environ["BENCH_FILE"]), int(os.environ["BENCH_HOUSEHOLDS"])
    names = titles()
    yes_no = {
        name: "是" if any(word in name for word in YES) else "否" for name in names if name.startswith("是否")
    }
    unfinished = path.with_suffix(".part")
    with xlsxwriter.Workbook(
        str(unfinished),
        {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False},
    ) as book:
        page = book.add_worksheet("人口明细")
        page.write_row(0, 0, names)
        for line, row in enumerate(rows(households, bool(os.environ.get("BENCH_FAULTY"))), 1):
            for place, name in enumerate(names):
                value = row.get(name) or yes_no.get(name)
                if value:
                    page.write_string(line, place, value)
    unfinished.rename(path)
