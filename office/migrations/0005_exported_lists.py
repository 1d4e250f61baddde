import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0004_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("once", models.CharField(max_length=32, verbose_name="请求标识")),
                ("list_key", models.CharField(max_length=60, verbose_name="清单")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="条件")),
                (
                    "format",
                    models.CharField(
                        choices=[("xlsx", "Excel"), ("csv", "csv")], max_length=4, verbose_name="格式"
                    ),
                ),
                ("asked_at", models.DateTimeField(db_index=True, verbose_name="发起时间")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="生成时间")),
                ("day", models.DateField(blank=True, null=True, verbose_name="办公日期")),
                ("scope", models.JSONField(blank=True, default=list, verbose_name="所辖区域")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="字节数")),
                ("checksum", models.CharField(blank=True, max_length=64, verbose_name="校验码")),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="office.job",
                        verbose_name="办理事项",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导出人",
                    ),
                ),
            ],
            options={"verbose_name": "导出"},
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(fields=("owner", "once"), name="export_once"),
        ),
    ]
