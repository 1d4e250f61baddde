import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_area_tree'),
        ('households', '0013_keep_papers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColourFactors',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='起用日期')),
                ('fringe', models.DecimalField(decimal_places=2, max_digits=4, verbose_name='橙色边缘（标准的倍数）')),
                ('watched', models.DecimalField(decimal_places=2, max_digits=4, verbose_name='黄色警戒（标准的倍数）')),
                ('years', models.PositiveSmallIntegerField(verbose_name='退出后看收入的年数')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('replaced_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='停用时间')),
            ],
            options={
                'verbose_name': '四色界限',
                'ordering': ['county', '-from_on', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='colourfactors',
            name='county',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area', verbose_name='区县'),
        ),
        migrations.AddField(
            model_name='colourfactors',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddConstraint(
            model_name='colourfactors',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('county', 'from_on'), name='colour_factors_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='colourfactors',
            constraint=models.CheckConstraint(condition=models.Q(('fringe__gte', Decimal('1')), ('watched__gte', Decimal('1'))), name='colour_factors_not_below_the_line'),
        ),
    ]
