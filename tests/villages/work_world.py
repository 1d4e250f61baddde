"""What the tests of people and work write down: typed facts of each kind, and steps through the pages."""

import datetime
from typing import Any

DAY = datetime.date(2018, 11, 20)


def post_typed(area, **fields) -> dict[str, Any]:
    base = {
        "kind": "第一书记",
        "area": area.code,
        "name": "演示甲",
        "unit": "演示局",
        "title": "科长",
        "phone": "",
        "start_on": "2018-03-01",
        "party_link_on": "",
    }
    return {**base, **fields}


def inspection_typed(area, **fields) -> dict[str, Any]:
    base = {
        "kind": "驻村督查",
        "area": area.code,
        "on": "2018-11-12",
        "body": "演示督查室",
        "inspectors": "演示员",
        "inspected": "演示工作队",
        "grade": "一般",
        "findings": "驻村日志没有写",
    }
    return {**base, **fields}


def event_typed(area, **fields) -> dict[str, Any]:
    base = {
        "kind": "扶贫工作日",
        "area": area.code,
        "on": "2018-11-10",
        "title": "演示走访",
        "host": "演示镇",
        "content": "演示内容",
    }
    return {**base, **fields}


def letter_typed(area, **fields) -> dict[str, Any]:
    base = {
        "year": "2018",
        "tier": "镇街—村",
        "area": area.code,
        "giver": "演示镇",
        "taker": "演示村",
        "tasks": "演示任务",
    }
    return {**base, **fields}


def plan_typed(area, **fields) -> dict[str, Any]:
    base = {
        "year": "2018",
        "area": area.code,
        "part": "时间表",
        "text": "演示安排",
        "holder": "演示队长",
        "due_on": "2018-11-15",
    }
    return {**base, **fields}


def duty_typed(area, **fields) -> dict[str, Any]:
    base = {
        "year": "2018",
        "area": area.code,
        "unit": "民政",
        "holder": "演示民政局",
        "text": "演示低保衔接",
        "lead": "on",
        "due_on": "2018-11-30",
    }
    return {**base, **fields}


def problem_typed(area, **fields) -> dict[str, Any]:
    base = {
        "source": "督查",
        "area": area.code,
        "problem": "演示路灯不亮",
        "unit": "民政",
        "holder": "演示民政局",
        "due_on": "2018-11-25",
    }
    return {**base, **fields}


def write(client, key: str, typed: dict[str, Any], status: int = 303):
    """Types a record into its form; answers its address when it was taken."""
    answer = client.post(f"/villages/{key}/new/", typed)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer["Location"] if status == 303 else answer.content.decode()


def take(client, address: str, step: str, status: int = 303, **typed):
    answer = client.post(f"{address}{step}/", typed)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()
