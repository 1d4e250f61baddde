"""Likely duplicates (疑似重复): pairs of present persons who may be one, entered twice under two numbers.

The same identity number cannot be present twice (a constraint); this is about what a number does not tell:
one of them mistyped, another document, a household entered by two villages.
"""
