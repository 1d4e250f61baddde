"""`manage.py move_from_sqlite FILE`: the data of the embedded mode into PostgreSQL. Exit code 1 with the reason."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.backup.bundle import BackupRefused
from reporting.backup.moving import move


class Command(BaseCommand):
    help = "把试用方式的 SQLite 数据全部搬进刚建好表的 PostgreSQL；先停止网页服务，密钥和 DATA_DIR 照旧"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="DATA_DIR 里的 tuopin.sqlite3")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moved = move(options["file"].resolve(), self.stdout.write)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已搬 {len(moved)} 张表 {sum(moved.values())} 行，行数和操作日志核对相符")
