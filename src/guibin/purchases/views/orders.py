"""Pages of orders: the list, one order, recording, status, refunds."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guibin.core import preferences
from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.money import Money, to_minor
from guibin.core.paging import Page
from guibin.customers import api as customers
from guibin.purchases import lists, words
from guibin.purchases.forms import CancelForm, LineForms, OrderForm, PaymentForm, RefundForm, StatusForm
from guibin.purchases.operations import orders as operations
from guibin.purchases.operations.paying import add_payment
from guibin.purchases.operations.refunds import preview_refund, refund_lines
from guibin.purchases.operations.refunds import undo_refund as take_back
from guibin.purchases.permissions import EDIT_PRODUCTS, RECORD_ORDERS, REFUND_ORDERS, VIEW_ORDERS
from guibin.purchases.queries import orders as queries
from guibin.purchases.queries.catalogue import products_by_id
from guibin.purchases.queries.rates import base_currency
from guibin.purchases.queries.rows import LineRow, OrderDetail, RefundRow
from guibin.purchases.queries.tallies import OrderTotals
from guibin.purchases.rules.drafts import PaymentDraft
from guibin.purchases.rules.statuses import FOLLOWING
from guibin.purchases.settings import REFUND_UNDO_MINUTES
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error
from guibin.web.listing.page import render_list
from guibin.web.listing.state import ListState


@requires(VIEW_ORDERS)
def order_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """All orders, with the sum of what the filters leave."""
    actor = actor_of(request)
    wanted = lists.order_filter(ListState.from_request(request, lists.ORDERS), actor=actor)
    totals = queries.order_totals(wanted, actor=actor)

    def fetch(state: ListState) -> Page[Any]:
        page = queries.list_orders(
            wanted,
            actor=actor,
            sort=state.sort,
            descending=state.descending,
            page=state.page,
            size=state.size,
            totals=totals,
        )
        return page.showing(lists.show_orders(page.rows))

    def stream(state: ListState) -> Iterator[Any]:
        rows = queries.stream_orders(wanted, actor=actor, sort=state.sort, descending=state.descending)
        while some := list(islice(rows, queries.STREAMED_AT_ONCE)):
            yield from lists.show_orders(some)

    context = {
        "page_key": "purchases.list",
        "totals": totals,
        "sums": _sums(totals),
        "may_record": actor.may(RECORD_ORDERS),
    }
    response = render_list(
        request,
        lists.ORDERS,
        fetch,
        template="purchases/orders.html",
        context=context,
        stream=stream,
        count=lambda state: totals.orders if totals.is_exact else queries.count_orders(wanted, actor=actor),
    )
    if request.headers.get("HX-Target") and isinstance(response, HttpResponse):
        response.write(render_to_string("purchases/sums.html", {**context, "oob": True}, request))
    return response


def _sums(totals: OrderTotals) -> list[tuple[str, str]]:
    """The figures above the list. Where counting stopped, it says so and no sum is claimed."""
    orders = formats.number(totals.orders)
    if totals.amount_base_minor is None:
        return [(_("Orders"), _("more than %(count)s") % {"count": orders})]
    amount, base = totals.amount_base_minor, base_currency()
    figures = [(_("Orders"), orders), (_("Sum before refunds"), formats.money(Money(amount, base)))]
    if totals.counted:
        each = Money(round(Fraction(amount, totals.counted)), base)
        figures.append((_("Average order"), formats.money(each)))
    return figures


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Purchases"), reverse("purchases:list")), *more]


@requires(VIEW_ORDERS)
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what was bought, paid, shipped and taken back."""
    detail = queries.get_order(order_id, actor=actor_of(request))
    return render(request, "purchases/order.html", _order_context(request, detail))


def _order_context(request: HttpRequest, detail: OrderDetail) -> dict[str, Any]:
    actor = actor_of(request)
    (shown,) = lists.show_orders([detail.order])
    following = FOLLOWING[detail.order.status]
    status_form = StatusForm(initial={"status": next(iter(sorted(following)), "")})
    status_form.fields["status"].choices = [  # type: ignore[attr-defined]  # a choice field
        (code, label) for code, label in words.STATUSES.items() if code in following and code != "cancelled"
    ]
    if detail.order.customer_id is None:  # nobody's key to seal a tracking number under
        del status_form.fields["tracking_number"]
    open_lines = [line for line in detail.lines if line.quantity_left > 0 and line.amount.minor >= 0]
    is_open = detail.order.status != "cancelled"
    due = detail.order.net - detail.paid
    named = _named(detail.lines)
    names = {line.id: name for line, name in named}
    return {
        "page_key": "purchases.order",
        "menu_key": "purchases.list",
        "crumbs": _crumbs((detail.order.number, "")),
        "detail": detail,
        "lines": named,
        "shown": shown,
        "due": due,
        "pay_form": _pay_form(detail, due) if actor.may(RECORD_ORDERS) and is_open else None,
        "customer_url": lists.customer_url(shown),
        "methods": words.METHODS,
        "payments": [(words.METHODS[payment.method], payment) for payment in detail.payments],
        "refunds": _refunds(detail, names),
        "status_form": status_form if status_form.fields["status"].choices else None,  # type: ignore[attr-defined]  # a choice field
        "cancel_form": CancelForm(),
        "may_record": actor.may(RECORD_ORDERS) and is_open,
        "may_refund": actor.may(REFUND_ORDERS) and is_open and bool(open_lines),
        "may_cancel": actor.may(REFUND_ORDERS) and is_open and not detail.refunds,
        "facts": _facts(detail, shown),
    }


def _named(lines: Iterable[LineRow]) -> list[tuple[LineRow, str]]:
    """Each line with what it is called: as it was sold, else as the product is, else its code."""
    listed = list(lines)
    ids = {line.product_id for line in listed if line.product_id is not None and not line.description}
    known = products_by_id(ids) if ids else {}
    named = []
    for line in listed:
        product = known.get(line.product_id or 0)
        named.append((line, line.description or (product.name if product else "") or line.sku))
    return named


def _refunds(detail: OrderDetail, names: dict[int, str]) -> list[tuple[Any, RefundRow, list[Any]]]:
    """Each refund with its reason in words and its parts, called as the lines they take back."""
    return [
        (
            words.REASONS[refund.reason],
            refund,
            [(p, names.get(p.order_line_id or 0, p.description or p.sku)) for p in refund.lines],
        )
        for refund in detail.refunds
    ]


def _pay_form(detail: OrderDetail, due: Money) -> PaymentForm | None:
    if due.minor <= 0:
        return None
    return PaymentForm(initial={"amount": due.amount, "paid_before": detail.paid.minor})


def _facts(detail: OrderDetail, shown: lists.ShownOrder) -> list[tuple[str, str]]:
    order = detail.order
    facts = [
        (_("When"), formats.moment(order.ordered_at)),
        (_("Store"), shown.store or "–"),
        (_("Channel"), shown.channel_name),
        (_("Source"), shown.source_name),
    ]
    if order.total.currency != base_currency():
        facts.append((_("Rate"), f"{detail.rate.normalize():f}"))
        facts.append(
            (_("In the base currency"), formats.money(Money(order.amount_base_minor, base_currency())))
        )
    if detail.carrier or detail.tracking_number:
        facts.append((_("Parcel"), f"{detail.carrier} {detail.tracking_number}".strip()))
    return facts


@requires(RECORD_ORDERS)
def new_order(request: HttpRequest) -> HttpResponse:
    """Record a purchase by hand."""
    actor = actor_of(request)
    initial = {
        "ordered_at": now(),
        "currency": base_currency(),
        "channel": "store",
        "status": "completed",
        "method": "wechat_pay",
        "customer": request.GET.get("customer", ""),
    }
    form = OrderForm(request.POST or None, initial=initial, store_ids=actor.store_ids)
    with_cost = actor.may(EDIT_PRODUCTS)
    lines = LineForms(request.POST or None, prefix="line", form_kwargs={"with_cost": with_cost})
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        try:
            placed = _place(request, form, lines)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Order %(number)s is in.") % {"number": placed.number})
            return redirect("purchases:order", order_id=placed.order_id)
    context = {
        "page_key": "purchases.new",
        "menu_key": "purchases.list",
        "crumbs": _crumbs((_("Record a purchase"), "")),
        "form": form,
        "lines": lines,
        "with_cost": with_cost,
        "chosen": customers.find_picks([str(form["customer"].value() or "")], actor=actor),
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(
        request,
        "purchases/new.html",
        context,
        status=422 if form.errors or lines.total_error_count() else 200,
    )


def _place(request: HttpRequest, form: OrderForm, lines: Any) -> operations.Placed:
    actor, data = actor_of(request), form.cleaned_data
    drafts = [draft for line in lines if (draft := line.draft()) is not None]
    number = data["customer"].strip()
    customer_id = customers.get_bearer(number, actor=actor) if number else None
    due = operations.total_of(drafts, form.discount_minor(), data["currency"].upper())
    return operations.place_order(
        lines=drafts,
        customer_id=customer_id,
        store_id=data["store_id"],
        channel=data["channel"],
        number=data["number"],
        ordered_at=data["ordered_at"],
        currency=data["currency"].upper(),
        discount_minor=form.discount_minor(),
        payments=form.payments(due),
        status=data["status"],
        idempotency_key=f"page:{request.POST.get('key', '')[:64]}",
        actor=actor,
        at=now(),
    )


@requires(RECORD_ORDERS)
@require_POST
def change_status(request: HttpRequest, order_id: int) -> HttpResponse:
    """Move the order on."""
    form = StatusForm(request.POST)
    if form.is_valid():
        try:
            operations.change_order_status(
                order_id=order_id, actor=actor_of(request), at=now(), **form.cleaned_data
            )
        except DomainError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("Saved."))
    return redirect("purchases:order", order_id=order_id)


@requires(RECORD_ORDERS)
@require_POST
def pay(request: HttpRequest, order_id: int) -> HttpResponse:
    """Record money received for the order."""
    actor, form = actor_of(request), PaymentForm(request.POST)
    currency = queries.get_order(order_id, actor=actor).order.total.currency
    if not form.is_valid():
        messages.error(request, " ".join(str(message) for found in form.errors.values() for message in found))
        return redirect("purchases:order", order_id=order_id)
    data = form.cleaned_data
    try:
        payment = PaymentDraft(data["method"], to_minor(data["amount"], currency))
        add_payment(
            order_id=order_id, payment=payment, paid_before_minor=data["paid_before"], actor=actor, at=now()
        )
    except DomainError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The payment is recorded."))
    return redirect("purchases:order", order_id=order_id)


@requires(REFUND_ORDERS)
@require_POST
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """Cancel the whole order."""
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            operations.cancel_order(
                order_id=order_id, reason=form.cleaned_data["reason"], actor=actor_of(request), at=now()
            )
        except DomainError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("The order is cancelled. It no longer counts for the customer."))
    return redirect("purchases:order", order_id=order_id)


@requires(REFUND_ORDERS)
def refund(request: HttpRequest, order_id: int) -> HttpResponse:
    """Choose what comes back, see what it gives back, then do it."""
    actor = actor_of(request)
    detail = queries.get_order(order_id, actor=actor)
    currency = detail.order.total.currency
    lines = [line for line in detail.lines if line.amount.minor >= 0]
    form = RefundForm(request.POST or None, lines=lines, currency=currency)
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            preview = preview_refund(order_id=order_id, drafts=form.drafts(), actor=actor)
            if "confirm" in request.POST:
                done = refund_lines(
                    order_id=order_id,
                    drafts=form.drafts(),
                    reason=form.cleaned_data["reason"],
                    idempotency_key=f"page:{request.POST.get('key', '')[:64]}",
                    actor=actor,
                    at=now(),
                )
                money = formats.money(Money(done.amount_minor, currency))
                undo = reverse("purchases:undo_refund", args=[done.refund_id])
                seconds = 60 * min(preferences.get(REFUND_UNDO_MINUTES), 1)
                text = _("Refunded %(money)s.") % {"money": money}
                messages.success(request, text, extra_tags=f"undo:{undo}:{seconds}" if seconds else "")
                return redirect("purchases:order", order_id=order_id)
        except DomainError as error:
            preview = None
            add_domain_error(form, error)
    context = {
        "page_key": "purchases.refund",
        "menu_key": "purchases.list",
        "crumbs": _crumbs(
            (detail.order.number, reverse("purchases:order", args=[order_id])), (_("Refund"), "")
        ),
        "detail": detail,
        "form": form,
        "rows": [
            (line, name, form[f"quantity_{line.id}"], form[f"amount_{line.id}"])
            for line, name in _named(lines)
        ],
        "preview": preview,
        "amount": Money(preview.amount_minor, currency) if preview else None,
        "left": Money(preview.left_minor, currency) if preview else None,
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(request, "purchases/refund.html", context, status=422 if form.errors else 200)


@requires(REFUND_ORDERS)
@require_POST
def undo_refund(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Take back a refund recorded a moment ago."""
    try:
        order_id = take_back(refund_id=refund_id, actor=actor_of(request), at=now())
    except DomainError as error:
        messages.error(request, error.sentence)
        return redirect("purchases:list")
    messages.success(request, _("The refund was taken back."))
    return redirect("purchases:order", order_id=order_id)
