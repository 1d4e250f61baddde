"""What the department is told of the agreement: counts in words, small ones suppressed (pure; quality §2.2).

A count of the register under ten, or one that leaves fewer than ten of the list, would say of single people whether
they are registered. Where one part alone is hidden, the next smallest is hidden too, or the sum would tell it.
Of two lists that differ in a few people the counts would tell these few: beside one told before, a count that is under
ten more, or fewer, or the same, is not told.
"""

from collections.abc import Iterable, Mapping

SMALL = 10
HIDDEN = "不足10人，不公布"
ALSO_HIDDEN = "不公布"
NEAR = "与以前通报的相差不足10人，不公布"


def in_words(
    compared: int, matched: int, parts: Mapping[str, int], before: Iterable[int] = ()
) -> list[list[str]]:
    """[title, word] of the list's rows that could be compared, of those registered, and of their parts.

    `parts` add up to `matched`, but for those the list does not have; `before` are the `matched` of lists that the
    department was told of already.
    """
    if matched < SMALL or compared - matched < SMALL:
        return [["能核对的", f"{compared}"], ["其中建档立卡", HIDDEN]]
    if any(abs(matched - told) < SMALL for told in before):
        return [["能核对的", f"{compared}"], ["其中建档立卡", NEAR]]
    shown = {title: str(count) if count >= SMALL else HIDDEN for title, count in parts.items()}
    hidden = [title for title, word in shown.items() if word == HIDDEN]
    if len(hidden) == 1 and len(parts) > 1:
        rest = [title for title in parts if title not in hidden]
        shown[min(rest, key=lambda title: parts[title])] = ALSO_HIDDEN
    return [["能核对的", f"{compared}"], ["其中建档立卡", f"{matched}"], *map(list, shown.items())]
