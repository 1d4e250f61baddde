"""`manage.py backup DIR`: the database of this moment and the files, sealed. Exit code 1 with the reason."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.backup.bundle import DEMONSTRATION, BackupRefused
from reporting.backup.making import backup


class Command(BaseCommand):
    help = "备份数据库和文件到一个新的文件夹：加密、读回核对；服务不用停"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="还没有的或空的文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        try:
            manifest = backup(folder, self.stdout.write)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as problem:
            raise CommandError(f"写不了 {folder}：{problem.strerror}") from problem
        if not settings.PRODUCTION:
            for name in DEMONSTRATION:
                if (kept := Path(settings.DATA_DIR) / name).is_file():
                    (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
                    shutil.copy2(kept, folder / name)
            self.stdout.write("演示环境的密钥和办公日期也放进了备份；正式环境的密钥须另行保管")
        rows = sum(table.rows for table in manifest.tables.values())
        self.stdout.write(
            f"已备份 {len(manifest.tables)} 张表 {rows} 行、{manifest.file_count} 个文件：{folder}"
        )
