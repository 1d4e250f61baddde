"""The whole archive of a list as one zip (归档, R046): papers, sheets, decisions, objections, uploaded papers, index.

Names of files are made of numbers and official words, never of what somebody typed. Nothing in it shows a number in
full; what is on a scan is what was scanned.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Protocol, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from areas.scope import AreaScope
from audits import posting
from audits.models import AuditList, Decision, Entry, Evidence, FrozenFacts, Notice, Objection
from audits.papers import kinds
from audits.papers.answer import answer_paper
from audits.papers.decision import decision_paper
from audits.papers.facts import ListFacts
from audits.papers.paper import PrintedPaper
from audits.procedures import Paper
from office import attachments
from office.attachments import FORMS, Attachment
from office.days import written
from office.workbook_write import HeadCell, OfficialForm, write_form

STYLE, INDEX = "样式.css", "目录"
HEADS = ("序号", "内容", "环节", "日期", "办理人", "文件")


class Sink(Protocol):
    def write(self, data: bytes, /) -> Any: ...


@dataclass(frozen=True)
class Line:
    """One line of the index."""

    what: str
    stage: str
    on: str
    by: str
    file: str


@dataclass(frozen=True)
class Piece:
    """A file of the archive; `content` is asked for when it is written, so that one at a time is in memory."""

    line: Line
    content: Any
    packed: bool = True


@dataclass
class Archive:
    """Everything that the owner may see of a list, in the order of its index."""

    audit_list: AuditList
    scope: AreaScope
    made_at: Any
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        of = Entry.objects.filter(audit_list=self.audit_list.pk).in_scope(self.scope)
        related = ("household__village", "household__county", "area__parent__parent", "house_case")
        self.entries = list(of.select_related(*related).prefetch_related("answers"))
        self.facts = ListFacts(self.audit_list, self.entries, self.made_at.date())

    def pieces(self) -> Iterator[Piece]:
        yield from self._papers()
        yield from self._notices()
        yield from self._decisions()
        yield from self._objections()
        yield from self._scans()

    def count(self) -> int:
        return sum(1 for _ in self.pieces())

    def write(self, sink: Sink, progress: Any) -> int:
        """Everything and then the index; how many files."""
        with ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED) as pack:
            self._put(pack, STYLE, _style().encode())
            for done, piece in enumerate(self.pieces(), 1):
                self._put(pack, piece.line.file, piece.content(), piece.packed)
                self.lines.append(piece.line)
                progress(done)
            self._put(pack, f"{INDEX}.html", self._index_page().encode())
            self._put(pack, f"{INDEX}.xlsx", self._index_book())
        return len(self.lines) + 3

    def _put(self, pack: ZipFile, name: str, data: bytes, packed: bool = True) -> None:
        entry = ZipInfo(name, self.made_at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        pack.writestr(entry, data)

    def _papers(self) -> Iterator[Piece]:
        of = self.audit_list
        for number, kind in enumerate(kinds.of(of.kind), 1):
            title, stage = kind.titled(of.kind), kind.stage(of.kind)
            decision = self.facts.decisions.get(stage)
            yield Piece(
                Line(
                    what=title,
                    stage=of.procedure[stage].label,
                    on=written(decision.decided_on) if decision is not None else "",
                    by=str(decision.by or "") if decision is not None else "",
                    file=f"1文书/{number:02d}{title}.html",
                ),
                lambda kind=kind: self._page(kinds.printed(kind, self.facts)),
            )

    def _notices(self) -> Iterator[Piece]:
        for number, notice in enumerate(self.facts.notices, 1):
            notice.audit_list = self.audit_list
            stem = f"2公示公告/{number:02d}{self._stage(notice.stage)}"
            line = (self._stage(notice.stage), written(notice.posted_on), str(notice.posted_by or ""))
            title = posting.title(notice)
            yield Piece(
                Line(title, *line, f"{stem}.html"), lambda notice=notice: self._sheet(notice).encode()
            )
            yield Piece(
                Line(f"{title}（表格）", *line, f"{stem}.xlsx"),
                lambda notice=notice: write_form(posting.workbook(notice), made_at=notice.recorded_at),
            )
            yield from self._files(notice, f"{stem}照片", f"{notice.word}张贴照片", notice.stage)

    def _decisions(self) -> Iterator[Piece]:
        rows = Decision.objects.filter(self.audit_list.lineage()).select_related("by", "on_behalf_of")
        for number, decision in enumerate(rows.order_by("pk"), 1):
            label = f"{decision.stage_label}{decision.verdict}"
            yield Piece(
                Line(
                    what=f"{label}的决定和当时的数据" if decision.binding else f"{label}的记录",
                    stage=decision.stage_label,
                    on=written(decision.decided_on),
                    by=str(decision.by or ""),
                    file=f"3办理记录/{number:02d}{label}.html",
                ),
                lambda decision=decision: self._page(self._decided(decision)),
            )

    def _decided(self, decision: Decision) -> PrintedPaper:
        facts = FrozenFacts.objects.filter(decision=decision, entry__in=[entry.pk for entry in self.entries])
        kept = {row.entry_id: row for row in facts}
        return decision_paper(decision, self.facts, kept)

    def _objections(self) -> Iterator[Piece]:
        rows = Objection.objects.filter(audit_list=self.audit_list.pk).in_scope(self.scope)
        found = rows.select_related("audit_list__area", "entry__household", "entry__area", "closed_by")
        for number, objection in enumerate(found.order_by("pk"), 1):
            objection.audit_list = self.audit_list
            yield Piece(
                Line(
                    what=f"异议和答复（{objection.state}）",
                    stage=self._stage(objection.stage),
                    on=written(objection.closed_on or objection.raised_on),
                    by=str(objection.closed_by or ""),
                    file=f"4异议/{number:02d}异议.html",
                ),
                lambda objection=objection: self._page(answer_paper(objection)),
            )

    def _scans(self) -> Iterator[Piece]:
        own = Evidence.objects.filter(self.audit_list.lineage()).select_related("recorded_by")
        seen = {entry.pk for entry in self.entries} | {None}
        for number, evidence in enumerate((row for row in own if row.entry_id in seen), 1):
            label = Paper(evidence.kind).label
            stem = f"5材料/{number:02d}{self._stage(evidence.stage)}{label}"
            yield from self._files(evidence, stem, label, evidence.stage)

    def _files(self, record: Notice | Evidence, stem: str, what: str, stage: str) -> Iterator[Piece]:
        for number, kept in enumerate(Attachment.objects.of(record).select_related("uploaded_by"), 1):
            yield Piece(
                Line(
                    what=what,
                    stage=self._stage(stage),
                    on=written(kept.uploaded_at.astimezone(self.made_at.tzinfo).date()),
                    by=str(kept.uploaded_by or ""),
                    file=f"{stem}{number}{FORMS[kept.kind].extension}",
                ),
                lambda kept=kept: attachments.content(kept),
                packed=False,
            )

    def _stage(self, key: str) -> str:
        procedure = self.audit_list.procedure
        return procedure[key].label if key in procedure else key

    def _page(self, paper: PrintedPaper) -> bytes:
        context = {"paper": paper, "title": paper.title, "style": f"../{STYLE}"}
        return render_to_string("audits/archive/paper.html", context).encode()

    def _sheet(self, notice: Notice) -> str:
        context = {
            "notice": notice,
            "sheet_title": posting.title(notice),
            "heads": posting.columns(self.audit_list.kind),
            "terms": posting.terms(notice),
            "title": posting.title(notice),
            "style": f"../{STYLE}",
        }
        return render_to_string("audits/archive/sheet.html", context)

    def _index_page(self) -> str:
        context = {"audit_list": self.audit_list, "heads": HEADS, "lines": self.lines, "style": STYLE}
        return render_to_string(
            "audits/archive/index.html", {**context, "title": f"{self.audit_list}档案目录"}
        )

    def _index_book(self) -> bytes:
        rows = [
            (number, line.what, line.stage, line.on, line.by, line.file)
            for number, line in enumerate(self.lines, 1)
        ]
        form = OfficialForm(
            title=f"{self.audit_list}档案目录",
            head=[[HeadCell(label) for label in HEADS]],
            rows=rows,
            signatures=(),
            widths=(8, 36, 14, 16, 16, 52),
            fixed_columns=len(HEADS),
            sheet=INDEX,
        )
        return write_form(form, made_at=self.made_at)


def _style() -> str:
    """The sheet of the papers, so that the archive can be read and printed without the system."""
    path = finders.find("css/paper.css")
    if not isinstance(path, str):
        raise FileNotFoundError("css/paper.css")
    with open(path, encoding="utf-8") as file:
        return file.read()
