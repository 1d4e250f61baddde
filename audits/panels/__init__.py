"""What the page of a list shows, a file a part: each gives its fragment of templates/audits/ what it reads.

`of(audit_list, …)` returns the value that the page's context has under the part's name; it only reads.
"""
