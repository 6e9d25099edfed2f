"""The codes of purchases in words people read."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text

STATUSES: dict[str, Text] = {
    "placed": _("Placed"),
    "paid": _("Paid"),
    "shipped": _("Shipped"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
}
CHANNELS: dict[str, Text] = {
    "store": _("In store"),
    "web": _("Web shop"),
    "app": _("App"),
    "mini_program": _("Mini program"),
    "wechat": _("WeChat"),
    "phone": _("By phone"),
    "marketplace": _("Marketplace"),
}
KINDS: dict[str, Text] = {
    "goods": _("Goods"),
    "fee": _("Fee"),
    "discount": _("Discount"),
    "other": _("Other"),
}
METHODS: dict[str, Text] = {
    "cash": _("Cash"),
    "card": _("Bank card"),
    "wechat_pay": _("WeChat Pay"),
    "alipay": _("Alipay"),
    "transfer": _("Bank transfer"),
    "stored_value": _("Stored value"),
    "voucher": _("Voucher"),
    "points": _("Points"),
    "other": _("Other"),
}
REASONS: dict[str, Text] = {
    "returned": _("Returned"),
    "damaged": _("Damaged or faulty"),
    "wrong_item": _("Wrong item"),
    "price_adjusted": _("Price adjusted"),
    "cancelled": _("Order cancelled"),
    "other": _("Other reason"),
}
SOURCES: dict[str, Text] = {"manual": _("By hand"), "api": _("A program"), "demo": _("Demo shop")}
PRODUCT_STATUSES: dict[str, Text] = {"active": _("On sale"), "retired": _("No longer sold")}


def channel_label(code: str, name: str = "") -> Text:
    """The given name of a channel, or its shipped name, or its code."""
    return name or CHANNELS.get(code, code)
