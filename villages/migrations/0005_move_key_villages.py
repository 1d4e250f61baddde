from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("villages", "0004_people_and_work")]

    operations = [
        migrations.AlterField(
            model_name="keyvillageevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("确定", "Designated"),
                    ("摘帽", "Cap Removed"),
                    ("返回", "Returned"),
                    ("级别变更", "Level Changed"),
                    ("转入", "Moved"),
                ],
                max_length=4,
                verbose_name="事项",
            ),
        ),
    ]
