"""Place and equipment of a town's office (R263)."""

from django import forms

from villages.models import Town
from villages.work.fields import form_field


class OfficeForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Town
        fields = ("office_place", "office_equipment")
        formfield_callback = form_field
