"""How a day is written on the pages of an audit."""

import datetime


def written(day: datetime.date, on: datetime.date) -> str:
    """11月21日, with the year when it is not this one."""
    return f"{day.month}月{day.day}日" if day.year == on.year else f"{day.year}年{day.month}月{day.day}日"
