"""What a page offers its reader may open: no link on the pages of one's desk leads to a refusal."""

import re

import pytest
from django.urls import resolve

from accounts.roles import Role

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')


@pytest.mark.parametrize("role", Role.values)
def test_no_page_of_the_desk_links_to_what_is_refused(signed_in, role):
    client = signed_in(role)
    words = {link for link in LINK.findall(client.get("/").content.decode()) if "?" not in link}
    pages = {*words, "/policies/", "/projects/public/", "/villages/public/", "/notices/"}
    # One link to each page there is: the rows of a list lead to the same one.
    offered = {
        resolve(link.partition("?")[0]).view_name: (page, link.partition("?")[0])
        for page in sorted(pages)
        for link in LINK.findall(client.get(page).content.decode())
    }
    refused = {f"{page} → {link}" for page, link in offered.values() if client.get(link).status_code >= 400}
    assert not refused
