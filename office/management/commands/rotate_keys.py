"""`manage.py rotate_keys`: seals everything with the newest key; killed, it goes on when it is run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office import pii, rotation, trail


class Command(BaseCommand):
    help = "把所有加密的值和附件改用最新的密钥（PII_KEY_2 或 PII_KEY_3）；中断后再执行一次就接着办"

    def handle(self, *args: Any, **options: Any) -> None:
        version = pii.newest()
        if version == next(iter(pii.CIPHERS)):
            raise CommandError("还没有新密钥：请先设置 PII_KEY_2，旧的 PII_KEY 照旧保留", returncode=1)
        try:
            values, files = rotation.rotate(self.stdout.write)
        except pii.CannotOpen as broken:
            raise CommandError(f"有一个值用现有的密钥打不开，没有改动它：{broken}", returncode=1) from broken
        trail.record("更换密钥", detail={"版本": version, "值": values, "附件": files})
        trail.seal()
        self.stdout.write(
            f"改用 {version}：{values} 个值、{files} 个附件；仍用旧密钥的值 {rotation.left()} 个"
        )
