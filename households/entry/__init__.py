"""Entering a household: one sheet of forms, its draft, its conflicts and what is said beside its fields."""
