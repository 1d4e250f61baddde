import datetime
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('province', '省'), ('city', '市'), ('county', '区县'), ('town', '镇街'), ('village', '村居')], max_length=8, verbose_name='级别')),
                ('code', models.CharField(max_length=12, verbose_name='统计用区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('valid_from', models.DateField(default=datetime.date(1949, 10, 1), verbose_name='启用日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='areas.area', verbose_name='上级')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='areas.area', verbose_name='并入或更名后')),
            ],
            options={
                'verbose_name': '区划',
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='area_code_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='area_closes_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='AreaName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=12, verbose_name='统计用区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('valid_from', models.DateField(verbose_name='启用日期')),
                ('valid_to', models.DateField(verbose_name='停用日期')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='登记时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='areas.area', verbose_name='区划')),
            ],
            options={
                'verbose_name': '曾用名',
                'ordering': ['valid_from'],
            },
        ),
    ]
