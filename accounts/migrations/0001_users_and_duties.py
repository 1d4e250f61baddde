import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import office.pii
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_area_tree'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(error_messages={'unique': '这个用户名已有人用'}, max_length=40, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator(message='用户名只能用文字、数字和 @ . + - _')], verbose_name='用户名')),
                ('display_name', models.CharField(max_length=40, verbose_name='姓名')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='须改密码')),
                ('password_changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='密码修改时间')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '用户',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('secret', office.pii.EncryptedTextField(verbose_name='密钥')),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='启用时间')),
                ('last_step', models.BigIntegerField(default=0, verbose_name='最近一次')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='连续输错')),
                ('locked_until', models.DateTimeField(null=True, verbose_name='锁定至')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_factor', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '两步验证',
            },
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('village', '村级采集员'), ('helper', '帮扶责任人'), ('town', '镇街经办'), ('approver', '镇街审核'), ('district', '区扶贫办'), ('leader', '领导小组'), ('department', '部门'), ('auditor', '审计管理员'), ('security', '安全管理员'), ('admin', '系统管理员')], max_length=12, verbose_name='角色')),
                ('unit', models.CharField(blank=True, choices=[('民政', '民政'), ('人社', '人社'), ('住建', '住建'), ('教育', '教育'), ('卫健', '卫健'), ('医保', '医保'), ('残联', '残联'), ('发改', '发改'), ('统计', '统计'), ('交通运输', '交通运输'), ('水务', '水务'), ('供电', '供电'), ('广播电视', '广播电视'), ('财政', '财政'), ('农业', '农业'), ('林业', '林业'), ('国土', '国土'), ('环保', '环保'), ('文化', '文化'), ('旅游', '旅游'), ('商务', '商务'), ('经信', '经信'), ('金融', '金融'), ('国资', '国资'), ('司法', '司法'), ('团委', '团委'), ('妇联', '妇联'), ('工商联', '工商联'), ('组织', '组织'), ('宣传', '宣传'), ('纪检', '纪检'), ('审计', '审计')], max_length=8, verbose_name='部门')),
                ('start_on', models.DateField(verbose_name='任职日期')),
                ('end_on', models.DateField(blank=True, null=True, verbose_name='离任日期')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='解除时间')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区域')),
                ('granted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='任命人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '任职',
                'ordering': ['start_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('end_on__isnull', True), ('end_on__gte', models.F('start_on')), _connector='OR'), name='duty_ends_after_start', violation_error_message='离任日期不能早于任职日期'), models.UniqueConstraint(condition=models.Q(('end_on__isnull', True), ('withdrawn_at__isnull', True)), fields=('user', 'role', 'area', 'unit'), name='duty_once_open', violation_error_message='该用户已有这项任职')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=80)),
                ('used_at', models.DateTimeField(null=True, verbose_name='用过')),
                ('factor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to='accounts.secondfactor')),
            ],
            options={
                'verbose_name': '恢复码',
                'constraints': [models.UniqueConstraint(fields=('factor', 'digest'), name='recovery_code_once')],
            },
        ),
    ]
