"""What can go wrong with purchases, in words people understand."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, Invalid, NotFound


class OrderUnknown(NotFound):
    code = "purchases.order_unknown"
    message = _("There is no such order.")


class ProductUnknown(NotFound):
    code = "purchases.product_unknown"
    message = _("There is no product with the code %(sku)s.")


class CategoryUnknown(NotFound):
    code = "purchases.category_unknown"
    message = _("There is no such category.")


class BrandUnknown(NotFound):
    code = "purchases.brand_unknown"
    message = _("There is no such brand.")


class ChannelUnknown(NotFound):
    code = "purchases.channel_unknown"
    message = _("There is no sales channel with the code %(code)s.")


class CustomerUnknown(NotFound):
    code = "purchases.customer_unknown"
    message = _("There is no such customer.")


class StoreUnknown(NotFound):
    code = "purchases.store_unknown"
    message = _("There is no such store.")


class OrderEmpty(Invalid):
    code = "purchases.order_empty"
    message = _("An order needs at least one line.")


class LineInvalid(Invalid):
    code = "purchases.line_invalid"
    message = _(
        "Line %(position)s: the quantity must be above 0, and price and discount must not be negative."
    )


class LineTooPrecise(Invalid):
    code = "purchases.line_too_precise"
    message = _("Line %(position)s: at most 3 decimals in the quantity and 6 in the price.")


class DiscountTooLarge(Invalid):
    code = "purchases.discount_too_large"
    message = _("The discount is larger than the amount it is taken from.")


class AmountTooLarge(Invalid):
    code = "purchases.amount_too_large"
    message = _("This amount is too large to be true.")


class WordUnknown(Invalid):
    code = "purchases.word_unknown"
    message = _("“%(word)s” is not one of the possible values.")


class OrderNumberTaken(Conflict):
    code = "purchases.order_number_taken"
    message = _("There is already an order with this number.")


class KeyReused(Conflict):
    code = "purchases.key_reused"
    message = _("This request was already made with other content.")


class StatusNotPossible(Conflict):
    code = "purchases.status_not_possible"
    message = _("The order cannot go from this status to the one wanted.")


class OrderHasRefunds(Conflict):
    code = "purchases.order_has_refunds"
    message = _("Part of this order has been refunded already. Refund the rest instead of cancelling.")


class OrderCancelled(Conflict):
    code = "purchases.order_cancelled"
    message = _("This order was cancelled: there is nothing to refund.")


class TrackingNeedsCustomer(Invalid):
    code = "purchases.tracking_needs_customer"
    message = _("A tracking number is kept under the customer's key, and this order has no customer.")


class RefundUnknown(NotFound):
    code = "purchases.refund_unknown"
    message = _("There is no such refund.")


class RefundFixed(Conflict):
    code = "purchases.refund_fixed"
    message = _("This refund can no longer be taken back.")


class RefundNothing(Invalid):
    code = "purchases.refund_nothing"
    message = _("Choose what is refunded.")


class RefundLineUnknown(Invalid):
    code = "purchases.refund_line_unknown"
    message = _("This line does not belong to the order, or is named twice.")


class RefundTooMuch(Conflict):
    code = "purchases.refund_too_much"
    message = _("More than what is left of this line cannot be refunded.")


class SkuTaken(Conflict):
    code = "purchases.sku_taken"
    message = _("There is already a product with this code.")


class CodeTaken(Conflict):
    code = "purchases.code_taken"
    message = _("This code is already in use.")


class CodeInvalid(Invalid):
    code = "purchases.code_invalid"
    message = _("A code is needed: small letters, digits and underscores for channels, any text elsewhere.")


class CategoryLoop(Invalid):
    code = "purchases.category_loop"
    message = _("A category cannot lie inside itself.")


class RateMissing(Invalid):
    code = "purchases.rate_missing"
    message = _("There is no exchange rate for %(currency)s on %(day)s. Add one under currency rates.")


class RateInvalid(Invalid):
    code = "purchases.rate_invalid"
    message = _("A rate is a number above 0 for a currency other than the base currency.")


class CurrencyInvalid(Invalid):
    code = "purchases.currency_invalid"
    message = _("%(currency)s is not a currency code of three letters.")


class ShapeInvalid(Invalid):
    code = "purchases.shape_invalid"
    message = _("The import does not have the expected columns.")


class PaymentInvalid(Invalid):
    code = "purchases.payment_invalid"
    message = _("A payment needs an amount above zero and a way of paying that is known here.")


class PaymentTooMuch(Invalid):
    code = "purchases.payment_too_much"
    message = _("That is more than is left to pay of this order.")


class PaidMeanwhile(Conflict):
    code = "purchases.paid_meanwhile"
    message = _("Another payment came in meanwhile. Look at what is left to pay, then try again.")
