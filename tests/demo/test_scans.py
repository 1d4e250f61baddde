"""The scans of the demonstration: pictures that the office takes, each a file of its own."""

from django.core.files.uploadedfile import SimpleUploadedFile

from demo import scans
from office import attachments


def test_the_picture_is_a_photo_like_any_other():
    checked = attachments.check(SimpleUploadedFile("a.png", scans.png()), attachments.PHOTOS)
    assert (checked.width, checked.height) == (192, 96)


def test_a_scan_is_named_for_its_paper_and_marked():
    first, second = scans.scan("核实表"), scans.scan("核实表")
    assert first.label == "核实表（演示）.png"
    assert first.uid != second.uid
    assert first.content == second.content
