"""Archives of the trail, and what the database itself permits of them.

A row of the trail leaves only as part of an archive that is marked as taken out, and only when it is six months old
(网络安全法第二十一条第三项; TRAIL_KEEP_MONTHS may ask for more, never for less). An archive is marked only when its
head is the row's hash, the one before it is taken out already and no row of it is younger; nothing else of it ever
changes. SQLite refuses no deletion (0002 says why); there the program asks the same.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REST = (
    "id", "first_seq", "last_seq", "prev", "head", "last_at", "checksum", "area_id", "made_at", "made_by_id",
)  # fmt: skip

ROWS = """
CREATE OR REPLACE FUNCTION office_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL
     AND to_jsonb(NEW) - ARRAY['seq', 'prev', 'hash'] = to_jsonb(OLD) - ARRAY['seq', 'prev', 'hash'] THEN
    RETURN NEW;
  END IF;
  %s
  RAISE EXCEPTION '操作日志只能追加' USING ERRCODE = 'insufficient_privilege';
END $$;
"""

BY_RULE = """
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '6 months' AND EXISTS (
       SELECT FROM office_trailarchive
       WHERE pruned_at IS NOT NULL AND OLD.seq BETWEEN first_seq AND last_seq) THEN
    RETURN OLD;
  END IF;
"""

ARCHIVES = """
CREATE OR REPLACE FUNCTION office_trail_archive_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (
       NEW.pruned_at IS NULL OR NOT EXISTS (SELECT FROM office_trailrow WHERE seq <= NEW.last_seq)) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.pruned_at IS NULL AND NEW.pruned_at IS NOT NULL
     AND to_jsonb(NEW) - ARRAY['pruned_at', 'pruned_by_id'] = to_jsonb(OLD) - ARRAY['pruned_at', 'pruned_by_id']
     AND EXISTS (SELECT FROM office_trailrow WHERE seq = OLD.last_seq AND hash = OLD.head)
     AND (OLD.first_seq = 1 OR EXISTS (
       SELECT FROM office_trailarchive WHERE last_seq = OLD.first_seq - 1 AND pruned_at IS NOT NULL))
     AND NOT EXISTS (
       SELECT FROM office_trailrow
       WHERE seq BETWEEN OLD.first_seq AND OLD.last_seq AND at >= now() - interval '6 months') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '操作日志的归档只能新增，满六个月才能清除' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER IF EXISTS office_trail_archive_guard ON office_trailarchive;
CREATE TRIGGER office_trail_archive_guard BEFORE INSERT OR UPDATE OR DELETE ON office_trailarchive
  FOR EACH ROW EXECUTE FUNCTION office_trail_archive_guard();
"""

SQLITE = f"""
CREATE TRIGGER office_trail_archive_guard BEFORE UPDATE ON office_trailarchive
WHEN OLD.pruned_at IS NOT NULL OR {" OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in REST)}
BEGIN SELECT RAISE(ABORT, '操作日志的归档只能新增'); END
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ROWS % BY_RULE)
        schema_editor.execute(ARCHIVES)
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ROWS % "")
        schema_editor.execute("DROP TRIGGER IF EXISTS office_trail_archive_guard ON office_trailarchive")
        schema_editor.execute("DROP FUNCTION IF EXISTS office_trail_archive_guard()")
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS office_trail_archive_guard")


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_area_tree'),
        ('office', '0002_trail_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrailArchive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_seq', models.PositiveBigIntegerField(unique=True, verbose_name='起始序号')),
                ('last_seq', models.PositiveBigIntegerField(unique=True, verbose_name='截止序号')),
                ('prev', models.CharField(max_length=64, verbose_name='前条校验值')),
                ('head', models.CharField(max_length=64, verbose_name='末条校验值')),
                ('last_at', models.DateTimeField(verbose_name='最晚一条的时间')),
                ('checksum', models.CharField(max_length=64, verbose_name='校验码')),
                ('made_at', models.DateTimeField(verbose_name='归档时间')),
                ('pruned_at', models.DateTimeField(blank=True, null=True, verbose_name='清除时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='归档人')),
                ('pruned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='清除人')),
            ],
            options={
                'verbose_name': '操作日志归档',
                'ordering': ['-first_seq'],
                'constraints': [models.CheckConstraint(condition=models.Q(('first_seq__gte', 1), ('last_seq__gte', models.F('first_seq'))), name='trail_archive_forward')],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
