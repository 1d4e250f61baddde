import pytest
from django.core.management import call_command

from areas.models import Area
from office.models import TrailRow
from villages.models import Town, Village

GROUND = """code,name,level,parent,kind,provincial_key_town
370000000000,演示省,province,,,
370400000000,演示市,city,370000000000,,
370405000000,演示区,county,370400000000,,
370405101000,东演示镇,town,370405000000,,是
370405101201,演示东村,village,370405101000,,
370405101202,演示社区,village,370405101000,,
"""


@pytest.fixture
def take_in(tmp_path):
    def run(text: str | bytes) -> None:
        path = tmp_path / "areas.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        call_command("import_areas", str(path))

    return run


def test_an_empty_deployment_gets_its_ground(db, take_in, capsys):
    take_in(GROUND)
    assert "新增6个区划" in capsys.readouterr().out
    assert Area.objects.get(code="370405101201").at("county").name == "演示区"
    assert Town.objects.get().provincial_key_town
    assert list(Village.objects.values_list("kind", flat=True).order_by("area__code")) == ["村", "社区"]
    assert TrailRow.objects.filter(action="导入区划").count() == 1


def test_the_same_file_again_changes_nothing(db, take_in, capsys):
    take_in(GROUND)
    take_in(GROUND)
    assert "新增0个区划，6个原已有" in capsys.readouterr().out
    assert Area.objects.count() == 6


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("370405101201", "37040510120", "第6行：代码“37040510120”不是12位数字"),
        ("演示东村", "", "第6行：名称为空"),
        ("370405101202", "370405101201", "第7行：代码 370405101201 在文件里重复"),
        (",town,370405000000", ",town,370400000000", "第5行：上级“370400000000”不是已有的区县"),
        (",town,", ",镇,", "第5行：级别“镇”不是"),
        ("演示东村,village,370405101000,", "演示东村,village,370405101000,屯", "第6行：类别“屯”不是"),
        ("code,name", "代码,name", "第1行：缺少列 code"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason_and_leaves_nothing(db, take_in, capsys, old, new, reason):
    with pytest.raises(SystemExit) as stopped:
        take_in(GROUND.replace(old, new, 1) if old != "370405101202" else GROUND.replace(old, new))
    assert stopped.value.code == 1
    assert reason in capsys.readouterr().err
    assert not Area.objects.exists()


def test_what_is_no_text_is_refused(db, take_in, capsys):
    with pytest.raises(SystemExit):
        take_in(b"code,name,level,parent\n\xff\xfe,\n")
    assert "不是可读的" in capsys.readouterr().err


def test_a_file_renames_nothing(db, take_in, capsys):
    take_in(GROUND)
    with pytest.raises(SystemExit):
        take_in(GROUND.replace("演示东村", "演示新村"))
    assert "370405101201 现名演示东村，更名请另行办理" in capsys.readouterr().err
    assert not Area.objects.filter(name="演示新村").exists()
