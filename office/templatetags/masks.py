"""Template filters for personal data: `{% load masks %} {{ person.id_number|mask_id }}`."""

from django import template

from office import pii

register = template.Library()

register.filter("mask_id", pii.mask_id)
register.filter("mask_phone", pii.mask_phone)
register.filter("mask_account", pii.mask_account)
