"""A backup made, and one restored: the steps, each with its check. Raises BackupRefused with nothing half done."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from office import clock, trail
from office.attachments import path_of
from office.models import Attachment
from office.pii import CannotOpen
from reporting.backup import postgres, sqlite
from reporting.backup.bundle import (
    DATABASE,
    FILES,
    BackupRefused,
    Manifest,
    PartReader,
    PartWriter,
    pack,
    unpack,
)
from reporting.models import ReportFile

Say = Callable[[str], None]


def engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def backup(folder: Path, say: Say) -> Manifest:
    """Writes the folder, reads it back, and gives it its name only then."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} 不是空的，备份另写一个文件夹")
    trail.record("备份", detail={"位置": folder.name})
    trail.seal()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        manifest = _written(part, say)
        verify_readable(part)
        if folder.exists():
            folder.rmdir()
        os.replace(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _written(folder: Path, say: Say) -> Manifest:
    store = engine()
    database, files = PartWriter(folder, DATABASE), PartWriter(folder, FILES)
    with store.snapshot() as moment:
        say("正在备份数据库")
        counted = store.tables(moment)
        migrations = applied()
        anchors = trail.anchors_up_to(trail.head()[0])
        with database as file:
            store.dump(file, moment)
    say("正在备份文件")
    with files as file:
        count = pack(Path(settings.MEDIA_ROOT), file)
    manifest = Manifest(
        engine=connection.vendor,
        made_at=clock.now().isoformat(timespec="seconds"),
        migrations=migrations,
        tables=counted,
        database=database.part,
        files=files.part,
        file_count=count,
        missing=missing(),
        anchors=anchors,
    )
    manifest.write(folder)
    return manifest


def verify_readable(folder: Path) -> Manifest:
    """Every piece opens and comes to the size that the manifest says (quality F7)."""
    manifest = Manifest.read(folder)
    for name, part in ((DATABASE, manifest.database), (FILES, manifest.files)):
        try:
            size = sum(len(piece) for piece in PartReader(folder, name, part))
        except (CannotOpen, OSError) as broken:
            raise BackupRefused(f"{name} 读不出来，备份已损坏") from broken
        if size != part.size:
            raise BackupRefused(f"{name} 只有 {size} 字节，应有 {part.size}")
    return manifest


def restore(folder: Path, *, replace: bool, say: Say) -> Manifest:
    """Into an empty place, or with `replace` over what is there; verified before it says that it is done."""
    say("正在核对备份")
    manifest, store = verify_readable(folder), engine()
    if manifest.engine != connection.vendor:
        raise BackupRefused(f"备份来自 {manifest.engine}，这里是 {connection.vendor}，不能恢复")
    if unknown := set(manifest.migrations) - known():
        raise BackupRefused(f"备份来自更新的版本（{min(unknown)} …），请先升级程序")
    _free(store, replace)
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=media.parent, prefix=".files-"))
    try:
        say("正在恢复文件")
        if unpack(PartReader(folder, FILES, manifest.files), part) != manifest.file_count:
            raise BackupRefused("备份里的文件数和清单不符")
        say("正在恢复数据库")
        if replace:
            store.empty()
        store.restore(PartReader(folder, DATABASE, manifest.database))
        if media.exists():
            shutil.rmtree(media)
        os.replace(part, media)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    trail.replace_anchors(manifest.anchors)
    say("正在核对")
    _same_rows(manifest, store)
    call_command("migrate", verbosity=0)
    gone = [f"缺文件 {name}" for name in missing() if name not in manifest.missing]
    _refuse_if([*trail.verify(), *gone])
    trail.record("恢复备份", detail={"位置": folder.name, "备份时间": manifest.made_at})
    trail.seal()
    return manifest


def _free(store: ModuleType, replace: bool) -> None:
    holds = connection.introspection.table_names()
    if holds and not replace:
        raise BackupRefused("数据库里已有数据：换一个空的数据库，或者写明 --replace 覆盖")
    if store.busy():
        raise BackupRefused("数据库还有别的连接：请先停止网页服务、任务进程和 beat")


def _same_rows(manifest: Manifest, store: ModuleType) -> None:
    with transaction.atomic():
        now = store.tables("")
    _refuse_if(
        [
            f"{name} 应有 {table.rows} 行，恢复后不符"
            for name, table in manifest.tables.items()
            if now.get(name) != table
        ]
    )


def _refuse_if(problems: list[str]) -> None:
    if problems:
        raise BackupRefused("恢复后核对不符：\n" + "\n".join(problems))


def missing() -> list[str]:
    """Files that the records name and the disk does not hold."""
    media = Path(settings.MEDIA_ROOT)
    papers = (path_of(uid) for uid in Attachment.objects.values_list("uid", flat=True).iterator())
    reports = (media / file.name for file in ReportFile.objects.iterator())
    return [str(path.relative_to(media)) for path in (*papers, *reports) if not path.is_file()]


def applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.disk_migrations}
