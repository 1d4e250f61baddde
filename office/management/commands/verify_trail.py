"""Checks the trail, or an archive of it: exit code 0 sound, 1 with the first broken row."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from office import trail, trail_archive


class Command(BaseCommand):
    help = "封存等待中的操作日志，然后核对整条日志链、归档和库外留存的校验值；写明文件时核对那份归档文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="操作日志的归档文件（.jsonl.gz）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            self._archive(Path(options["file"]))
            return
        late = trail.sealer_problems()
        sealed = trail.seal()
        problems = late + trail.verify()
        gone, _ = trail.base()
        taken_out = f"，另有 {gone} 条已归档并清除" if gone else ""
        self.stdout.write(f"本次封存 {sealed} 条，共 {trail.sealed_count()} 条{taken_out}")
        if problems:
            raise CommandError("\n".join(problems), returncode=1)
        self.stdout.write("操作日志完整")
        if trail.table_is_own():
            self.stdout.write("操作日志的表归程序自己的账号所有：由数据库的管理员执行 deploy/trail_apart.sql")

    def _archive(self, path: Path) -> None:
        held, problems = trail_archive.file_problems(path)
        if held is not None:
            self.stdout.write(f"第 {held.first_seq} 至 {held.last_seq} 条，末条校验值 {held.head}")
        if problems:
            raise CommandError("\n".join(problems), returncode=1)
        self.stdout.write("归档文件完整，和登记的一致")
