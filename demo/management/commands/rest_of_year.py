"""manage.py rest_of_year: the exits of the year that nobody has taken to their end yet, by the audits' own machine."""

import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from areas.models import Area
from demo import ground, officials
from demo.rest_of_year import RestOfYear
from office import clock, trail

LONG_ENOUGH = datetime.timedelta(days=40)


class Command(BaseCommand):
    help = "演示县：到办公日期为止，把本年度没有办完的退出名单逐个环节办完；办不成的留在原处，说明原因"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", default=ground.county().code, help="区县代码，默认演示县")
        parser.add_argument(
            "--since",
            type=datetime.date.fromisoformat,
            help="最早的办理日期，默认办公日期前 40 天",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("这是生产环境的设置，名单由人办理")
        try:
            county = Area.objects.by_code(options["county"])
        except Area.DoesNotExist as error:
            raise CommandError(f"没有代码为 {options['county']} 的区县") from error
        today = clock.today()
        since = options["since"] or max(today - LONG_ENOUGH, datetime.date(today.year, 1, 1))
        if since.year != today.year or since > today:
            raise CommandError(f"最早的办理日期须在{today.year}年，不晚于{today}")
        rest = RestOfYear(county, today.year, since, today, officials.standing(county, today))
        rest.run()
        for audit_list, reason in rest.left:
            self.stdout.write(f"{audit_list}：没有办完，{reason}")
        self.stdout.write(
            f"办完 {rest.ended} 份，新开 {rest.opened} 份，留下 {len(rest.left)} 份；不达标没有列入 {rest.unmet} 户"
        )
        trail.seal()
