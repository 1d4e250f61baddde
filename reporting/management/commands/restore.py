"""`manage.py restore DIR`: what `backup` wrote, into an empty place, verified. Exit code 1 with the reason."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reporting.backup.bundle import DEMONSTRATION, BackupRefused
from reporting.backup.making import restore


class Command(BaseCommand):
    help = "从备份恢复数据库和文件，并逐表核对行数和校验值、操作日志和文件；先停止网页服务和任务进程"
    # The database is empty: there is nothing to check the migrations against.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="backup 写的文件夹")
        parser.add_argument("--replace", action="store_true", help="覆盖这里已有的数据")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        self._take_keys(folder, options["replace"])
        try:
            manifest = restore(folder, replace=options["replace"], say=self.stdout.write)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as problem:
            raise CommandError(f"恢复没有完成：{problem}") from problem
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"已恢复 {manifest.made_at} 的备份：{len(manifest.tables)} 张表 {rows} 行、{manifest.file_count} 个文件，核对相符"
        )

    @staticmethod
    def _take_keys(kept: Path, replace: bool) -> None:
        """Of a demonstration, whose keys are part of its data: they are read at the start, so it starts again."""
        if settings.PRODUCTION or (connection.introspection.table_names() and not replace):
            return
        connection.close()
        own = Path(settings.DATA_DIR)
        changed = [
            name
            for name in DEMONSTRATION
            if (kept / name).is_file() and _text(own / name) != _text(kept / name)
        ]
        for name in changed:
            (own / name).parent.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(kept / name, own / name)
        if changed:
            os.execv(sys.executable, [sys.executable, *sys.argv])


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
