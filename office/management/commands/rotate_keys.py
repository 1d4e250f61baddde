"""`manage.py rotate_keys`: everything under the newest keys; killed, it goes on when it is run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from office import pii, rotation, trail


class Command(BaseCommand):
    help = (
        "把所有加密的值和附件改用最新的密钥（PII_KEY_2 或 _3），把号码的索引改用最新的索引密钥（PII_INDEX_KEY_2 或 _3）；"
        "中断后再执行一次就接着办"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        version, indexed = pii.newest(), pii.index_versions()
        if version == next(iter(pii.CIPHERS)) and indexed == [next(iter(pii.HASHES))]:
            raise CommandError(
                "还没有新密钥：请先设置 PII_KEY_2 或 PII_INDEX_KEY_2，旧的 PII_KEY、PII_INDEX_KEY 照旧保留",
                returncode=1,
            )
        try:
            values, files = rotation.rotate(self.stdout.write)
            indexes = rotation.rotate_indexes(self.stdout.write)
        except pii.CannotOpen as broken:
            raise CommandError(f"有一个值用现有的密钥打不开，没有改动它：{broken}", returncode=1) from broken
        emptied = rotation.forget_earlier(self.stdout.write)
        detail = {
            "版本": version,
            "值": values,
            "附件": files,
            "索引版本": indexed[0],
            "索引": indexes,
            "清除": emptied,
        }
        trail.record("更换密钥", detail=detail)
        trail.seal()
        self.stdout.write(
            f"改用 {version}：{values} 个值、{files} 个附件；仍用旧密钥的值 {rotation.left()} 个"
        )
        self.stdout.write(
            f"索引改用 {indexed[0]}：{indexes} 个，清除旧的 {emptied} 个；仍用旧索引密钥的索引 {rotation.indexes_left()} 个，"
            f"数据指纹 {rotation.prints_left()} 个（夜间核查时更新）"
        )
