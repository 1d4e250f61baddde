"""import_plan FILE.csv --name NAME: takes in a printed plan table, and adopts it with --adopt."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope
from office import clock, trail
from reporting.models import AlreadyAdopted, CannotAdopt, PlanTable
from reporting.plan_form import MAX_BYTES
from reporting.reading import PlanRefused, TidyCell, read_plan


def table_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 60 or "\x00" in name:
        raise argparse.ArgumentTypeError("名称是 1 到 60 个字")
    return name


class Command(BaseCommand):
    help = "导入一张规划表（照印）；读不了的文件整个不导入，逐行说明原因"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="csv：area,group,measure,standard,year,value")
        parser.add_argument("--name", required=True, type=table_name, help="名称；同名的成为新的一版")
        parser.add_argument("--adopt", action="store_true", help="导入后采用，报表从此读这一版")
        parser.add_argument("--area", default="", metavar="CODE", help="哪个区划的表；不写就按表中的地名对")
        parser.add_argument("--user", default="", metavar="NAME", help="以谁的名义；不写就是系统")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        cells, data = self._read(path)
        by = self._user(options["user"])
        ground = self._ground(options["area"])
        try:
            with transaction.atomic():
                table = self._take_in(cells, data, path.name, options, by, ground)
        except (CannotAdopt, AlreadyAdopted, PermissionDenied) as refusal:
            self._refuse(str(refusal))
        trail.seal()
        words = f"已导入“{table.name}”第{table.version}版：{len(cells)}格，错误{table.error_count}处，提示{table.notice_count}处"
        self.stdout.write(words + (f"，已采用为{table.area}的滚动规划" if options["adopt"] else ""))

    def _take_in(
        self,
        cells: list[TidyCell],
        data: bytes,
        file_name: str,
        options: dict[str, Any],
        by: User | None,
        ground: Area | None,
    ) -> PlanTable:
        """Import and adoption are one: a table that cannot be adopted is not taken in either."""
        within: AreaScope | None = None
        if by is not None:
            require(by, Capability.PLAN_IMPORT, ground)
            within = by.scope_of(Capability.PLAN_IMPORT)
        at = clock.moment()
        table = PlanTable.take_in(
            cells,
            name=options["name"],
            data=data,
            at=at,
            on=clock.today(),
            file_name=file_name,
            by=by,
            ground=ground,
            within=within,
        )
        detail = {"版次": table.version, "格数": len(cells), "校验码": table.checksum}
        trail.record("导入规划表", actor=by, subject=table, area=table.area, detail=detail)
        if options["adopt"]:
            if by is not None:
                require(by, Capability.PLAN_ADOPT, table.area)
            table.adopt(by=by, at=at)
            trail.record("采用规划表", actor=by, subject=table, area=table.area, detail=detail)
        return table

    def _read(self, path: Path) -> tuple[list[TidyCell], bytes]:
        try:
            if path.stat().st_size > MAX_BYTES:
                self._refuse("文件超过 2 MB")
            data = path.read_bytes()
            return read_plan(data), data
        except OSError as error:
            self._refuse(f"文件打不开：{error.strerror}")
        except PlanRefused as refusal:
            self._refuse(*(str(problem) for problem in refusal.problems))

    def _user(self, name: str) -> User | None:
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            self._refuse(f"没有用户 {name}")
        return user

    def _ground(self, code: str) -> Area | None:
        if not code:
            return None
        try:
            return Area.objects.by_code(code)
        except Area.DoesNotExist as error:
            self._refuse(str(error))

    def _refuse(self, *reasons: str) -> NoReturn:
        for reason in reasons:
            self.stderr.write(reason)
        raise SystemExit(1)
