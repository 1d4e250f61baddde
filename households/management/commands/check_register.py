"""manage.py check_register: the nightly check now, in this process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from households.jobs import check_now
from office import clock
from office.findings import Finding, FindingState
from office.jobs import JobRefused
from office.models import JobState


class Command(BaseCommand):
    help = "立即核查全部贫困户、村和账目，重新判定四色，按规则列出疑点条数"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = check_now(clock.today())
        except JobRefused as refused:
            raise CommandError(str(refused)) from refused
        if job.state != JobState.DONE:
            raise CommandError(f"{job.title}没有办成：{job.error}")
        found = job.result
        self.stdout.write(
            f"核查 {found['households']} 户：新发现 {found['opened']}，仍在 {found['kept']}，"
            f"消除 {found['closed']}，重新打开 {found['reopened']}；四色变动 {found['recoloured']} 户"
        )
        rows = (
            Finding.objects.exclude(state=FindingState.GONE)
            .values_list("rule", "severity", "message", "state")
            .annotate(count=Count("pk"))
            .order_by("rule", "severity", "message", "state")
        )
        labels = dict(Finding._meta.get_field("severity").flatchoices)  # type: ignore[union-attr]
        for rule, severity, message, state, count in rows:
            self.stdout.write(f"{rule}　{labels[severity]}　{state}　{count}　{message}")
