"""Measures by workbook: a prefilled one of a policy and year, read back, checked, confirmed, written, taken back."""
