from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0005_strike_out_visits"),
    ]

    operations = [
        migrations.AddField(
            model_name=model,
            name=name,
            field=models.CharField(blank=True, default="", editable=False, max_length=20, verbose_name=label),
            preserve_default=False,
        )
        for model in ("household", "historicalhousehold")
        for name, label in (("merged_into", "并入户编号"), ("split_from", "分出自户编号"))
    ]
