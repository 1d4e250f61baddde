import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import office.codes


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0009_close_and_correct_years"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColourChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="判定日期")),
                ("was", office.codes.CodeField(blank=True, list_name="colour", lists="households", max_length=1, verbose_name="原四色")),
                ("colour", office.codes.CodeField(blank=True, list_name="colour", lists="households", max_length=1, verbose_name="现四色")),
                ("reasons", models.TextField(blank=True, verbose_name="依据")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="登记时间")),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="办理人")),
                ("household", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="colour_changes", to="households.household", verbose_name="户")),
            ],
            options={"verbose_name": "四色变化", "ordering": ["-pk"]},
        ),
    ]
