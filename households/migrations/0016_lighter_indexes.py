import django.db.models.deletion
import office.pii
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_area_tree'),
        ('households', '0015_keep_several_files_a_paper'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='importchange',
            name='import_change_once',
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='bank_account_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='bank_account', source='bank_account'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='county',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='areas.area', verbose_name='县(市、区、旗)'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='national_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='全国系统户编号'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='number',
            field=models.CharField(editable=False, max_length=20, verbose_name='户编号'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='phone_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='phone', source='phone'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='town',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='areas.area', verbose_name='乡(镇、街道)'),
        ),
        migrations.AlterField(
            model_name='historicalhousehold',
            name='village',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='areas.area', verbose_name='村(社区)'),
        ),
        migrations.AlterField(
            model_name='historicalliving',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='national_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='全国系统人口编号'),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='number',
            field=models.CharField(editable=False, max_length=20, verbose_name='人口编号'),
        ),
        migrations.AlterField(
            model_name='historicalperson',
            name='phone_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='phone', source='phone'),
        ),
        migrations.AlterField(
            model_name='historicalproduction',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalsurvey',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='household',
            name='bank_account_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='bank_account', source='bank_account'),
        ),
        migrations.AlterField(
            model_name='household',
            name='national_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='全国系统户编号'),
        ),
        migrations.AlterField(
            model_name='household',
            name='number',
            field=models.CharField(editable=False, max_length=20, verbose_name='户编号'),
        ),
        migrations.AlterField(
            model_name='household',
            name='phone_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='phone', source='phone'),
        ),
        migrations.AlterField(
            model_name='importchange',
            name='household',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.household', verbose_name='户'),
        ),
        migrations.AlterField(
            model_name='namekey',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='name_keys', to='households.household', verbose_name='户'),
        ),
        migrations.AlterField(
            model_name='person',
            name='national_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='全国系统人口编号'),
        ),
        migrations.AlterField(
            model_name='person',
            name='number',
            field=models.CharField(editable=False, max_length=20, verbose_name='人口编号'),
        ),
        migrations.AlterField(
            model_name='person',
            name='phone_key',
            field=office.pii.KeyedIndexField(blank=True, editable=False, max_length=80, normalise=office.pii.as_searched, purpose='phone', source='phone'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['national_number'], name='household_national_number'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['phone_key'], name='household_phone'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(fields=['bank_account_key'], name='household_bank_account'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['national_number'], name='person_national_number'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['phone_key'], name='person_phone'),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.UniqueConstraint(fields=('number',), name='household_number_once'),
        ),
        migrations.AddConstraint(
            model_name='importchange',
            constraint=models.UniqueConstraint(fields=('household', 'batch'), name='import_change_once'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(fields=('number',), name='person_number_once'),
        ),
    ]
