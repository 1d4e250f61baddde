from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_lists_and_decisions")]

    operations = [
        migrations.AddField(
            model_name="yearlytarget",
            name="basis",
            field=models.CharField(blank=True, max_length=200, verbose_name="依据"),
        ),
    ]
