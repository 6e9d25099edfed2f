"""Forms of insight."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guibin.core import preferences
from guibin.insight.preferences import ACTIVE_MONTHS, STAGE_DAYS
from guibin.insight.rules.stages import StageThresholds


class ThresholdsForm(forms.Form):
    """Days of the lifecycle stages; 0 takes what the data propose."""

    stage_new_days = forms.IntegerField(label=_("New for"), min_value=0, max_value=3650)
    stage_at_risk_days = forms.IntegerField(label=_("At risk after"), min_value=0, max_value=3650)
    stage_dormant_days = forms.IntegerField(label=_("Dormant after"), min_value=0, max_value=3650)
    stage_churned_days = forms.IntegerField(label=_("Lost after"), min_value=0, max_value=3650)
    active_months_min = forms.IntegerField(
        label=_("High activity"), help_text=_("months of twelve with a purchase"), min_value=1, max_value=12
    )

    def propose(self, days: StageThresholds) -> None:
        """Say beside each field what 0 stands for."""
        for setting in STAGE_DAYS:
            name = setting.key.rsplit(".", 1)[1]
            proposed = getattr(days, name.removeprefix("stage_"))
            self.fields[name].help_text = _("0 takes the proposed %(days)s days") % {"days": proposed}

    @staticmethod
    def stored() -> dict[str, object]:
        values = preferences.get_many(*STAGE_DAYS, ACTIVE_MONTHS)
        return {key.rsplit(".", 1)[1]: value for key, value in values.items()}

    def clean(self) -> dict[str, Any]:
        """Days that are given must rise."""
        cleaned = super().clean() or {}
        names = ("stage_at_risk_days", "stage_dormant_days", "stage_churned_days")
        days = [cleaned[name] for name in names if cleaned.get(name)]
        if days != sorted(set(days)):
            raise forms.ValidationError(_("The days must rise from at risk to dormant to lost."))
        return cleaned
