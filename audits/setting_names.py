"""What a county can set for its audits, and what each setting is called on screen and in the trail."""

from audits.procedures import TABLES, ListKind

DAYS = "days."
# 口径 the plans leave open, by the kind of list that reads it.
RULES: dict[tuple[str, str], str] = {
    (ListKind.HOUSEHOLD_EXIT, "stable_years"): "收入稳定超过标准的年数",
    (ListKind.HOUSEHOLD_EXIT, "deep_margin"): "深度贫困村收入须达标准的倍数",
    (ListKind.HOUSEHOLD_EXIT, "water_blocks"): "饮水安全是否必须达标（1 是，0 否）",
    (ListKind.HOUSEHOLD_EXIT, "policy_years"): "退出后扶持政策不变的年数",
    (ListKind.HOUSEHOLD_EXIT, "subsistence_months"): "退出后低保至少保留的月数",
    (ListKind.VILLAGE_EXIT, "incidence"): "贫困发生率须低于（%）",
}


def names() -> dict[str, str]:
    """Every setting there is ("kind name"), with what it is called: rules, then days of notices without a number."""
    found = {f"{kind} {name}": f"{ListKind(kind).label}：{word}" for (kind, name), word in RULES.items()}
    for kind, versions in TABLES.items():
        for stage in versions[-1].postings():
            if stage.posting is not None and not stage.posting.fixed:
                found[f"{kind} {DAYS}{stage.key}"] = f"{ListKind(kind).label}：{stage.label}天数"
    return found
