"""The ten roles (任职) and what each may do.

Three of them keep the system and see no register (三员分立, quality §2.3): system, security and audit
administrators are never the same person. A capability says what may be done, the area of the duty says where.
"""

from django.db import models

from areas.models import Level


class Role(models.TextChoices):
    VILLAGE = "village", "村级采集员"
    HELPER = "helper", "帮扶责任人"
    TOWN = "town", "镇街经办"
    APPROVER = "approver", "镇街审核"
    DISTRICT = "district", "区扶贫办"
    LEADER = "leader", "领导小组"
    DEPARTMENT = "department", "部门"
    AUDITOR = "auditor", "审计管理员"
    SECURITY = "security", "安全管理员"
    ADMIN = "admin", "系统管理员"


class Capability(models.TextChoices):
    """The label completes the sentence 当前任职不能…"""

    REGISTER_VIEW = "register_view", "查看贫困户"
    REGISTER_EDIT = "register_edit", "登记贫困户"
    HELPER_EDIT = "helper_edit", "安排帮扶责任人"
    VISIT_RECORD = "visit_record", "登记走访"
    REVEAL = "reveal", "查看完整号码"
    FINDINGS_ASSIGN = "findings_assign", "分派疑点"
    VILLAGE_VIEW = "village_view", "查看村情"
    VILLAGE_EDIT = "village_edit", "修改村情"
    PLAN_VIEW = "plan_view", "查看滚动规划"
    PLAN_IMPORT = "plan_import", "导入规划表"
    PLAN_ADOPT = "plan_adopt", "采用规划表"
    PLAN_DISTRIBUTE = "plan_distribute", "分解年度计划"
    REPORT_VIEW = "report_view", "查看报表"
    REPORT_RUN = "report_run", "生成报表"
    REPORT_SCHEDULE = "report_schedule", "排定定期报表"
    LINES_VIEW = "lines_view", "查看扶贫标准"
    LINES_EDIT = "lines_edit", "修改扶贫标准"
    YEAR_CLOSE = "year_close", "封存和重开年度"
    AREA_EDIT = "area_edit", "调整区划"
    MEASURE_VIEW = "measure_view", "查看帮扶措施"
    MEASURE_EDIT = "measure_edit", "登记帮扶措施"
    POLICY_EDIT = "policy_edit", "修改政策"
    SOCIETY_EDIT = "society_edit", "登记社会帮扶"
    CHARITY_SPEND = "charity_spend", "使用扶贫专户"
    LISTS_VIEW = "lists_view", "查看部门名单"
    LISTS_UPLOAD = "lists_upload", "上传部门名单"
    LISTS_SETTLE = "lists_settle", "处理部门名单的差异"
    INDICATOR_VIEW = "indicator_view", "查看主要指标"
    INDICATOR_EDIT = "indicator_edit", "填报主要指标"
    DESK_ANSWER = "desk_answer", "受理政策咨询"
    INCIDENT_VIEW = "incident_view", "查看涉贫事件"
    INCIDENT_REPORT = "incident_report", "上报涉贫事件"
    INCIDENT_HANDLE = "incident_handle", "处置涉贫事件"
    WORK_VIEW = "work_view", "查看驻村和扶贫工作"
    WORK_LOG = "work_log", "登记扶贫工作"
    WORK_MANAGE = "work_manage", "管理队伍和责任书"
    DUTY_VIEW = "duty_view", "查看责任清单和整改"
    DUTY_ACT = "duty_act", "办理责任清单和整改"
    INSPECT = "inspect", "登记督查和验收整改"
    ASSESS = "assess", "审定考核"
    AUDIT_VIEW = "audit_view", "查看审核名单"
    AUDIT_OPEN = "audit_open", "开名单和提报"
    AUDIT_ACT = "audit_act", "办理审核环节"
    AUDIT_SETTINGS = "audit_settings", "修改审核设置"
    PROJECT_VIEW = "project_view", "查看项目"
    PROJECT_EDIT = "project_edit", "申报和管理项目"
    PROJECT_APPROVE = "project_approve", "审批项目"
    FUND_VIEW = "fund_view", "查看项目资金和资产"
    FUND_MANAGE = "fund_manage", "管理项目资金"
    ASSET_EDIT = "asset_edit", "登记资产收益"
    TRAIL_VIEW = "trail_view", "查看操作日志"
    TRAIL_ARCHIVE = "trail_archive", "归档操作日志"
    USERS_MANAGE = "users_manage", "管理用户"
    SYSTEM_VIEW = "system_view", "查看系统状态"


KEEPERS = frozenset({Role.AUDITOR, Role.SECURITY, Role.ADMIN})
BUSINESS = frozenset(Role) - KEEPERS

_C = Capability
CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.VILLAGE: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.REGISTER_EDIT,
            _C.VISIT_RECORD,
            _C.REVEAL,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.PROJECT_VIEW,
            _C.FUND_VIEW,
            _C.ASSET_EDIT,
            _C.MEASURE_EDIT,
            _C.PLAN_VIEW,
            _C.REPORT_VIEW,
            _C.REPORT_RUN,
            _C.LINES_VIEW,
            _C.INCIDENT_VIEW,
            _C.INCIDENT_REPORT,
            _C.AUDIT_VIEW,
            _C.AUDIT_OPEN,
            _C.AUDIT_ACT,
            _C.WORK_VIEW,
            _C.WORK_LOG,
            _C.DUTY_VIEW,
        }
    ),
    Role.HELPER: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.VISIT_RECORD,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.LINES_VIEW,
            _C.INCIDENT_VIEW,
            _C.INCIDENT_REPORT,
            _C.AUDIT_VIEW,
            _C.AUDIT_ACT,
            _C.WORK_VIEW,
            _C.WORK_LOG,
        }
    ),
    Role.TOWN: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.REGISTER_EDIT,
            _C.HELPER_EDIT,
            _C.VISIT_RECORD,
            _C.REVEAL,
            _C.FINDINGS_ASSIGN,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.PROJECT_VIEW,
            _C.FUND_VIEW,
            _C.PROJECT_EDIT,
            _C.ASSET_EDIT,
            _C.MEASURE_EDIT,
            _C.VILLAGE_EDIT,
            _C.PLAN_VIEW,
            _C.PLAN_DISTRIBUTE,
            _C.REPORT_VIEW,
            _C.REPORT_RUN,
            _C.LINES_VIEW,
            _C.SOCIETY_EDIT,
            _C.INDICATOR_VIEW,
            _C.DESK_ANSWER,
            _C.INCIDENT_VIEW,
            _C.INCIDENT_REPORT,
            _C.INCIDENT_HANDLE,
            _C.AUDIT_VIEW,
            _C.AUDIT_OPEN,
            _C.AUDIT_ACT,
            _C.WORK_VIEW,
            _C.WORK_LOG,
            _C.WORK_MANAGE,
            _C.DUTY_VIEW,
            _C.DUTY_ACT,
        }
    ),
    Role.APPROVER: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.PROJECT_VIEW,
            _C.FUND_VIEW,
            _C.PLAN_VIEW,
            _C.REPORT_VIEW,
            _C.REPORT_RUN,
            _C.LINES_VIEW,
            _C.INDICATOR_VIEW,
            _C.INCIDENT_VIEW,
            _C.AUDIT_VIEW,
            _C.AUDIT_ACT,
            _C.WORK_VIEW,
            _C.DUTY_VIEW,
        }
    ),
    Role.DISTRICT: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.REGISTER_EDIT,
            _C.HELPER_EDIT,
            _C.VISIT_RECORD,
            _C.REVEAL,
            _C.FINDINGS_ASSIGN,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.PROJECT_VIEW,
            _C.FUND_VIEW,
            _C.PROJECT_EDIT,
            _C.ASSET_EDIT,
            _C.PROJECT_APPROVE,
            _C.FUND_MANAGE,
            _C.MEASURE_EDIT,
            _C.POLICY_EDIT,
            _C.VILLAGE_EDIT,
            _C.PLAN_VIEW,
            _C.PLAN_IMPORT,
            _C.PLAN_ADOPT,
            _C.PLAN_DISTRIBUTE,
            _C.REPORT_VIEW,
            _C.REPORT_RUN,
            _C.REPORT_SCHEDULE,
            _C.LINES_VIEW,
            _C.LINES_EDIT,
            _C.YEAR_CLOSE,
            _C.AREA_EDIT,
            _C.SOCIETY_EDIT,
            _C.CHARITY_SPEND,
            _C.LISTS_VIEW,
            _C.LISTS_UPLOAD,
            _C.LISTS_SETTLE,
            _C.INDICATOR_VIEW,
            _C.INDICATOR_EDIT,
            _C.DESK_ANSWER,
            _C.INCIDENT_VIEW,
            _C.INCIDENT_REPORT,
            _C.INCIDENT_HANDLE,
            _C.AUDIT_VIEW,
            _C.AUDIT_OPEN,
            _C.AUDIT_ACT,
            _C.AUDIT_SETTINGS,
            _C.WORK_VIEW,
            _C.WORK_LOG,
            _C.WORK_MANAGE,
            _C.DUTY_VIEW,
            _C.DUTY_ACT,
            _C.INSPECT,
        }
    ),
    Role.LEADER: frozenset(
        {
            _C.REGISTER_VIEW,
            _C.VILLAGE_VIEW,
            _C.MEASURE_VIEW,
            _C.PROJECT_VIEW,
            _C.FUND_VIEW,
            _C.PLAN_VIEW,
            _C.REPORT_VIEW,
            _C.REPORT_RUN,
            _C.LINES_VIEW,
            _C.INDICATOR_VIEW,
            _C.INCIDENT_VIEW,
            _C.AUDIT_VIEW,
            _C.AUDIT_ACT,
            _C.WORK_VIEW,
            _C.DUTY_VIEW,
            _C.INSPECT,
            _C.ASSESS,
        }
    ),
    # Its own lists, the indicators it is the source of, the requests handed to it, the audits it has a stage in;
    # no ground, no register.
    Role.DEPARTMENT: frozenset(
        {
            _C.LISTS_VIEW,
            _C.PROJECT_VIEW,
            _C.LISTS_UPLOAD,
            _C.INDICATOR_VIEW,
            _C.INDICATOR_EDIT,
            _C.DESK_ANSWER,
            _C.LINES_VIEW,
            _C.AUDIT_VIEW,
            _C.AUDIT_ACT,
            _C.DUTY_VIEW,
            _C.DUTY_ACT,
        }
    ),
    # GB/T 22239-2019 8.1.5.2: the audit administrator keeps, manages and reads the records of audit.
    Role.AUDITOR: frozenset({_C.TRAIL_VIEW, _C.TRAIL_ARCHIVE}),
    Role.SECURITY: frozenset({_C.USERS_MANAGE}),
    Role.ADMIN: frozenset({_C.SYSTEM_VIEW}),
}

# The levels of the area a role is held for; province and city only where several counties share a deployment.
_HIGH = frozenset({Level.PROVINCE, Level.CITY, Level.COUNTY})
LEVELS: dict[str, frozenset[Level]] = {
    Role.VILLAGE: frozenset({Level.VILLAGE}),
    Role.HELPER: frozenset({Level.VILLAGE}),
    Role.TOWN: frozenset({Level.TOWN}),
    Role.APPROVER: frozenset({Level.TOWN}),
    **dict.fromkeys((Role.DISTRICT, Role.LEADER, Role.DEPARTMENT, *KEEPERS), _HIGH),
}
