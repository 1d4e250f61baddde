"""What the department is told of the agreement: counts in words, small ones suppressed (pure; quality §2.2).

A count of the register under ten, or one that leaves fewer than ten of the list, would say of single people whether
they are registered. Where one part alone is hidden, the next smallest is hidden too, or the sum would tell it.
"""

from collections.abc import Mapping

SMALL = 10
HIDDEN = "不足10人，不公布"
ALSO_HIDDEN = "不公布"


def in_words(compared: int, matched: int, parts: Mapping[str, int]) -> list[list[str]]:
    """[title, word] of the list's rows that could be compared, of those registered, and of their parts.

    `parts` add up to `matched`, but for those the list does not have.
    """
    if matched < SMALL or compared - matched < SMALL:
        return [["能核对的", f"{compared}"], ["其中建档立卡", HIDDEN]]
    shown = {title: str(count) if count >= SMALL else HIDDEN for title, count in parts.items()}
    hidden = [title for title, word in shown.items() if word == HIDDEN]
    if len(hidden) == 1 and len(parts) > 1:
        rest = [title for title in parts if title not in hidden]
        shown[min(rest, key=lambda title: parts[title])] = ALSO_HIDDEN
    return [["能核对的", f"{compared}"], ["其中建档立卡", f"{matched}"], *map(list, shown.items())]
