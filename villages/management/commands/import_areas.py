"""import_areas FILE.csv: the ground of a new deployment, or areas added to it; all of the file or nothing."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import transaction

from areas.models import Area, Level
from office import trail
from villages.area_table import AreaRow, AreasRefused, read_areas
from villages.models import Town, Village


class Command(BaseCommand):
    help = "导入区划（省、市、区县、镇街、村居）；已有且同名的不动，读不了的文件整个不导入"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="csv：code,name,level,parent[,kind,provincial_key_town]")

    def handle(self, *args: Any, **options: Any) -> None:
        standing = {area.code: area for area in Area.objects.filter(valid_to__isnull=True)}
        try:
            data = Path(options["file"]).read_bytes()
            rows = read_areas(data, {code: area.level for code, area in standing.items()})
        except OSError as error:
            self._refuse([f"文件打不开：{error.strerror}"])
        except AreasRefused as refusal:
            self._refuse(refusal.problems)
        self._refuse_changes(rows, standing)
        with transaction.atomic():
            added = self._write(rows, standing)
            trail.record("导入区划", detail={"新增": added, "文件行数": len(rows)})
        trail.seal()
        self.stdout.write(f"已导入：新增{added}个区划，{len(rows) - added}个原已有")

    def _refuse_changes(self, rows: list[AreaRow], standing: dict[str, Area]) -> None:
        """A name or place that differs is a dated act of its own (更名, 并入), never a line of a file."""
        changed = []
        for row in rows:
            area = standing.get(row.code)
            if area is not None and area.name != row.name:
                changed.append(f"第{row.line}行：{row.code} 现名{area.name}，更名请另行办理")
            elif area is not None and row.parent != (area.parent.code if area.parent else ""):
                changed.append(f"第{row.line}行：{area.name}现在不属于 {row.parent}，变更请另行办理")
        if changed:
            self._refuse(changed)

    def _write(self, rows: list[AreaRow], standing: dict[str, Area]) -> int:
        added = 0
        for row in rows:
            if row.code in standing:
                continue
            area = Area.objects.create(
                code=row.code, name=row.name, level=row.level, parent=standing.get(row.parent)
            )
            standing[row.code] = area
            added += 1
            if row.level == Level.TOWN:
                Town.objects.create(area=area, provincial_key_town=row.provincial_key_town)
            elif row.level == Level.VILLAGE:
                Village.objects.create(area=area, kind=row.kind)
        return added

    def _refuse(self, reasons: list[str]) -> NoReturn:
        for reason in reasons:
            self.stderr.write(reason)
        raise SystemExit(1)
