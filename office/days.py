"""How a day and a moment are written in a sentence, a list and a workbook; fields take 年-月-日 (`form_fields`)."""

import datetime

from office.clock import SHANGHAI


def written(day: datetime.date | None) -> str:
    """2018年11月20日; nothing for no day."""
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def near(day: datetime.date, on: datetime.date) -> str:
    """11月20日, with the year when it is not that of `on`."""
    return f"{day.month}月{day.day}日" if day.year == on.year else written(day)


def moment(at: datetime.datetime, form: str = "%H:%M") -> str:
    """2018年11月20日 14:05, by the clocks of Shanghai."""
    here = at.astimezone(SHANGHAI)
    return f"{written(here.date())} {here.strftime(form)}"
