"""import_register FILE.xlsx --user NAME [--dry-run]: a filled-in workbook into the register; answers JSON."""

import argparse
import json
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand

from accounts.models import User
from households.models import ImportBatch, ImportState
from households.workbook import importing
from households.workbook.comparing import CONFLICT
from office import clock
from office.jobs import Job, JobRefused, JobState, run_now
from office.workbook_read import WorkbookRefused

COUNTS = ("rows", "created", "updated", "unchanged")


class Command(BaseCommand):
    help = "导入填好的采集工作簿：全部写入或一行不写；答复是 JSON，有错误时退出码为 1"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="本系统下载、填好的 .xlsx")
        parser.add_argument("--user", required=True, metavar="NAME", help="以谁的名义：他的区域和权限")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            self._refuse(f"没有用户 {options['user']}")
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            self._refuse(f"文件打不开：{error.strerror}")
        try:
            if options["dry_run"]:
                self._try(user, data)
            else:
                self._import(user, path.name, data)
        except (WorkbookRefused, PermissionDenied, JobRefused) as refusal:
            self._refuse(str(refusal))
        except ValidationError as refusal:
            self._refuse("；".join(refusal.messages))

    def _try(self, user: User, data: bytes) -> None:
        found = importing.compare(user, data, clock.today(), lambda *told: None)
        errors = [
            self._error(sheet, row, one.column, one.code, one.message)
            for told in (found.bad, found.warned)
            for (sheet, row), faults in sorted(told.items())
            for one in faults
            if told is found.bad or one.code == CONFLICT
        ]
        self._answer(found.counts(), errors)

    def _import(self, user: User, name: str, data: bytes) -> None:
        importing.scope_of(user)
        area = user.home_area
        if area is None:
            self._refuse("该用户没有任职的区域")
        batch = importing.take_in(user, area, name, data, clock.moment())
        params = {"batch": str(batch.pk)}
        self._done(run_now("register-import-check", params=params, owner=user))
        batch = ImportBatch.objects.get(pk=batch.pk)
        undecided = batch.undecided
        if not undecided and batch.move(ImportState.READY, ImportState.APPLYING):
            self._done(run_now("register-import-apply", params=params, owner=user))
        told = batch.told.all() if undecided else batch.bad_rows
        errors = [
            self._error(row.sheet, row.row, column, code, message)
            for row in told.order_by("-blocks", "pk")
            for column, _, code, message in row.faults
            if row.blocks or code == CONFLICT
        ]
        self._answer({name: getattr(batch, name) for name in COUNTS}, errors)

    def _done(self, job: Job) -> None:
        if job.state != JobState.DONE:
            self._refuse(job.error or f"任务{job.get_state_display()}")

    def _error(self, sheet: str, row: int | None, column: str, code: str, message: str) -> dict[str, Any]:
        return {"sheet": sheet, "row": row, "column": column or None, "code": code, "message": message}

    def _answer(self, counts: dict[str, int], errors: list[dict[str, Any]]) -> None:
        self.stdout.write(json.dumps({**counts, "errors": errors}, ensure_ascii=False))
        if errors:
            raise SystemExit(1)

    def _refuse(self, message: str) -> NoReturn:
        """Refused whole: one error without a place."""
        error = {"sheet": None, "row": None, "column": None, "code": "I000", "message": message}
        self.stdout.write(json.dumps({**dict.fromkeys(COUNTS, 0), "errors": [error]}, ensure_ascii=False))
        raise SystemExit(1)
