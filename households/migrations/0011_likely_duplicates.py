import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0010_keep_colour_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Duplicate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('姓名和出生日期相同', '姓名和出生日期相同'), ('同村同名，出生日期相近', '同村同名，出生日期相近'), ('同村同名，住址相同', '同村同名，住址相同'), ('同镇同日出生，姓名只差一字且同音', '同镇同日出生，姓名只差一字且同音')], max_length=20, verbose_name='疑似理由')),
                ('fingerprint', models.CharField(max_length=100, verbose_name='数据指纹')),
                ('state', models.CharField(choices=[('待核', '待核'), ('不是同一人', '不是同一人'), ('已合并', '已合并'), ('已消除', '已消除')], default='待核', max_length=8, verbose_name='状态')),
                ('found_on', models.DateField(verbose_name='发现日期')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='结论依据')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='办理日期')),
            ],
            options={
                'verbose_name': '疑似重复',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['birth_date', 'name'], name='person_born_name'),
        ),
        migrations.AddField(
            model_name='duplicate',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人'),
        ),
        migrations.AddField(
            model_name='duplicate',
            name='kept',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='households.person', verbose_name='保留的人口'),
        ),
        migrations.AddField(
            model_name='duplicate',
            name='one',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='households.person', verbose_name='人口'),
        ),
        migrations.AddField(
            model_name='duplicate',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='households.person', verbose_name='另一人口'),
        ),
        migrations.AddIndex(
            model_name='duplicate',
            index=models.Index(fields=['state', 'id'], name='duplicate_state'),
        ),
        migrations.AddConstraint(
            model_name='duplicate',
            constraint=models.UniqueConstraint(fields=('one', 'other'), name='duplicate_once'),
        ),
        migrations.AddConstraint(
            model_name='duplicate',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='duplicate_in_order'),
        ),
        migrations.AddConstraint(
            model_name='duplicate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', '不是同一人'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='duplicate_different_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='duplicate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', '已合并'), _negated=True), ('kept__isnull', False), _connector='OR'), name='duplicate_merged_into_one'),
        ),
    ]
