"""Template filters of the register's pages: `{% load register %} {{ event.persons|signed }}`."""

from django import template

from households.record import signed

register = template.Library()
register.filter("signed", signed)
