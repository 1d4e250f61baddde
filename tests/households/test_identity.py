import datetime

import pytest

from households import identity

ON = datetime.date(2018, 11, 20)


def citizen(first17: str) -> str:
    return first17 + identity.check_digit(first17)


GOOD = citizen("99040519500615001")


def broken(id_type: str, number: str) -> tuple[str, ...]:
    return identity.read(id_type, number, ON).broken


def test_a_good_number_gives_sex_and_birth_date():
    read = identity.read("居民身份证", f" {GOOD} ", ON)
    assert (read.valid, read.sex, read.birth_date) == (True, "男", datetime.date(1950, 6, 15))


def test_full_width_digits_and_small_x_are_read():
    number = next(
        citizen(f"9904051950061500{last}")
        for last in range(10)
        if citizen(f"9904051950061500{last}")[-1] == "X"
    )
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number[:17]) + "x"
    assert identity.read("居民身份证", wide, ON).number == number
    assert broken("居民身份证", wide) == ()


@pytest.mark.parametrize(
    ("number", "rules"),
    [
        (GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), ("C005",)),
        (citizen("99040519500230001"), ("C006",)),
        (citizen("99040518991231001"), ("C006",)),
        (citizen("99040520181121001"), ("C006",)),
        (GOOD[6:], ("C003",)),
        ("990405500615001", ("C003",)),
        ("99040519500615٠٠١٣", ("C004",)),
        ("99040519500615 013", ("C004",)),
        (GOOD + "43", ("C003", "C008")),
        ("", ("C003",)),
    ],
)
def test_what_a_citizen_number_must_not_be(number, rules):
    assert broken("居民身份证", number) == rules
    assert broken("居民户口簿", number) == rules


@pytest.mark.parametrize(
    ("number", "rules"),
    [
        (GOOD + "43", ()),
        (GOOD + "43B1", ()),
        (GOOD, ("C007",)),
        (GOOD + "83", ("C007",)),
        (GOOD + "45", ("C007",)),
        (GOOD + "43B", ("C007",)),
        (citizen("99040519500230001") + "43", ("C006", "C007")),
    ],
)
def test_a_disability_certificate_has_20_or_22_characters(number, rules):
    assert broken("残疾人证", number) == rules


def test_other_papers_have_length_and_characters_only():
    assert broken("护照", "E12345678") == ()
    assert broken("出生医学证明", "鲁（2018）0012345") == ()
    assert broken("护照", "E123") == ("C009",)
    assert broken("护照", "E1234_678") == ("C009",)
    assert broken("军官证", GOOD + "43") == ("C008",)


def test_a_certificate_and_its_citizen_number_are_found_by_one_stem():
    assert identity.stem(GOOD + "43B1") == identity.stem(GOOD) == GOOD
    assert identity.stem("E12345678") == "E12345678"
