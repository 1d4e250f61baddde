"""A table of areas, as an office gets it: csv with code, name, level, parent; others are ignored (pure).

Optional columns: `kind` of a village (村 or 社区) and `provincial_key_town` of a town (是). Codes are the
12-digit 统计用区划代码 (domain §1); a parent stands above its parts, in the file or already in the tree.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from areas.models import Level
from villages.codes import CODES

NEEDED = ("code", "name", "level", "parent")
ABOVE = {
    Level.CITY: Level.PROVINCE,
    Level.COUNTY: Level.CITY,
    Level.TOWN: Level.COUNTY,
    Level.VILLAGE: Level.TOWN,
}


@dataclass(frozen=True)
class AreaRow:
    line: int
    code: str
    name: str
    level: str
    parent: str
    kind: str = ""
    provincial_key_town: bool = False


class AreasRefused(ValueError):
    """`problems` name line and reason; nothing of the file is used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def read_areas(data: bytes, known: Mapping[str, str]) -> list[AreaRow]:
    """The rows in the order of the file; `known` are the levels of the codes already in the tree."""
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in table.fieldnames or []]
        lines = [(table.line_num, line) for line in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise AreasRefused([f"不是可读的 UTF-8 csv：{error}"]) from error
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise AreasRefused([f"第1行：缺少列 {'、'.join(missing)}"])
    if not lines:
        raise AreasRefused(["文件里没有区划"])
    rows: list[AreaRow] = []
    levels = dict(known)
    problems: list[str] = []
    for number, line in lines:
        row = _row(number, line)
        problems += [f"第{number}行：{reason}" for reason in _reasons(row, levels, rows)]
        levels[row.code] = row.level
        rows.append(row)
    if problems:
        raise AreasRefused(problems)
    return rows


def _row(number: int, line: Mapping[str, str | None]) -> AreaRow:
    values = {key.strip(): (value or "").strip() for key, value in line.items() if isinstance(key, str)}
    return AreaRow(
        line=number,
        code=values.get("code", ""),
        name=values.get("name", ""),
        level=values.get("level", ""),
        parent=values.get("parent", ""),
        kind=_kind(values),
        provincial_key_town=values.get("provincial_key_town", "") == "是",
    )


def _kind(values: Mapping[str, str]) -> str:
    """The word of a village's kind: as given, else from the name; what cannot be read stays as it is."""
    given = values.get("kind", "")
    if given or values.get("level") != Level.VILLAGE:
        return CODES["village_kind"].read(given) or given
    return "社区" if values.get("name", "").endswith(("社区", "居委会")) else "村"


def _reasons(row: AreaRow, levels: Mapping[str, str], before: list[AreaRow]) -> Iterator[str]:
    if not (len(row.code) == 12 and row.code.isascii() and row.code.isdigit()):
        yield f"代码“{row.code}”不是12位数字"
    if not row.name:
        yield "名称为空"
    if row.level not in Level.values:
        yield f"级别“{row.level}”不是 {'、'.join(Level.values)} 之一"
        return
    if row.kind and row.level != Level.VILLAGE:
        yield "只有村（社区）有类别"
    elif row.kind and row.kind not in CODES["village_kind"].words:
        yield f"类别“{row.kind}”不是 {'、'.join(CODES['village_kind'].words)} 之一"
    if any(other.code == row.code for other in before):
        yield f"代码 {row.code} 在文件里重复"
    wanted = ABOVE.get(Level(row.level))
    if wanted is None:
        if row.parent:
            yield "省没有上级"
    elif levels.get(row.parent) != wanted:
        yield f"上级“{row.parent}”不是已有的{wanted.label}（上级要写在前面）"
