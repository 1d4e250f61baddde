"""reconcile NAME: the findings of a plan table as JSON, the newest version unless another is asked for."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reporting.misprints import Proposal, propose
from reporting.models import PlanTable
from reporting.plan_rules import NOTICE


@contextlib.contextmanager
def _stdout_kept() -> Iterator[None]:
    """The solver greets on the process's own stdout, where only JSON belongs; it is sent to stderr."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _as_findings(proposal: Proposal | None) -> list[dict[str, object]]:
    if proposal is None:
        return []
    message = "；".join([proposal.words, *(str(one) for one in proposal.misprints)])
    return [
        {
            "rule": "likely_misprints",
            "severity": NOTICE,
            "cells": [one.cell.printed() for one in proposal.misprints],
            "message": message,
        }
    ]


class Command(BaseCommand):
    help = "勾稽校验一张规划表，输出 JSON：rule、severity、cells、message"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is the table's here, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="规划表的名称")
        parser.add_argument(
            "--misprints",
            action="store_true",
            help="再加一条 rule 为 likely_misprints 的提示：哪些数可能印错、应为多少（要扩展 misprints）",
        )
        parser.add_argument("--version", type=int, dest="number", help="第几版；不写就是最新的")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = self._table(options["name"].strip(), options["number"])
        except PlanTable.DoesNotExist as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from None
        found: list[dict[str, object]] = [finding.as_json() for finding in table.findings]
        if options["misprints"]:
            with _stdout_kept():
                proposal = propose(table.tidy)
            found += _as_findings(proposal)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))

    def _table(self, name: str, number: int | None) -> PlanTable:
        if number is None:
            return PlanTable.objects.newest(name)
        found = PlanTable.objects.filter(name=name, version=number).first()
        if found is None:
            raise PlanTable.DoesNotExist(f"没有“{name}”第{number}版")
        return found
