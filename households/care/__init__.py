"""Who looks after a household, and how it fares: helpers, visits, shocks, the watch list (domain §4, §6)."""
