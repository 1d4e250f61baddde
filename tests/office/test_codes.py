import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from office.codes import CodeField, CodeLists, CodesField, load

LINES = """list,code,label,aliases,valid_from,note,source
exit_mark,0,未脱贫,F:04;未脱贫贫困户,,,E F
exit_mark,1,脱贫,已脱贫;F:05;新脱贫贫困户,,,E F
exit_mark,3,返贫,F:02;返贫贫困户,2016-01-01,"counts, as poor",E F
health,01,健康,,,,E
health,02,长期慢性病,,,,E
health,03,患有大病,大病,,,E
health,04,残疾,,,,E
relation,01,户主,,,,E
relation,02,配偶,,,,E
relation,03,之子,,,,E
relation,04,之女,,,,E
relation,05,之儿媳,,,,E
relation,06,之女婿,,,,E
"""


@pytest.fixture
def lists(tmp_path, monkeypatch) -> CodeLists:
    path = tmp_path / "villages" / "data" / "codes.csv"
    path.parent.mkdir(parents=True)
    path.write_text(LINES, encoding="utf-8")
    monkeypatch.setattr("office.codes.lists_of", lambda app: load(path))
    return load(path)


@pytest.fixture
def code(lists):
    return CodeField(lists, "relation", "与户主关系")


@pytest.fixture
def codes(lists):
    field = CodesField(lists, "health", "健康状况", blank=True)
    field.set_attributes_from_name("health")
    return field


def test_a_list_keeps_its_words_in_order(lists):
    assert lists["exit_mark"].words == ("未脱贫", "脱贫", "返贫")
    assert lists["exit_mark"].codes[2].valid_from == datetime.date(2016, 1, 1)


@pytest.mark.parametrize("text", ["脱贫", "已脱贫", "1", " １ ", "脱贫　"])
def test_label_alias_and_code_are_read_after_nfkc_and_trimming(lists, text):
    assert lists["exit_mark"].read(text) == "脱贫"


@pytest.mark.parametrize("text", ["04", "F:04", "", None, "脱", "2"])
def test_what_the_list_does_not_say_is_not_read(lists, text):
    assert lists["exit_mark"].read(text) is None


def test_a_sources_code_is_read_only_for_that_source(lists):
    mark = lists["exit_mark"]
    assert mark.read("02", source="F") == "返贫"
    assert mark.read("02", source="G") is None


def test_a_source_with_codes_of_its_own_is_not_read_by_ours(lists):
    assert lists["exit_mark"].read("1", source="F") is None
    assert lists["exit_mark"].read("已脱贫", source="F") == "脱贫"
    assert lists["relation"].read("01", source="F") == "户主"


def test_code_of_a_word(lists):
    assert lists["relation"].code_of("配偶") == "02"
    with pytest.raises(KeyError):
        lists["relation"].code_of("邻居")


def test_an_unknown_list_stops_the_start(lists):
    with pytest.raises(ImproperlyConfigured):
        CodeField(lists, "colour")


@pytest.mark.parametrize("kind", [CodeField, CodesField])
def test_migrations_hold_the_name_of_the_list_and_no_words(lists, kind):
    name = "relation"
    field = kind(lists, name, "关系", blank=True)
    written, imports = MigrationWriter.serialize(field)
    assert "lists='villages'" in written and f"list_name='{name}'" in written
    assert "户主" not in written
    _, _, args, options = field.deconstruct()
    assert kind(*args, **options).deconstruct() == field.deconstruct()


def test_clean_stores_the_word_of_a_code(code):
    assert code.clean("02", None) == "配偶"


def test_clean_refuses_a_word_that_is_not_in_the_list(code):
    with pytest.raises(ValidationError, match="邻居"):
        code.clean("邻居", None)


def test_an_empty_word_is_refused_only_where_it_is_required(lists, code):
    with pytest.raises(ValidationError):
        code.clean("", None)
    assert CodeField(lists, "relation", blank=True).clean("", None) == ""


def test_more_than_five_words_are_a_select_and_five_are_buttons(lists, code):
    assert code.formfield().widget.input_type == "select"
    assert [value for value, _ in code.formfield().choices] == ["", *lists["relation"].words]
    buttons = CodeField(lists, "exit_mark").formfield()
    assert buttons.widget.input_type == "radio"
    assert [value for value, _ in buttons.choices] == list(lists["exit_mark"].words)


def test_the_form_refuses_an_unknown_word(code):
    with pytest.raises(ValidationError):
        code.formfield().clean("邻居")
    assert code.formfield().clean("配偶") == "配偶"


def test_several_words_are_stored_in_the_order_of_the_list(codes):
    assert codes.clean(["残疾", "03"], None) == ("患有大病", "残疾")
    assert codes.get_prep_value(("患有大病", "残疾")) == "|患有大病|残疾|"
    assert codes.from_db_value("|患有大病|残疾|", None, None) == ("患有大病", "残疾")


def test_no_word_is_an_empty_tuple_and_an_empty_text(codes):
    assert codes.get_prep_value(()) == codes.get_prep_value(None) == ""
    assert codes.from_db_value("", None, None) == ()
    assert codes.clean((), None) == ()


def test_one_unknown_word_among_several_is_refused(codes):
    with pytest.raises(ValidationError):
        codes.clean(["残疾", "富裕"], None)


def test_the_form_offers_every_word_as_a_box_to_tick(codes):
    assert codes.formfield().widget.input_type == "checkbox"
    assert codes.clean(codes.formfield().clean(["残疾", "健康"]), None) == ("健康", "残疾")
    assert codes.clean(codes.formfield().clean([]), None) == ()


@isolate_apps("villages")
def test_holds_finds_the_whole_word_only(lists):
    class Sick(models.Model):
        health = CodesField(lists, "health")

        class Meta:
            app_label = "villages"

    sql, values = Sick.objects.filter(health__holds="残疾").query.sql_with_params()
    assert "LIKE" in sql and values == ("%|残疾|%",)
