"""What groups, stages and their advice are called."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text

GROUP_LABELS: dict[str, Text] = {
    "key_value": _("Key: value"),
    "key_keep": _("Key: keep"),
    "key_grow": _("Key: grow"),
    "key_rescue": _("Key: win back"),
    "plain_value": _("Ordinary: value"),
    "plain_grow": _("Ordinary: grow"),
    "plain_keep": _("Ordinary: keep"),
    "plain_rescue": _("Ordinary: win back"),
    "outside": _("No purchase in the period"),
    "absent": _("Not yet a customer"),
}
GROUP_TRAITS: dict[str, Text] = {
    "key_value": _("recent, often, much"),
    "key_keep": _("long ago, used to come often, much"),
    "key_grow": _("recent, seldom, much"),
    "key_rescue": _("long ago, seldom, much"),
    "plain_value": _("recent, often, little"),
    "plain_grow": _("recent, seldom, little"),
    "plain_keep": _("long ago, often, little"),
    "plain_rescue": _("long ago, seldom, little"),
}
GROUP_ADVICE: dict[str, Text] = {
    "key_value": _("A relationship manager of their own; new products to try first"),
    "key_keep": _("Their relationship manager calls this week and asks why"),
    "key_grow": _("A reason for the second visit, within 60 days"),
    "key_rescue": _("One sincere offer to come back; no answer, no more messages"),
    "plain_value": _("Suggest what goes with it, and member days, to raise the average order"),
    "plain_grow": _("Complete the profile; care in the first 30 days"),
    "plain_keep": _("Remind of member days and expiring points"),
    "plain_rescue": _("Festival greetings only; spend no budget"),
}
STAGE_LABELS: dict[str, Text] = {
    "new": _("New"),
    "active": _("Active"),
    "intermittent": _("Intermittent"),
    "at_risk": _("At risk"),
    "dormant": _("Dormant"),
    "churned": _("Lost"),
    "none": _("Never bought"),
}
STAGE_MEANINGS: dict[str, Text] = {
    "new": _("One purchase day, at most %(new_days)s days ago"),
    "active": _("Bought in at least %(months)s of the last 12 months"),
    "intermittent": _("Bought within %(at_risk_days)s days, but not in so many months"),
    "at_risk": _("Last purchase more than %(at_risk_days)s days ago"),
    "dormant": _("Last purchase more than %(dormant_days)s days ago"),
    "churned": _("Last purchase more than %(churned_days)s days ago"),
    "none": _("Known, but without an order"),
}
