"""`make bench`: the ratios of speed and scale, measured on this machine in one run."""
