"""Records of people and work, declared one module a kind: team, inspections, events, letters, lists, rectification, plan."""
