"""National person sheets for tests: 47 columns, a row a person, everything a text cell."""

import io

import xlsxwriter

from households.models import Household
from households.workbook.national_columns import national_columns

HEADERS = [column.header for column in national_columns()]
AREAS = {"省": "演示省", "市": "演示市", "县": "演示区", "乡": "东演示镇", "村": "演示东村"}
FAMILY = "370405000001"
HEAD = {
    **AREAS,
    "户编号": FAMILY,
    "人口编号": "0370405000001",
    "姓名": "演示张三",
    "性别": "男",
    "出生日期": "1950-06-15",
    "证件类型": "居民身份证",
    "证件号码": "990405195006150014",
    "民族": "汉族",
    "户联系电话": "13800001234",
    "年度": "2018",
    "与户主关系": "户主",
    "文化程度": "小学",
    "健康状况": "长期慢性病",
    "户主姓名": "演示张三",
    "户主证件号码": "990405195006150014",
    "识别标准": "国家标准",
}
SPOUSE = {
    **HEAD,
    "人口编号": "0370405000002",
    "姓名": "演示李四",
    "性别": "女",
    "出生日期": "1952/6/15",
    "证件号码": "990405195206150027",
    "与户主关系": "配偶",
    "健康状况": "健康",
}


def cells(*rows, headers=HEADERS):
    """The head and the rows as lists of cells."""
    return [list(headers), *([row.get(title) for title in headers] for row in rows)]


def workbook(*rows, headers=HEADERS, sheet="人口信息"):
    """The bytes of an xlsx; text cells stay text, numbers numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for line, row in enumerate(cells(*rows, headers=headers)):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, place, value)
                elif value is not None:
                    page.write(line, place, value)
    return file.getvalue()


def said_of(household: Household, **more):
    """Rows that say of a household what the register holds; `more` changes the head's row."""
    rows = []
    head = household.head
    for person in household.persons.filter(present=True):
        row = {
            **AREAS,
            "村": household.village.name,
            "乡": household.town.name,
            "户编号": household.national_number or f"QG{household.number}",
            "人口编号": person.national_number or f"QG{person.number}",
            "姓名": person.name,
            "性别": person.sex,
            "出生日期": person.birth_date.isoformat(),
            "证件类型": person.id_type,
            "证件号码": person.id_number,
            "民族": person.ethnicity,
            "户联系电话": household.phone or None,
            "年度": "2018",
            "与户主关系": person.relation,
            "健康状况": "、".join(person.health),
            "户主姓名": head.name,
            "户主证件号码": head.id_number,
            "识别标准": household.poverty_standard,
        }
        rows.append({**row, **(more if person == head else {})})
    return rows
