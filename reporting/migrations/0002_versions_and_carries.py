
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_area_tree'),
        ('reporting', '0001_plan_tables'),
    ]

    operations = [
        migrations.AddField(
            model_name='plantable',
            name='based_on',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.plantable', verbose_name='由哪一版改成'),
        ),
        migrations.AddField(
            model_name='plantable',
            name='reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='版次说明'),
        ),
        migrations.CreateModel(
            name='PlanCarry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=40, verbose_name='组别')),
                ('measure', models.CharField(max_length=120, verbose_name='项目')),
                ('standard', models.CharField(max_length=20, verbose_name='标准')),
                ('year', models.PositiveSmallIntegerField(verbose_name='未完成年度')),
                ('planned', models.PositiveIntegerField(verbose_name='年度计划')),
                ('actual', models.PositiveIntegerField(verbose_name='实际完成')),
                ('carried', models.PositiveIntegerField(verbose_name='结转到下一年')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='carries', to='reporting.plantable', verbose_name='规划表')),
            ],
            options={
                'verbose_name': '规划结转',
                'ordering': ['table', 'year', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('carried__gt', 0)), name='plan_carries_something'), models.CheckConstraint(condition=models.Q(('planned__gt', models.F('actual'))), name='plan_carries_what_was_missed')],
            },
        ),
    ]
