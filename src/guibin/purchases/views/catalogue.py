"""Pages of products, categories, brands, channels and rates."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.core.paging import Page
from guibin.purchases import lists
from guibin.purchases.forms import BrandForm, CategoryForm, ChannelForm, ProductForm, RateForm
from guibin.purchases.operations import catalogue as operations
from guibin.purchases.operations.rates import set_rate
from guibin.purchases.permissions import EDIT_PRODUCTS, EDIT_RATES, VIEW_PRODUCTS
from guibin.purchases.queries import catalogue as queries
from guibin.purchases.queries.rates import base_currency, list_rates
from guibin.web import formats
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error
from guibin.web.links import link_url
from guibin.web.listing.page import render_list
from guibin.web.listing.state import ListState

PRESET_CURRENCY = "CNY"


@requires(VIEW_PRODUCTS)
def product_list(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """All products with what was sold of them."""

    def fetch(state: ListState) -> Page[Any]:
        page = queries.list_products(
            lists.product_filter(state),
            sort=state.sort,
            descending=state.descending,
            page=state.page,
            size=state.size,
        )
        return page.showing(lists.show_products(page.rows))

    context = {"page_key": "purchases.products", "may_edit": actor_of(request).may(EDIT_PRODUCTS)}
    return render_list(request, lists.PRODUCTS, fetch, template="purchases/products.html", context=context)


@requires(EDIT_PRODUCTS)
def new_product(request: HttpRequest) -> HttpResponse:
    """Add a product by hand."""
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product_id = operations.create_product(draft=form.draft(), actor=actor_of(request), at=now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Product added."))
            return redirect("purchases:product", product_id=product_id)
    return _product_page(request, form, _("New product"), "purchases.new_product")


@requires(VIEW_PRODUCTS)
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """One product: what was sold of it, and its values to change."""
    known = queries.get_product(product_id)
    names = ("sku", "name", "name_en", "category_id", "brand_id", "kind", "list_price", "unit_cost", "status")
    form = ProductForm(request.POST or None, initial={name: _typed(getattr(known, name)) for name in names})
    if request.method == "POST":
        actor_of(request).require(EDIT_PRODUCTS)
        if form.is_valid():
            try:
                operations.edit_product(
                    product_id=product_id, draft=form.draft(), actor=actor_of(request), at=now()
                )
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("purchases:product", product_id=product_id)
    (shown,) = lists.show_products([known])
    return _product_page(request, form, shown.shown_name, "purchases.product", shown)


def _typed(value: Any) -> Any:
    """As somebody would type it: 1280, not 1280.000000."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _product_page(
    request: HttpRequest, form: ProductForm, title: str, key: str, shown: Any = None
) -> HttpResponse:
    context = {
        "page_key": key,
        "menu_key": "purchases.products",
        "crumbs": [(_("Products"), reverse("purchases:products")), (title, "")],
        "title": title,
        "form": form,
        "product": shown,
        "currency": formats.currency_symbol(base_currency()),
        "orders_url": f"{reverse('purchases:list')}?sku={shown.sku}" if shown else "",
        "may_edit": actor_of(request).may(EDIT_PRODUCTS),
    }
    return render(request, "purchases/product.html", context, status=422 if form.errors else 200)


@requires(VIEW_PRODUCTS)
def categories(request: HttpRequest) -> HttpResponse:
    """The category tree and the brands on one page; each form adds one."""
    is_brand = request.POST.get("what") == "brand"
    category_form = CategoryForm(None if is_brand else request.POST or None, prefix="category")
    brand_form = BrandForm(request.POST if is_brand else None, prefix="brand")
    if request.method == "POST":
        actor_of(request).require(EDIT_PRODUCTS)
        form = brand_form if is_brand else category_form
        create = operations.create_brand if is_brand else operations.create_category
        if form.is_valid() and _tried(request, form, create, **form.cleaned_data):
            return redirect("purchases:categories")
    context = _settings(
        "purchases.categories",
        categories=queries.list_categories(),
        brands=queries.list_brands(),
        category_form=category_form,
        brand_form=brand_form,
        may_edit=actor_of(request).may(EDIT_PRODUCTS),
    )
    return render(request, "purchases/categories.html", context)


@requires(EDIT_PRODUCTS)
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    known = next((row for row in queries.list_categories() if row.id == category_id), None)
    if known is None:
        raise Http404
    initial = {"name": known.name, "code": known.code, "parent_id": known.parent_id}
    form = CategoryForm(request.POST or None, initial=initial, without=category_id)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(request, form, operations.edit_category, category_id=category_id, **form.cleaned_data)
    ):
        return redirect("purchases:categories")
    return _one(request, form, known.name, "purchases.categories")


@requires(EDIT_PRODUCTS)
def brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    known = next((row for row in queries.list_brands() if row.id == brand_id), None)
    if known is None:
        raise Http404
    form = BrandForm(request.POST or None, initial={"name": known.name, "code": known.code})
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(request, form, operations.edit_brand, brand_id=brand_id, **form.cleaned_data)
    ):
        return redirect("purchases:categories")
    return _one(request, form, known.name, "purchases.categories")


@requires(VIEW_PRODUCTS)
def channels(request: HttpRequest) -> HttpResponse:
    """The ways purchases come in."""
    form = ChannelForm(request.POST or None)
    if request.method == "POST":
        actor_of(request).require(EDIT_PRODUCTS)
        if form.is_valid():
            values = {key: form.cleaned_data[key] for key in ("code", "name")}
            if _tried(request, form, operations.create_channel, **values):
                return redirect("purchases:channels")
    context = _settings(
        "purchases.channels",
        channels=queries.list_channels(),
        form=form,
        may_edit=actor_of(request).may(EDIT_PRODUCTS),
    )
    return render(request, "purchases/channels.html", context)


@requires(EDIT_PRODUCTS)
def channel(request: HttpRequest, code: str) -> HttpResponse:
    known = next((row for row in queries.list_channels() if row.code == code), None)
    if known is None:
        raise Http404
    initial = {"code": known.code, "name": known.name, "is_active": known.is_active}
    form = ChannelForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = True
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(request, form, operations.edit_channel, **form.cleaned_data)
    ):
        return redirect("purchases:channels")
    return _one(request, form, str(known.label), "purchases.channels")


@requires(EDIT_RATES)
def rates(request: HttpRequest) -> HttpResponse:
    """Dated rates into the base currency."""
    form = RateForm(request.POST or None, initial={"valid_from": now().date()})
    if request.method == "POST" and form.is_valid() and _tried(request, form, set_rate, **form.cleaned_data):
        return redirect("purchases:rates")
    base = base_currency()
    context = _settings(
        "purchases.rates",
        rates=list_rates(),
        form=form,
        base=base,
        symbol=formats.currency_symbol(base),
        is_preset_currency=base == PRESET_CURRENCY,
        organisation_url=link_url("accounts.organisation", actor=actor_of(request)),
    )
    return render(request, "purchases/rates.html", context)


def _settings(key: str, **context: Any) -> dict[str, Any]:
    """What every page of this kind shows; the lists beside products belong to them, the rest to settings."""
    if key.startswith(("purchases.channel", "purchases.rate")):
        menu, crumbs = "console.settings", [(_("Settings"), link_url("console.settings"))]
    else:
        menu, crumbs = "purchases.products", [(_("Products"), reverse("purchases:products"))]
    return {"page_key": key, "menu_key": menu, "crumbs": crumbs, **context}


def _one(request: HttpRequest, form: Any, title: str, key: str) -> HttpResponse:
    """A page with one small form."""
    context = _settings(key, form=form, title=title, back=link_url(key))
    return render(request, "purchases/one.html", context, status=422 if form.errors else 200)


def _tried(request: HttpRequest, form: Any, operation: Any, **values: Any) -> bool:
    """Run one operation; a refusal lands in the form."""
    try:
        operation(actor=actor_of(request), at=now(), **values)
    except DomainError as error:
        add_domain_error(form, error)
        return False
    messages.success(request, _("Saved."))
    return True
