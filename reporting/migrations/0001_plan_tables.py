import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_area_tree'),
        ('office', '0001_jobs_and_trail'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('version', models.PositiveIntegerField(verbose_name='版次')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='来源文件')),
                ('checksum', models.CharField(max_length=64, verbose_name='校验码')),
                ('imported_at', models.DateTimeField(verbose_name='导入时间')),
                ('adopted_at', models.DateTimeField(blank=True, null=True, verbose_name='采用时间')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('adopted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='采用人')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan_tables', to='areas.area', verbose_name='区划')),
                ('imported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
            ],
            options={
                'verbose_name': '规划表',
                'ordering': ['name', '-version'],
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='plan_version_once'), models.UniqueConstraint(condition=models.Q(('adopted_at__isnull', False), ('retired_at__isnull', True)), fields=('area',), name='plan_adopted_once_per_area'), models.CheckConstraint(condition=models.Q(('adopted_at__isnull', True), ('area__isnull', False), _connector='OR'), name='plan_adopted_has_area')],
            },
        ),
        migrations.CreateModel(
            name='PlanCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField(verbose_name='次序')),
                ('line', models.PositiveIntegerField(verbose_name='行号')),
                ('area_name', models.CharField(max_length=60, verbose_name='地区（照印）')),
                ('group', models.CharField(max_length=40, verbose_name='组别')),
                ('measure', models.CharField(max_length=120, verbose_name='项目')),
                ('standard', models.CharField(max_length=20, verbose_name='标准')),
                ('year', models.CharField(max_length=20, verbose_name='年度')),
                ('value', models.CharField(blank=True, max_length=200, verbose_name='数值（照印）')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='reporting.plantable', verbose_name='规划表')),
            ],
            options={
                'verbose_name': '规划数',
                'ordering': ['table', 'place'],
                'constraints': [models.UniqueConstraint(fields=('table', 'place'), name='plan_cell_place_once')],
            },
        ),
        migrations.CreateModel(
            name='ReportRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('kind', models.CharField(max_length=30, verbose_name='报表')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('as_of', models.DateField(verbose_name='统计截止')),
                ('figures_stored', models.JSONField(verbose_name='数字')),
                ('checksum', models.CharField(max_length=64, verbose_name='数字校验码')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='生成时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='report_run', to='office.job', verbose_name='任务')),
                ('plan_table', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.plantable', verbose_name='规划表')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
            ],
            options={
                'verbose_name': '报表记录',
                'ordering': ['-created_at', 'id'],
                'indexes': [models.Index(fields=['kind', 'area', 'year', '-created_at'], name='report_run_latest')],
            },
        ),
        migrations.CreateModel(
            name='ReportFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('format', models.CharField(choices=[('xlsx', 'Excel 工作簿'), ('csv', 'csv'), ('json', 'json')], max_length=4, verbose_name='格式')),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('checksum', models.CharField(max_length=64, verbose_name='文件校验码')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='reporting.reportrun', verbose_name='报表记录')),
            ],
            options={
                'verbose_name': '报表文件',
                'ordering': ['format'],
                'constraints': [models.UniqueConstraint(fields=('run', 'format'), name='report_file_once')],
            },
        ),
        migrations.CreateModel(
            name='TownAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('score', models.DecimalField(decimal_places=1, max_digits=4, null=True, verbose_name='得分')),
                ('planned', models.PositiveIntegerField(null=True, verbose_name='计划退出（人）')),
                ('left', models.PositiveIntegerField(default=0, verbose_name='已退出（人）')),
                ('missed', models.BooleanField(default=False, verbose_name='未完成年度任务')),
                ('early', models.BooleanField(default=False, verbose_name='提前完成')),
                ('vetoed', models.BooleanField(default=False, verbose_name='一票否决')),
                ('veto_reason', models.CharField(blank=True, max_length=200, verbose_name='一票否决原因')),
                ('grade', models.CharField(blank=True, choices=[('好', '好'), ('一般', '一般'), ('差', '差')], max_length=2, verbose_name='等次')),
                ('drawn_at', models.DateTimeField(verbose_name='拟定时间')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='审定时间')),
                ('document', models.CharField(blank=True, max_length=60, verbose_name='审定文号')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='镇街')),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟定人')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reporting.reportrun', verbose_name='考核事实表')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审定人')),
            ],
            options={
                'verbose_name': '镇街年度考核',
                'ordering': ['-year', 'area__code'],
                'constraints': [models.UniqueConstraint(fields=('area', 'year'), name='town_assessed_once_a_year'), models.CheckConstraint(condition=models.Q(('vetoed', False), models.Q(('veto_reason', ''), _negated=True), _connector='OR'), name='veto_has_a_reason', violation_error_message='一票否决要写明原因'), models.CheckConstraint(condition=models.Q(('settled_at__isnull', True), models.Q(('document', ''), _negated=True), _connector='OR'), name='settled_by_a_document', violation_error_message='审定要有文号')],
            },
        ),
    ]
