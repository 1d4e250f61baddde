"""Who took a file out of the office: written into each copy as it is handed out (下载人、时间、编号、用途).

A file that is made once and handed to several is stamped on its way: only its sheets are touched, at the foot of the
print and in a line below what is written, so that two copies differ there alone. The number leads to the row of the
trail. Csv has no place that a program would not read as a record: there the number stands in the file's name.
"""

import datetime
import io
import re
import secrets
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from office.long_workbook import MAX_ROWS, ZIP_DAY
from office.official_form import APART
from office.text_cells import ESCAPE_LIKE, clean

USE = "限扶贫工作使用，不得外传"
# Letters alone, none that is read as another: no mask takes them for a number.
LETTERS, LENGTH = "ABCDEFGHJKLMNPQRSTUVWXY", 10
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
ROW = re.compile(r'<row [^>]*?\br="(\d+)"')
DIMENSION = re.compile(r'(<dimension ref="[A-Z]+\d+(?::[A-Z]+)?)(\d+)"')
FOOT = re.compile(r"(<oddFooter>)(.*?</oddFooter>)", re.DOTALL)


@dataclass(frozen=True)
class Stamp:
    """`who`: name and post; `number` stands in the trail as 下载编号."""

    who: str
    at: datetime.datetime
    number: str

    @classmethod
    def new(cls, user: Any, at: datetime.datetime) -> "Stamp":
        number = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        return cls(f"{user}（{user.role_label}）", at, number)

    @property
    def time(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [("下载人", self.who), ("下载时间", self.time), ("下载编号", self.number), ("用途", USE)]

    @property
    def line(self) -> str:
        return "　".join(f"{word}：{said}" for word, said in self.facts)

    @property
    def foot(self) -> str:
        """Short: a foot of a page has room for 255 signs in all."""
        return f"{self.who[:40]} {self.time} 下载　{self.number}"


def stamped(workbook: bytes, stamp: Stamp) -> bytes:
    """A copy of the xlsx file with the stamp on each of its sheets."""
    copy = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as source, ZipFile(copy, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            entry = ZipInfo(name, ZIP_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, on_sheet(content.decode(), stamp) if SHEET.fullmatch(name) else content)
    return copy.getvalue()


def on_sheet(xml: str, stamp: Stamp) -> str:
    """The sheet's part of the file with the stamp below its rows and at the foot of its pages.

    A sheet filled to the last row, as files kept by earlier releases may have one, has it at the foot alone.
    """
    said = escape(ESCAPE_LIKE.sub("_x005F_", clean(stamp.line)))
    place = max((int(number) for number in ROW.findall(xml)), default=0) + APART
    if place > MAX_ROWS:
        return on_paper(xml, stamp)
    row = f'<row r="{place}"><c r="A{place}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c></row>'
    xml = xml.replace("<sheetData/>", "<sheetData></sheetData>").replace(
        "</sheetData>", f"{row}</sheetData>", 1
    )
    xml = DIMENSION.sub(lambda found: f'{found[1]}{place}"', xml, count=1)
    return on_paper(xml, stamp)


def on_paper(xml: str, stamp: Stamp) -> str:
    """At the foot of its pages alone, where the rows are a list for programs to read."""
    # &L is the left part of a foot, &8 its size; an ampersand of the text itself is doubled.
    foot = escape(f"&L&8{clean(stamp.foot).replace('&', '&&')}")
    if FOOT.search(xml):
        return FOOT.sub(lambda found: f"{found[1]}{foot}{found[2]}", xml, count=1)
    return _with_foot(xml, f"<headerFooter><oddFooter>{foot}</oddFooter></headerFooter>")


def _with_foot(xml: str, foot: str) -> str:
    """At its place in the order of a sheet's parts: behind the page's set-up and margins."""
    for part in ("pageSetup", "pageMargins"):
        if found := re.search(rf"<{part}[^>]*/>", xml):
            return f"{xml[: found.end()]}{foot}{xml[found.end() :]}"
    return xml
