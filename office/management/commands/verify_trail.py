"""Checks the trail: exit code 0 sound, 1 with the first broken row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office import trail


class Command(BaseCommand):
    help = "封存等待中的操作日志，然后核对整条日志链和库外留存的校验值"

    def handle(self, *args: Any, **options: Any) -> None:
        late = trail.sealer_problems()
        sealed = trail.seal()
        problems = late + trail.verify()
        self.stdout.write(f"本次封存 {sealed} 条，共 {trail.sealed_count()} 条")
        if problems:
            raise CommandError("\n".join(problems), returncode=1)
        self.stdout.write("操作日志完整")
