"""Boards: the page of an area by level, and the three 挂图 (R300): what they ask, count and draw."""
