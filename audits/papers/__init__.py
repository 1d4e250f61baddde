"""The printed papers of the audits: a kind (kinds.py) and the facts of a list (facts.py) give a paper (paper.py).

One template prints them all, on the page and in the archive of a list. What the record does not know is left as a
line to be written by hand; no paper shows an identity number, a phone or a disease.
"""
