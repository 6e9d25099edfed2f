"""Outcomes and reasons in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    # what became of a row
    "imported": _("Imported"),
    "imported_anonymous": _("Imported, without a customer"),
    "updated": _("Row updated"),
    "unchanged": _("Already there, unchanged"),
    "duplicate": _("The same person as another row of this file"),
    "refund": _("Refund"),
    "refund_matched": _("Refund of a purchase"),
    "refund_unmatched": _("Refund without its purchase; counts on its own date"),
    "refund_unfit": _(
        "Refund that its order does not bear (other goods, too little left, an earlier day); counts on its "
        "own date"
    ),
    "sale": _("Will be imported"),
    "sale_anonymous": _("Will be imported, without a customer"),
    "person": _("Will be imported"),
    "thing": _("Will be imported"),
    "known": _("Known already"),
    "noted_no_phone": _("There is no such phone number; the purchase comes in without a customer"),
    "noted_two_customers": _("Its order names more than one customer; it goes to one of them alone"),
    "noted_paid_otherwise": _("What was paid is not what the order comes to; both come in as the file says"),
    "noted_no_parcel": _(
        "No customer, under whose key a tracking number is kept: the number is left out, the carrier stays"
    ),
    "noted_no_email": _("This is not an e-mail address; the purchase comes in without a customer"),
    "skipped_known": _("Known already, left as it is"),
    "skipped_blank": _("Empty row"),
    "skipped_heading_again": _("Headings again"),
    "skipped_total": _("Total row"),
    "excluded_stock_write_off": _("Stock write-off, no sale"),
    "excluded_no_price_no_customer": _("No price and no customer: no sale"),
    "excluded_no_value": _("Returned at no price: no money moved"),
    "excluded_test": _("Test entry"),
    "excluded_own_charge": _("The shop's own charges, no sale"),
    "excluded_bad_debt": _("Written-off debt, no sale"),
    "excluded_cancellation_not_negative": _("Cancellation with a positive quantity"),
    # why a row or cell cannot be taken
    "blank": _("Empty row"),
    "cells_too_few": _("The row has too few cells"),
    "cells_too_many": _("The row has too many cells"),
    "nul": _("The row holds NUL characters"),
    "undecodable": _("The row holds characters that the encoding does not know"),
    "formula": _("A cell holds a formula"),
    "formula_error": _("A cell holds a spreadsheet error"),
    "number_unreadable": _("This is not a number"),
    "number_too_large": _("This number is too large"),
    "too_many_decimals": _("This number has too many decimals"),
    "date_unreadable": _("This is not a date"),
    "date_impossible": _("There is no such day"),
    "date_out_of_range": _("The year is not between 1900 and 2100"),
    "date_ambiguous": _("Day and month cannot be told apart"),
    "birthday_unreadable": _("This is not a birthday"),
    "id_exponent": _("The number was shortened by a spreadsheet (1.1E+17) and its digits are lost"),
    "text_too_long": _("The text is too long"),
    "choice_unreadable": _("This value is not known here"),
    "choice_unknown": _("This is none of the field's choices"),
    "contact_kind_unknown": _("This is neither phone, e-mail nor WeChat"),
    "rate_missing": _("There is no rate for this currency on that day"),
    "currency_unknown": _("There is no such currency"),
    "number_missing": _("The order number is missing"),
    "date_missing": _("The date is missing"),
    "amount_missing": _("The amount is missing"),
    "amount_zero": _("The amount is zero"),
    "quantity_zero": _("The quantity is zero"),
    "both_negative": _("Quantity and price are both negative"),
    "code_missing": _("The code is missing"),
    "card_missing": _("The card number is missing"),
    "nobody": _("The row names nobody"),
    # what the slices say
    "customer_differs": _("The order belongs to another customer"),
    "order_ambiguous": _("Several systems have an order of this number; name the one the file comes from"),
    "currency_differs": _("The order is in another currency"),
    "content_differs": _("This line is already there with other content"),
    "quantity_not_positive": _("The quantity is not positive"),
    "price_negative": _("The price is negative"),
    "discount_too_large": _("The discount is larger than the amount"),
    "amount_too_large": _("The amount is too large"),
    "kind_unknown": _("This kind is not known"),
    "status_unknown": _("This status is not known"),
    "day_missing": _("The date is missing"),
    "several_match": _("Several customers match"),
    "keys_disagree": _("Phone, card and number point at different customers"),
    "external_id_taken": _("Another customer has this number"),
    "id_number_taken": _("Another customer has this ID number"),
    "number_unknown": _("There is no customer with this number"),
    "no_match_key": _("Nothing to find the customer by"),
    "invalid_phone": _("There is no such phone number"),
    "invalid_email": _("This is not an e-mail address"),
    "invalid_wechat": _("This is not a WeChat id"),
    "invalid_gender": _("This gender is not known"),
    "invalid_birthday": _("There is no such birthday"),
    "invalid_id_number": _("This ID number does not check"),
    "invalid_attribute": _("The value does not fit the field"),
    "sign_in_name_invalid": _("This sign-in name cannot be used"),
    "role_unknown": _("There is no such role"),
    "role_above_own": _("This role is above your own"),
    "email_taken": _("Another member of staff has this e-mail address"),
    "store_unknown": _("There is no such store"),
    "department_unknown": _("There is no such department"),
    "own_account": _("Your own account is not changed by a file"),
    "name_missing": _("The name is missing"),
    "name_taken": _("This name is taken"),
}
REVEAL_WORDS: dict[str, Promise] = {
    "contact": _("To contact the customer"),
    "verify": _("To make sure who it is"),
    "correct": _("To correct the data"),
    "complaint": _("To handle a complaint"),
    "other": _("Another reason"),
}
"""Of the reasons for which personal data may be looked at, as the customers' pages say them."""
PREFIXES = ("rejected_", "refused_", "conflict_")


def bare_code(code: str) -> str:
    """A reason without what became of its row."""
    for prefix in PREFIXES:
        code = code.removeprefix(prefix)
    return code


def reason_words(code: str) -> str:
    """A code in the active language; an unknown one is shown as it is."""
    code = bare_code(code)
    found = REASONS.get(code)
    return str(found) if found is not None else _now("Not possible (%(code)s)") % {"code": code}
