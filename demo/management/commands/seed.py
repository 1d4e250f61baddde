"""manage.py seed: a synthetic register of any size, in bulk."""

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import ground
from demo.bulk_register import NoVillages, YearsClosed, fill
from office import clock, trail


def positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("户数是正整数")
    return int(text)


def county_code(text: str) -> str:
    if len(text) != 12 or not text.isdecimal() or not text.endswith("000000"):
        raise argparse.ArgumentTypeError("区县代码是 12 位数字，末 6 位是 0")
    return text


class Command(BaseCommand):
    help = "载入任意大小的模拟贫困户（演示数据），合乎逻辑校验，不写修改历史"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--households", type=positive, required=True, help="户数")
        parser.add_argument(
            "--county",
            type=county_code,
            default=ground.county().code,
            help="区县代码，默认台儿庄区；没有时新建",
        )
        parser.add_argument("--seed", type=int, default=1, help="随机种子，默认 1")
        parser.add_argument(
            "--lived",
            action="store_true",
            help="并载入 2016、2017 年的退出、返贫、增减员、迁移、分户和更正",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("这是生产环境的设置，模拟数据不能装在这里")
        started, done = time.monotonic(), 0
        try:
            for done in fill(
                code=options["county"],
                households=options["households"],
                seed=options["seed"],
                today=clock.today(),
                lived=options["lived"],
            ):
                self.stderr.write(f"已载入 {done} 户")
        except (NoVillages, YearsClosed) as refused:
            raise CommandError(str(refused)) from refused
        trail.seal()
        self.stdout.write(f"共载入 {done} 户，用时 {time.monotonic() - started:.0f} 秒")
