"""Forms of projects: the application, the steps with what each asks for, progress, papers; the filter of the list."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q

from accounts.units import Unit
from areas.models import Area, Level
from areas.scope import AreaScope
from measures import hiring, lateness, solar, stages
from measures.measure_forms import year_field
from measures.models import Enterprise, Project, ProjectRecord, RecordKind, SourceKind
from measures.models.policy import MEASURE_CHAPTERS
from measures.models.project import CATEGORIES, NATURES
from measures.models.project_papers import GRADES
from measures.money_fields import Seen, WholeNumber, Yuan
from office.days import written
from office.digit_runs import mask_digit_runs
from office.file_fields import ACCEPTED, PAPER_HINT, Files, choose_again
from office.form_fields import Day, Filter, FreeText, HalfWidthChars, SearchWord, choice, own_field

SHORT = {"class": "w8", "autocomplete": "off"}
MIDDLE = {"class": "w18", "autocomplete": "off"}
LONG = {"class": "w24", "autocomplete": "off"}


class Line(HalfWidthChars):
    """One line of text; a long number in it is masked, as in a remark (quality S2)."""

    def to_python(self, value: Any) -> str:
        return mask_digit_runs(super().to_python(value))


def line(
    label: str, most: int, attrs: dict[str, str] = MIDDLE, *, number: bool = False, **options: Any
) -> forms.CharField:
    """`number`: of a document or voucher, which may be a long row of digits."""
    messages = {"required": f"请填{label}", "max_length": f"{label}最多 {most} 个字"}
    return (HalfWidthChars if number else Line)(
        label=label, max_length=most, widget=forms.TextInput(attrs=attrs), error_messages=messages, **options
    )


def remark(label: str, most: int = 300, *, required: bool = False, rows: int = 2) -> FreeText:
    return FreeText(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "class": "wfull"}),
        error_messages={"required": f"请写{label}", "max_length": f"{label}最多 {most} 个字"},
    )


def day_field(label: str, **options: Any) -> Day:
    return Day(label=label, error_messages={"required": f"请填{label}"}, **options)


def select(label: str, words: Any, attrs: dict[str, str] = SHORT, **options: Any) -> forms.ChoiceField:
    pairs = [("", "请选择"), *((word, word) for word in words)]
    return forms.ChoiceField(
        label=label,
        choices=pairs,
        widget=forms.Select(attrs=attrs),
        error_messages={"required": f"请选{label}", "invalid_choice": "没有“%(value)s”这一项"},
        **options,
    )


class AreaChoice(forms.ModelChoiceField):
    """An area within the scope of the right; villages stand behind their towns."""

    by_sun = False

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Area.objects.none(),
            empty_label="请选择",
            widget=forms.Select(attrs=MIDDLE),
            error_messages={
                "required": "请选地点",
                "invalid_choice": "没有这个地点，或者不在当前任职的区域内",
            },
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        if obj.level != Level.VILLAGE:
            return obj.name
        name = f"{obj.parent.name}　{obj.name}"
        return f"{name}（{solar.said_of(obj)}）" if self.by_sun else name

    def within(
        self, scope: AreaScope, day: datetime.date, levels: tuple[str, ...], *, by_sun: bool = False
    ) -> None:
        """`by_sun`: villages in the order of measures.solar, each with its reason; towns and counties first."""
        here = Area.objects.in_scope(scope).valid_on(day).filter(level__in=levels).select_related("parent")
        self.queryset = (
            solar.villages(here, day).order_by(*solar.CHOICE_ORDER) if by_sun else here.order_by("code")
        )
        self.by_sun = by_sun


class ProjectForm(forms.Form):
    """An application, new or not reported yet. `seen` is the version that the page showed."""

    use_required_attribute = False
    name = line("项目名称", 80, LONG)
    year = year_field()
    area = AreaChoice(label="地点")
    chapter = select("章节", MEASURE_CHAPTERS)
    category = select("项目类别", CATEGORIES)
    nature = select("建设性质", NATURES)
    content = remark("建设内容", 500, required=True)
    level = select("项目级别", hiring.LEVELS, required=False, help_text="产业项目由企业或合作社承担的填")
    owner_unit = line("实施单位", 60)
    enterprise = forms.ModelChoiceField(
        label="承担主体",
        queryset=Enterprise.objects.none(),
        required=False,
        empty_label="没有",
        help_text="企业或合作社承担的选；没有列出的先登记企业",
        widget=forms.Select(attrs=MIDDLE),
        error_messages={"invalid_choice": "没有这家企业，或者不在当前任职的区域内"},
    )
    unit = select("主管部门", Unit.values, required=False, help_text="行业扶贫项目填")
    leader = line("质量责任人", 30, SHORT, help_text="终身负责")
    plan_money = Yuan(label="计划投资（元）")
    work_amount = forms.DecimalField(
        label="工程量",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填工程量",
            **dict.fromkeys(("invalid", "min_value"), "工程量是不小于 0 的数字"),
            **dict.fromkeys(("max_digits", "max_whole_digits"), "工程量太大"),
            "max_decimal_places": "工程量最多两位小数",
        },
    )
    work_unit = line("工程量单位", 10, {"class": "w4", "autocomplete": "off"}, help_text="米、座、亩")
    start_on = day_field("计划开工")
    due_on = day_field("计划竣工")
    helped_households = WholeNumber(label="受益贫困户", high=99999)
    helped_persons = WholeNumber(label="受益贫困人口", high=999999)
    benefit = line("带贫方式", 200, LONG, required=False, help_text="土地流转、务工、收益分配等")
    seen = Seen()

    layout = (
        ("项目", ("name", "year", "area", "chapter", "category", "nature", "content")),
        ("投资和工期", ("plan_money", "work_amount", "work_unit", "start_on", "due_on")),
        ("承担主体", ("owner_unit", "enterprise", "level")),
        ("责任和受益", ("unit", "leader", "helped_households", "helped_persons", "benefit")),
    )

    def __init__(
        self, *args: Any, scope: AreaScope, day: datetime.date, sun: bool = False, **options: Any
    ) -> None:
        """`sun`: it is opened for a solar project; so is one whose name or content says 光伏."""
        super().__init__(*args, **options)
        self.day = day
        area, firms = self.fields["area"], self.fields["enterprise"]
        self.sun = sun or any(solar.WORD in self._said(name) for name in ("name", "content"))
        area.within(scope, day, ("county", "town", "village"), by_sun=self.sun)  # type: ignore[attr-defined]
        mine = Enterprise.objects.in_scope(scope).filter(
            Q(closed=False) | Q(pk=self.initial.get("enterprise"))
        )
        firms.queryset = mine.order_by("name", "pk")  # type: ignore[attr-defined]
        firms.label_from_instance = _firm  # type: ignore[attr-defined]
        self.initial.setdefault("year", day.year)
        self.initial.setdefault("seen", 0)

    def _said(self, name: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        start, due, year = asked.get("start_on"), asked.get("due_on"), asked.get("year")
        if start and due and due < start:
            self.add_error("due_on", "计划竣工不能早于计划开工")
        if year and year > self.day.year + 1:
            self.add_error("year", f"年度不能晚于 {self.day.year + 1}")
        households, persons = asked.get("helped_households"), asked.get("helped_persons")
        if households is not None and persons is not None and persons < households:
            self.add_error("helped_persons", "受益人口不能少于户数")
        self._check_carrier(asked)
        return asked

    def _check_carrier(self, asked: dict[str, Any]) -> None:
        """R093: who carries a farm project is named, with its level, and takes on the poor."""
        firm, farm = (
            asked.get("enterprise"),
            hiring.is_farm(asked.get("chapter", ""), asked.get("category", "")),
        )
        if not farm or "enterprise" in self.errors:
            return
        unnamed = hiring.unnamed(asked.get("owner_unit", ""), firm.name if firm else "")
        if unnamed:
            self.add_error("enterprise", unnamed)
        if unnamed or firm is None:
            return
        level = asked.get("level", "")
        found = hiring.verdict(farm, level, firm.name, firm.kind, firm.poor_employed)
        if found.refusal:
            self.add_error("enterprise", found.refusal)
        elif not level:
            self.add_error("level", "产业项目由企业或合作社承担的，要选项目级别")

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class StepForm(forms.Form):
    """A step of a project: its day, what the step asks for, remark or reason, and papers."""

    use_required_attribute = False
    on = day_field("办理日期")
    chosen_on = day_field("群众认定日期", help_text="村民会议或村民代表会议通过的日期")
    document = line("文号或合同号", 60, number=True)
    contractor = line("施工单位", 60)
    people = line("验收人员", 200, LONG)
    keeper = line("管护单位", 60)
    team = line("驻村工作队或第一书记参加人", 100, MIDDLE, help_text="没有驻村工作队的写“无”")
    opinion = remark("意见")
    papers = Files(label="材料", accept=ACCEPTED, required=False, help_text=PAPER_HINT)
    seen = Seen()

    def __init__(self, *args: Any, step: stages.Step, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("chosen_on", "document", "contractor", "people", "keeper", "team"):
            if name not in step.asks:
                del self.fields[name]
        if step.reason:
            opinion = self.fields["opinion"]
            opinion.label, opinion.required = "原因", True
            opinion.error_messages["required"] = "请写明原因"
        self.initial.setdefault("on", day)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        choose_again(self, "papers")
        return asked


class ReviseForm(forms.Form):
    use_required_attribute = False
    on = day_field("办理日期")
    plan_money = Yuan(label="计划投资（元）")
    due_on = day_field("计划竣工")
    document = line("批复文号", 60, number=True, required=False)
    opinion = remark("原因", 200, required=True)
    seen = Seen()


class ProgressForm(forms.Form):
    use_required_attribute = False
    on = day_field("截至日期")
    percent = WholeNumber(label="工程进度（%）", high=100)
    note = remark("完成情况")
    late_reason = remark("滞后原因", 200)
    photos = Files(label="照片", accept=ACCEPTED, required=False, help_text=PAPER_HINT)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        choose_again(self, "photos")
        return asked


class RecordForm(forms.Form):
    use_required_attribute = False
    kind = select("类别", RecordKind.values)
    on = day_field("日期")
    unit = line("单位或人员", 80)
    text = remark("内容", 500, required=True, rows=3)
    result = line("结果", 200, LONG, required=False)
    grade = select("绩效等次", GRADES, {"class": "w4"}, required=False, help_text="绩效评价填")
    papers = Files(label="材料", accept=ACCEPTED, required=False, help_text=PAPER_HINT)

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        self.initial.setdefault("on", day)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("on") and asked["on"] > self.day:
            self.add_error("on", f"不能晚于今天（{written(self.day)}）")
        reviewed = asked.get("kind") == RecordKind.REVIEW
        if reviewed and not asked.get("grade"):
            self.add_error("grade", "绩效评价要有等次")
        elif asked.get("grade") and asked.get("kind") and not reviewed:
            self.add_error("grade", "只有绩效评价填等次")
        choose_again(self, "papers")
        return asked

    def record(self, project: Project, *, by: Any, at: datetime.datetime) -> ProjectRecord:
        facts = {name: value for name, value in self.cleaned_data.items() if name != "papers"}
        return ProjectRecord.objects.create(project=project, by=by, recorded_at=at, **facts)


class ProjectFilter(Filter):
    """What `/projects/` may be narrowed by; the area stands in the address beside it."""

    further = ("chapter", "category", "published", "on", "own")

    year = year_field(required=False)
    stage = choice("环节", (*stages.STAGES, stages.CANCELLED, stages.LIVE), "w8")
    source = choice("资金来源", SourceKind.values, "w4")
    late = choice(
        "滞后", [("", "全部"), ("any", "滞后的"), *((one.key, one.label) for one in lateness.REASONS)], "w8"
    )
    q = SearchWord(label="名称", required=False, max_length=30, widget=forms.TextInput(attrs=SHORT))
    chapter = choice("章节", MEASURE_CHAPTERS, "w8")
    category = choice("类别", CATEGORIES, "w8")
    published = choice("公开", [("", "全部"), ("yes", "已公开"), ("no", "未公开")], "w4")
    on = Day(label="环节时点", required=False)
    own = own_field()

    def matching(self, projects: Any, day: datetime.date) -> Any:
        """`on` asks for the stage in which a project stood on that day."""
        asked, found = self.cleaned_data, projects
        for name in ("year", "chapter", "category"):
            if asked[name]:
                found = found.filter(**{name: asked[name]})
        if asked["on"]:
            found = found.stood(asked["on"])
        stage = "stage_then" if asked["on"] else "stage"
        if asked["stage"] == stages.LIVE:
            found = found.exclude(**{stage: stages.CANCELLED})
        elif asked["stage"]:
            found = found.filter(**{stage: asked["stage"]})
        if asked["source"]:
            found = found.filter(pk__in=_funded_by(asked["source"]))
        if asked["late"]:
            chosen = {reason.key: reason.q for reason in lateness.REASONS}
            found = found.filter(
                chosen[asked["late"]](day) if asked["late"] in chosen else lateness.late(day)
            )
        if asked["q"]:
            found = found.filter(Q(name__icontains=asked["q"]) | Q(owner_unit__icontains=asked["q"]))
        if asked["published"]:
            found = found.filter(published=asked["published"] == "yes")
        return found


class PublicFilter(Filter):
    year = year_field(required=False)
    stage = choice("环节", stages.STAGES)
    q = SearchWord(label="名称", required=False, max_length=30, widget=forms.TextInput(attrs=SHORT))

    def matching(self, projects: Any) -> Any:
        asked, found = self.cleaned_data, projects
        for name in ("year", "stage"):
            if asked[name]:
                found = found.filter(**{name: asked[name]})
        return found.filter(name__icontains=asked["q"]) if asked["q"] else found


def _firm(firm: Enterprise) -> str:
    count = f"吸纳贫困人口 {firm.poor_employed} 人" if firm.poor_employed else "没有吸纳贫困人口"
    return f"{firm.name}（{firm.kind}，{count}）"


def _funded_by(kind: str) -> Any:
    return Project.objects.filter(funds__source__kind=kind, funds__allocated__gt=0).values("pk")
