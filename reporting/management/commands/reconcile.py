"""reconcile NAME: the findings of a plan table as JSON, the newest version unless another is asked for."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting.models import PlanTable


class Command(BaseCommand):
    help = "勾稽校验一张规划表，输出 JSON：rule、severity、cells、message"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is the table's here, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="规划表的名称")
        parser.add_argument("--version", type=int, dest="number", help="第几版；不写就是最新的")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = self._table(options["name"].strip(), options["number"])
        except PlanTable.DoesNotExist as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from None
        findings = [finding.as_json() for finding in table.findings]
        self.stdout.write(json.dumps(findings, ensure_ascii=False, indent=1))

    def _table(self, name: str, number: int | None) -> PlanTable:
        if number is None:
            return PlanTable.objects.newest(name)
        found = PlanTable.objects.filter(name=name, version=number).first()
        if found is None:
            raise PlanTable.DoesNotExist(f"没有“{name}”第{number}版")
        return found
