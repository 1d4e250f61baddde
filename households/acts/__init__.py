"""The forms by which a household changes: members join and leave, it moves, splits, joins another, ends."""
