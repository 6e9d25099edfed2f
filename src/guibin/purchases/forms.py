"""Forms of this slice. What they accept, operations check again."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guibin.accounts import api as accounts
from guibin.core.money import minor_digits, to_minor
from guibin.purchases import words
from guibin.purchases.errors import PaymentTooMuch
from guibin.purchases.operations.catalogue import ProductDraft
from guibin.purchases.queries.catalogue import list_brands, list_categories, list_channels
from guibin.purchases.rules.drafts import LineDraft, PaymentDraft, RefundDraft

LINES = 8
"""Lines on the form for an order by hand; longer ones come from a file or a program."""


def _money(label: Any, *, required: bool = False, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_digits=18, decimal_places=6, **more
    )


class OrderForm(forms.Form):
    """The head of an order recorded by hand. Its choices depend on who records it."""

    customer = forms.CharField(
        label=_("Customer"), required=False, max_length=24, help_text=_("Empty: sold to nobody known.")
    )
    store_id = forms.TypedChoiceField(label=_("Store"), coerce=int, empty_value=None)
    channel = forms.ChoiceField(label=_("Channel"))
    ordered_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    number = forms.CharField(
        label=_("Order number"), required=False, max_length=80, help_text=_("Empty: we make one.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    discount = _money(_("Discount on the whole order"))
    method = forms.ChoiceField(label=_("Paid by"), required=False)
    second_method = forms.ChoiceField(label=_("In two parts: the second by"), required=False)
    second_amount = _money(_("Amount of the second part"))
    status = forms.ChoiceField(label=_("Status"), initial="completed")

    def __init__(self, *args: Any, store_ids: frozenset[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = [
            (str(store.id), store.name)
            for store in accounts.list_stores(active_only=True)
            if store_ids is None or store.id in store_ids
        ]
        store = self.fields["store_id"]
        store.required = store_ids is not None
        store.choices = [*([] if store.required else [("", "–")]), *stores]  # type: ignore[attr-defined]  # a choice field
        self.fields["channel"].choices = [  # type: ignore[attr-defined]  # a choice field
            (channel.code, channel.label) for channel in list_channels(active_only=True)
        ]
        self.fields["method"].choices = [("", _("Not paid yet")), *words.METHODS.items()]  # type: ignore[attr-defined]  # a choice field
        self.fields["second_method"].choices = [("", _("Paid in one")), *words.METHODS.items()]  # type: ignore[attr-defined]  # a choice field
        self.fields["status"].choices = [  # type: ignore[attr-defined]  # a choice field
            (code, label) for code, label in words.STATUSES.items() if code != "cancelled"
        ]

    def discount_minor(self) -> int:
        return to_minor(self.cleaned_data["discount"] or Decimal(0), self.cleaned_data["currency"].upper())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        parts = [bool(data.get(name)) for name in ("second_method", "second_amount")]
        if any(parts) and not all(parts) and "second_amount" not in self.errors:
            self.add_error("second_amount", _("A second part needs its way of paying and its amount."))
        elif all(parts) and not data.get("method"):
            self.add_error("method", _("Say how the first part was paid."))
        return data

    def payments(self, total_minor: int) -> list[PaymentDraft]:
        """What was paid of ``total_minor``: nothing, the whole, or the whole in two parts.

        Raises ``PaymentTooMuch`` when the second part leaves nothing for the first.
        """
        data = self.cleaned_data
        if not data["method"] or total_minor <= 0:
            return []
        second = to_minor(data["second_amount"] or Decimal(0), data["currency"].upper())
        if second >= total_minor:
            raise PaymentTooMuch
        first = PaymentDraft(data["method"], total_minor - second)
        return [first, PaymentDraft(data["second_method"], second)] if second else [first]


class LineForm(forms.Form):
    """One line of an order recorded by hand; an empty one is left out. Costs are asked of those who keep
    products."""

    sku = forms.CharField(label=_("Product code"), required=False, max_length=80)
    description = forms.CharField(label=_("What"), required=False, max_length=200)
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, min_value=Decimal("0.001"), max_digits=18, decimal_places=3
    )
    unit_price = _money(_("Price each"))
    unit_cost = _money(_("Cost each"))

    def __init__(self, *args: Any, with_cost: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_cost:
            del self.fields["unit_cost"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        filled = any(
            data.get(name) not in {None, ""} for name in ("sku", "description", "unit_price", "unit_cost")
        )
        if filled and data.get("unit_price") is None and "unit_price" not in self.errors:
            self.add_error("unit_price", _("A price is needed."))
        return data

    def draft(self) -> LineDraft | None:
        data = self.cleaned_data
        if data.get("unit_price") is None:
            return None
        return LineDraft(
            sku=data["sku"].strip(),
            quantity=data["quantity"] or Decimal(1),
            unit_price=data["unit_price"],
            description=data["description"],
            unit_cost=data.get("unit_cost"),
        )


LineForms = forms.formset_factory(LineForm, extra=LINES, max_num=LINES)


class StatusForm(forms.Form):
    """The next status of an order, with the parcel's number when it is shipped."""

    status = forms.ChoiceField(label=_("Status"), choices=list(words.STATUSES.items()))
    carrier = forms.CharField(label=_("Carrier"), required=False, max_length=40)
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        required=False,
        max_length=60,
        help_text=_("Kept encrypted: it leads to an address."),
    )


class PaymentForm(forms.Form):
    """Money received for an order: all that is left, unless told otherwise."""

    method = forms.ChoiceField(label=_("Paid by"), choices=list(words.METHODS.items()), initial="wechat_pay")
    amount = _money(_("Amount"), required=True)
    paid_before = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=list(words.REASONS.items()), initial="cancelled")


class RefundForm(forms.Form):
    """How much of each line comes back. ``quantity_ID`` and ``amount_ID`` per line."""

    reason = forms.ChoiceField(label=_("Reason"), choices=list(words.REASONS.items()), initial="returned")

    def __init__(self, *args: Any, lines: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.currency = currency
        for line in lines:
            self.fields[f"quantity_{line.id}"] = forms.DecimalField(
                required=False, min_value=0, max_value=line.quantity_left, max_digits=18, decimal_places=3
            )
            self.fields[f"amount_{line.id}"] = forms.DecimalField(
                required=False, min_value=0, max_digits=18, decimal_places=minor_digits(currency)
            )

    def drafts(self) -> list[RefundDraft]:
        """One draft per line that anything was entered for."""
        found = []
        for line in self.lines:
            quantity = self.cleaned_data.get(f"quantity_{line.id}") or Decimal(0)
            amount = self.cleaned_data.get(f"amount_{line.id}")
            if quantity or amount:
                found.append(
                    RefundDraft(
                        line.id, quantity, None if amount is None else to_minor(amount, self.currency)
                    )
                )
        return found


class ProductForm(forms.Form):
    """A product. Prices are per unit in the base currency."""

    sku = forms.CharField(label=_("Product code"), max_length=80)
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=200)
    category_id = forms.TypedChoiceField(label=_("Category"), required=False, coerce=int, empty_value=None)
    brand_id = forms.TypedChoiceField(label=_("Brand"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=list(words.KINDS.items()),
        help_text=_("Fees and discounts count in an order's sum, but not as goods."),
    )
    list_price = _money(_("List price"))
    unit_cost = _money(_("Cost each"), help_text=_("Lets reports show profit; orders may carry their own."))
    status = forms.ChoiceField(label=_("Status"), choices=list(words.PRODUCT_STATUSES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = [(str(row.id), row.path) for row in list_categories()]
        brands = [(str(row.id), row.name) for row in list_brands()]
        self.fields["category_id"].choices = [("", "–"), *categories]  # type: ignore[attr-defined]  # a choice field
        self.fields["brand_id"].choices = [("", "–"), *brands]  # type: ignore[attr-defined]  # a choice field

    def draft(self) -> ProductDraft:
        return ProductDraft(**self.cleaned_data)


class CategoryForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"), required=False, max_length=120, help_text=_("As your other systems call it.")
    )
    parent_id = forms.TypedChoiceField(label=_("Inside"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, without: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(row.id), row.path) for row in list_categories() if row.id != without]
        self.fields["parent_id"].choices = [("", _("At the top")), *rows]  # type: ignore[attr-defined]  # a choice field


class BrandForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"), required=False, max_length=120, help_text=_("As your other systems call it.")
    )


class ChannelForm(forms.Form):
    """A channel of one's own; ``code`` is fixed once it exists."""

    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Small letters, digits and underscores, for programs.")
    )
    is_active = forms.BooleanField(label=_("Offered in forms"), required=False, initial=True)


class RateForm(forms.Form):
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    rate = forms.DecimalField(label=_("Rate"), max_digits=18, decimal_places=8)
    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
