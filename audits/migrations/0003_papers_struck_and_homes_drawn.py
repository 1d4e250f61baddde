"""Papers struck out, homes drawn for the acceptance, the account a subsidy went to, and three more kinds of paper."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0002_notices_in_public'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Drawn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('drawn_at', models.DateTimeField(verbose_name='抽取时间')),
            ],
            options={
                'verbose_name': '抽查户',
                'ordering': ['entry__place', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='struck_at',
            field=models.DateTimeField(null=True, verbose_name='作废时间'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='struck_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='struck_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='作废原因'),
        ),
        migrations.AddField(
            model_name='historicalhousecase',
            name='paid_to',
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name='拨入账户'),
        ),
        migrations.AddField(
            model_name='housecase',
            name='paid_to',
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name='拨入账户'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('proposal', '村民小组提报名单'), ('committee-minutes', '村两委会议记录'), ('delegate-minutes', '村民代表会议记录'), ('verification', '核实表'), ('consent', '拟退出户认可书'), ('acceptance-sheet', '验收表'), ('application', '申请书'), ('survey-sheet', '调查评估表'), ('acceptance-report', '验收报告'), ('third-party-report', '第三方评估报告'), ('agreement', '改造协议'), ('payment-voucher', '拨付凭证'), ('grade-report', '房屋鉴定报告'), ('house-photos', '改造前后照片'), ('reversal-grounds', '回退依据'), ('approval', '审核意见'), ('other', '其他材料')], max_length=20, verbose_name='材料'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('struck_at__isnull', True), models.Q(('struck_reason', ''), _negated=True), _connector='OR'), name='evidence_struck_with_a_reason'),
        ),
        migrations.AddField(
            model_name='drawn',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawn', to='audits.entry', verbose_name='条目'),
        ),
        migrations.AddConstraint(
            model_name='drawn',
            constraint=models.UniqueConstraint(fields=('entry', 'round'), name='drawn_once_a_round'),
        ),
    ]
