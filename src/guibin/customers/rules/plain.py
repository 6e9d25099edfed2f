"""A customer as one flat object, for programs."""

from dataclasses import asdict

from guibin.customers.rules.values import CustomerView


def as_plain(view: CustomerView) -> dict[str, object]:
    """A customer as one flat JSON object."""
    profile = asdict(view.profile)
    return {
        "number": view.number,
        "status": view.status,
        **profile,
        "age_band": view.age_band,
        "contacts": [
            {
                "kind": each.kind,
                "value": each.value,
                "label": each.label,
                "preferred": each.is_preferred,
                "source": each.source,
            }
            for each in view.contacts
        ],
        "external_ids": [asdict(ref) for ref in view.external_ids],
        "tags": [tag.name for tag in view.tags],
        "fields": {fact.definition.code: fact.value for fact in view.attributes},
        "source": view.source,
        "masked": view.is_masked,
    }
