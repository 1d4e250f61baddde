"""`manage.py verify_invariants`: what constraints cannot say. One line a problem; exit code 1 when there is one."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits import invariants as audit_invariants
from households import invariants as register_invariants
from measures import invariants as project_invariants
from office import clock
from reporting.invariants import problems


class Command(BaseCommand):
    help = "核对名册、项目资金、审核名单、村、报表：期初＋增加−减少＝期末，报表与校验码相符；有问题时逐条列出，退出码 1"

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        count = 0
        for problem in self._all(today):
            count += 1
            self.stdout.write(problem)
        if count:
            raise CommandError(f"共 {count} 处不符")
        self.stdout.write("没有不符")

    @staticmethod
    def _all(today: Any) -> Iterator[str]:
        yield from register_invariants.problems(today)
        yield from project_invariants.problems()
        yield from audit_invariants.problems()
        yield from problems(today)
