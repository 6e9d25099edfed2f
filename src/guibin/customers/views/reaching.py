"""The fragment about how a customer likes to be contacted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guibin.core.clock import now
from guibin.core.errors import DomainError
from guibin.customers import api, relation_words
from guibin.customers.permissions import EDIT_CUSTOMER, VIEW_CUSTOMER
from guibin.customers.relation_forms import PreferenceForm
from guibin.web.access import actor_of, requires
from guibin.web.errors import add_domain_error


@requires(VIEW_CUSTOMER)
@require_GET
@never_cache
def reaching(request: HttpRequest, number: str) -> HttpResponse:
    """When, by which channel and in which language."""
    return _panel(request, number)


@requires(EDIT_CUSTOMER)
@require_POST
@never_cache
def set_preference(request: HttpRequest, number: str) -> HttpResponse:
    """Write the wish down; an empty one takes it away."""
    actor = actor_of(request)
    customer_id = api.get_id(number, actor=actor)
    form = PreferenceForm(request.POST, auto_id="id_likes_%s")
    if not form.is_valid():
        return _panel(request, number, form)
    try:
        api.set_contact_preference(
            customer_id=customer_id, preference=form.preference(), actor=actor, at=now()
        )
    except DomainError as error:
        add_domain_error(form, error, field="hour_until")
        return _panel(request, number, form)
    return _panel(request, number)


def _panel(request: HttpRequest, number: str, form: PreferenceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    view = api.get_customer(api.get_id(number, actor=actor), actor=actor)
    wish = api.contact_preferences([view.id]).get(view.id)
    context = {
        "customer": view,
        "sentence": relation_words.preference_sentence(wish),
        "likes_icon": relation_words.CHANNEL_ICONS[wish.channel if wish else ""],
        "may_edit": actor.may(EDIT_CUSTOMER) and view.status != "erased",
        "form": form or PreferenceForm(initial=PreferenceForm.initial_of(wish), auto_id="id_likes_%s"),
    }
    return render(request, "customers/panels/reaching.html", context)
