import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('areas', '0001_area_tree'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='名称')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '心跳',
            },
        ),
        migrations.CreateModel(
            name='DuePeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='种类')),
                ('period', models.CharField(max_length=20, verbose_name='周期')),
                ('claimed_at', models.DateTimeField(verbose_name='认领时间')),
            ],
            options={
                'verbose_name': '定期事项',
                'constraints': [models.UniqueConstraint(fields=('kind', 'period'), name='due_period_once')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60, verbose_name='种类')),
                ('title', models.CharField(max_length=120, verbose_name='事项')),
                ('params', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='参数')),
                ('key', models.CharField(max_length=200, verbose_name='请求标识')),
                ('queue', models.CharField(default='office', max_length=30, verbose_name='队列')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('running', '正在办理'), ('done', '已完成'), ('failed', '未办成'), ('interrupted', '已中断'), ('cancelled', '已取消')], default='queued', max_length=12, verbose_name='状态')),
                ('done_count', models.PositiveIntegerField(default=0, verbose_name='已办')),
                ('total_count', models.PositiveIntegerField(blank=True, null=True, verbose_name='共计')),
                ('message', models.CharField(blank=True, max_length=200, verbose_name='进展')),
                ('error', models.TextField(blank=True, verbose_name='未办成原因')),
                ('result', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='结果')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='办理次数')),
                ('queued_at', models.DateTimeField(verbose_name='发起时间')),
                ('rung_at', models.DateTimeField(blank=True, null=True, verbose_name='通知办理时间')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True, verbose_name='最近心跳')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='占用至')),
                ('lease_token', models.CharField(blank=True, max_length=32, verbose_name='占用凭据')),
                ('worker', models.CharField(blank=True, max_length=120, verbose_name='办理进程')),
                ('cancel_requested', models.BooleanField(default=False, verbose_name='要求取消')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '后台事项',
                'ordering': ['-queued_at'],
                'indexes': [models.Index(fields=['owner', '-queued_at'], name='job_owner'), models.Index(condition=models.Q(('state__in', ('queued', 'running', 'interrupted'))), fields=['state', 'queued_at'], name='job_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running', 'interrupted'))), fields=('key',), name='job_open_once_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('once', models.CharField(max_length=32, verbose_name='请求标识')),
                ('list_key', models.CharField(max_length=60, verbose_name='清单')),
                ('title', models.CharField(max_length=60, verbose_name='名称')),
                ('query', models.CharField(blank=True, max_length=2000, verbose_name='条件')),
                ('format', models.CharField(choices=[('xlsx', 'Excel'), ('csv', 'csv')], max_length=4, verbose_name='格式')),
                ('asked_at', models.DateTimeField(db_index=True, verbose_name='发起时间')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='生成时间')),
                ('day', models.DateField(blank=True, null=True, verbose_name='办公日期')),
                ('scope', models.JSONField(blank=True, default=list, verbose_name='所辖区域')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='行数')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='字节数')),
                ('checksum', models.CharField(blank=True, max_length=64, verbose_name='校验码')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导出人')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='office.job', verbose_name='办理事项')),
            ],
            options={
                'verbose_name': '导出',
                'constraints': [models.UniqueConstraint(fields=('owner', 'once'), name='export_once')],
            },
        ),
        migrations.CreateModel(
            name='TrailRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor_name', models.CharField(blank=True, max_length=150, verbose_name='操作人姓名')),
                ('role', models.CharField(blank=True, max_length=60, verbose_name='角色')),
                ('ip', models.CharField(blank=True, max_length=45, verbose_name='地址')),
                ('action', models.CharField(db_index=True, max_length=60, verbose_name='操作')),
                ('subject_type', models.CharField(blank=True, max_length=60, verbose_name='对象类型')),
                ('subject_id', models.CharField(blank=True, max_length=64, verbose_name='对象编号')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='内容')),
                ('outcome', models.CharField(choices=[('ok', '成功'), ('refused', '被拒绝')], default='ok', max_length=8, verbose_name='结果')),
                ('seq', models.PositiveBigIntegerField(blank=True, null=True, unique=True, verbose_name='链上序号')),
                ('prev', models.CharField(blank=True, max_length=64, verbose_name='前条校验值')),
                ('hash', models.CharField(blank=True, max_length=64, verbose_name='校验值')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
            ],
            options={
                'verbose_name': '操作日志',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='trail_subject'), models.Index(condition=models.Q(('seq__isnull', True)), fields=['id'], name='trail_unsealed')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='存储编号')),
                ('record_type', models.CharField(max_length=60, verbose_name='所属记录类别')),
                ('record_id', models.CharField(max_length=40, verbose_name='所属记录')),
                ('kind', models.CharField(choices=[('jpeg', 'JPEG 照片'), ('png', 'PNG 图片'), ('pdf', 'PDF')], max_length=4, verbose_name='文件格式')),
                ('label', models.CharField(max_length=80, verbose_name='文件名')),
                ('size', models.PositiveIntegerField(verbose_name='字节数')),
                ('width', models.PositiveIntegerField(blank=True, null=True, verbose_name='宽（像素）')),
                ('height', models.PositiveIntegerField(blank=True, null=True, verbose_name='高（像素）')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '附件',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['record_type', 'record_id'], name='attachment_record')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=10, verbose_name='规则')),
                ('severity', models.CharField(choices=[('error', '错误'), ('warning', '提醒')], max_length=8, verbose_name='程度')),
                ('message', models.CharField(max_length=200, verbose_name='问题')),
                ('subject_type', models.CharField(max_length=60, verbose_name='对象类型')),
                ('subject_id', models.CharField(max_length=64, verbose_name='对象编号')),
                ('part', models.CharField(blank=True, max_length=40, verbose_name='对象部分')),
                ('fields', models.JSONField(default=list, verbose_name='字段')),
                ('fingerprint', models.CharField(max_length=100, verbose_name='数据指纹')),
                ('state', models.CharField(choices=[('待核', '待核'), ('核实保留', '核实保留'), ('已消除', '已消除')], default='待核', max_length=8, verbose_name='状态')),
                ('first_seen', models.DateField(verbose_name='发现日期')),
                ('last_seen', models.DateField(verbose_name='最近核查日期')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='核实期限')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='核实保留原因')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='核实保留日期')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区划')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核实保留人')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核实人')),
            ],
            options={
                'verbose_name': '疑点数据',
                'ordering': ['severity', 'area', 'pk'],
                'indexes': [models.Index(fields=['state', 'area', 'rule'], name='finding_state_area'), models.Index(fields=['owner', 'state'], name='finding_owner')],
                'constraints': [models.UniqueConstraint(fields=('subject_type', 'subject_id', 'rule', 'part'), name='finding_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', '核实保留'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='finding_confirmed_with_reason')],
            },
        ),
    ]
