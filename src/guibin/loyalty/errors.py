"""What can go wrong with VIP policies, in the user's words."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, Invalid, NotFound


class PolicyUnknown(NotFound):
    code = "loyalty.policy_unknown"
    message = _("There is no VIP policy called %(policy)s.")


class PresetUnknown(NotFound):
    code = "loyalty.preset_unknown"
    message = _("There is no preset called %(preset)s. There are: %(presets)s.")


class RulesInvalid(Invalid):
    code = "loyalty.rules_invalid"
    message = _("These rules cannot be used: %(problem)s")


class PreviewNeeded(Invalid):
    code = "loyalty.preview_needed"
    message = _("Look at the preview of exactly these rules before you save them.")


class EffectiveDatePast(Invalid):
    code = "loyalty.effective_date_past"
    message = _("A new version can start on %(earliest)s at the earliest: the past stays as it was decided.")


class PolicyCodeTaken(Conflict):
    code = "loyalty.policy_code_taken"
    message = _("There is already a VIP policy with the code %(policy)s.")


class PolicyInactive(Conflict):
    code = "loyalty.policy_inactive"
    message = _("No VIP policy is in force yet. Choose one and put it in force.")


class ListUnknown(NotFound):
    code = "loyalty.list_unknown"
    message = _("This policy has no list called %(list)s.")
