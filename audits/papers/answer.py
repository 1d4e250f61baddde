"""异议答复书: the written answer to an objection. It names neither contact nor who was asked."""

from audits.models import Objection
from audits.papers.paper import Pairs, PrintedPaper, Words
from office.days import written


def answer_paper(objection: Objection) -> PrintedPaper:
    """Of an objection that was closed."""
    of = objection.audit_list
    about = "整份名单" if objection.entry is None else str(objection.entry)
    return PrintedPaper(
        title="异议答复书",
        under=f"{of.area}　{of.year}年第{of.batch}批{of.get_kind_display()}",
        pages=[
            [
                Pairs(
                    [
                        ("异议人", objection.raised_by or "没有留名"),
                        ("提出日期", written(objection.raised_on)),
                        ("针对", about),
                        ("结论", objection.state),
                    ]
                ),
                Words("反映的情况", objection.text),
                Words("调查情况", objection.investigation),
                Words("答复", objection.answer),
            ]
        ],
        signatures=(
            f"承办人：{objection.closed_by}　{written(objection.closed_on)}",
            "单位（盖章）：",
            "异议人签收：　　　　　年　月　日",
        ),
    )
