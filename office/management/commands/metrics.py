"""Figures of the installation in Prometheus' text format, for a collector that reads files."""

from typing import Any

from django.core.management.base import BaseCommand

from office.state import figures


class Command(BaseCommand):
    help = "按 Prometheus 的文本格式输出运行状况，不含个人信息"

    def handle(self, *args: Any, **options: Any) -> None:
        for figure in figures():
            self.stdout.write(figure.line)
