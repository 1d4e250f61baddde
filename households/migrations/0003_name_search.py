import django.db.models.deletion
from django.db import migrations, models

from households import names

BATCH = 5000


def fill(apps, schema_editor):
    """Grams of the names that are in the register already, in steps of constant memory."""
    person_model, key_model = (apps.get_model("households", name) for name in ("Person", "NameKey"))
    persons = person_model.objects.order_by("household").values_list("household", "name")
    waiting = set()

    def write():
        rows = [key_model(gram=gram, household_id=household) for gram, household in sorted(waiting)]
        key_model.objects.bulk_create(rows, ignore_conflicts=True)
        waiting.clear()

    for household, name in persons.iterator(chunk_size=BATCH):
        waiting.update((gram, household) for gram in names.grams(name))
        if len(waiting) >= BATCH:
            write()
    write()


class Migration(migrations.Migration):
    dependencies = [("households", "0002_keep_entry_drafts")]

    operations = [
        migrations.CreateModel(
            name="NameKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gram", "household_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gram", models.CharField(max_length=4, verbose_name="检索字")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="name_keys",
                        to="households.household",
                        verbose_name="户",
                    ),
                ),
            ],
            options={"verbose_name": "姓名检索"},
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["id_number_key"], name="person_id_number"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                fields=["id"],
                include=("county", "town", "village", "member_count"),
                name="household_counted",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
