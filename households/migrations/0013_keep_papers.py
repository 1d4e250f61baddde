import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0012_full_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[('入户调查表', '入户调查表'), ('会议记录', '会议记录'), ('公示照片', '公示照片'), ('身份和户籍证明', '身份和户籍证明'), ('医疗和残疾证明', '医疗和残疾证明'), ('学籍证明', '学籍证明'), ('住房照片', '住房照片'), ('收入证明', '收入证明'), ('帮扶协议', '帮扶协议'), ('其他', '其他')], max_length=10, verbose_name="材料类别")),
                ("made_on", models.DateField(verbose_name="形成日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="存入时间")),
                ("struck_at", models.DateTimeField(editable=False, null=True, verbose_name="作废时间")),
                ("struck_reason", models.CharField(blank=True, editable=False, max_length=200, verbose_name="作废原因")),
                ("household", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="households.household", verbose_name="户")),
                ("recorded_by", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="存入人")),
                ("struck_by", models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="作废人")),
            ],
            options={
                "verbose_name": "档案材料",
                "ordering": ["-made_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("struck_at__isnull", True), models.Q(("struck_reason", ""), _negated=True), _connector="OR")),
                        name="paper_struck_with_a_reason",
                        violation_error_message="作废材料须写明原因",
                    )
                ],
            },
        ),
    ]
