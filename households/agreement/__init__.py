"""账账相符: a national person sheet held against the register; its form, its job, and what it finds."""
