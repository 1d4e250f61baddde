import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0004_import_workbooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='visit',
            options={'ordering': ['-visited_on', '-pk'], 'verbose_name': '走访'},
        ),
        migrations.AddField(
            model_name='visit',
            name='recorded_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='登记时间'),
        ),
        migrations.AddField(
            model_name='visit',
            name='recorded_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='visit',
            name='struck_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='作废时间'),
        ),
        migrations.AddField(
            model_name='visit',
            name='struck_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人'),
        ),
        migrations.AddField(
            model_name='visit',
            name='struck_reason',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='作废原因'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('struck_at__isnull', True), models.Q(('struck_reason', ''), _negated=True), _connector='OR'), name='visit_struck_with_a_reason', violation_error_message='作废走访记录须写明原因'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(condition=models.Q(('risk_removed', False)), fields=('household',), name='watch_once_open', violation_error_message='该户已经在监测中'),
        ),
    ]
