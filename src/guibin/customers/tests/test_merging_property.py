"""Whatever is merged, written and taken apart, in any order: in the end everybody has what is theirs."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibin.core.errors import Conflict
from guibin.customers import api
from guibin.customers.models import (
    AttributeValue,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerTag,
    ExternalId,
    Merge,
    Note,
)
from guibin.customers.rules.merging import stand_for
from guibin.customers.rules.profile import as_texts
from guibin.customers.tests.people import AT, BOSS

pytestmark = pytest.mark.django_db

PEOPLE = 4
WORDS = ("", "甲", "乙", "丙")
FIELDS = ("name", "city", "occupation")
DAYS = (None, date(2020, 1, 1), date(2021, 2, 2))
TABLES = (ContactPoint, ExternalId, CustomerTag, Note, AttributeValue)

profiles = st.builds(
    api.Profile,
    name=st.sampled_from(WORDS),
    city=st.sampled_from(WORDS),
    occupation=st.sampled_from(WORDS),
    joined_on=st.sampled_from(DAYS),
    joined_store_id=st.sampled_from((None, 1, 2)),
)
who = st.integers(0, PEOPLE - 1)
PAIRS = [(one, other) for one in range(PEOPLE) for other in range(PEOPLE) if one != other]
merges = st.tuples(
    st.just("merge"),
    st.sampled_from(PAIRS),
    st.just(0),
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["kept", "absorbed"])),
)
unmerges = st.tuples(st.just("unmerge"), st.integers(0, 9), st.just(0), st.just(None))
edits = st.tuples(st.just("edit"), who, st.sampled_from(FIELDS), st.sampled_from(WORDS))
new_rows = st.one_of(
    st.tuples(st.just("contact"), who, st.integers(0, 5), st.booleans()),
    st.tuples(st.just("tag"), who, st.integers(0, 1), st.just(None)),
    st.tuples(st.just("note"), who, st.just(0), st.just(None)),
    st.tuples(st.just("card"), who, st.integers(0, 5), st.just(None)),
    st.tuples(st.just("own"), who, st.sampled_from(["5", "7"]), st.just(None)),
)
KINDS = {"merge": merges, "unmerge": unmerges, "edit": edits, "row": new_rows}


def mostly(*kinds: str) -> st.SearchStrategy[tuple[str, object, object, object]]:
    """Steps of these kinds, those named more often more often."""
    return st.sampled_from(kinds).flatmap(lambda kind: KINDS[kind])


# Merges come first: what is not merged tells nothing.
plans = st.tuples(
    st.lists(mostly("merge", "merge", "merge", "edit", "row"), min_size=4, max_size=6),
    st.lists(mostly("merge", "unmerge", "unmerge", "edit", "row"), min_size=4, max_size=7),
).map(lambda halves: [*halves[0], *halves[1]])


class World:
    """The product, and beside it what each person would have if nobody had ever been merged."""

    def __init__(self, starts: list[api.Profile]) -> None:
        self.ids = [
            api.create_customer(
                profile=start,
                contacts=[api.NewContact("phone", f"1380013800{place}", is_preferred=True)],
                actor=BOSS,
                at=AT,
            )
            for place, start in enumerate(starts)
        ]
        api.save_attribute(code="size", label_zh="尺码", kind="text", actor=BOSS, at=AT)
        self.tags = [api.save_tag(name=name, actor=BOSS, at=AT) for name in ("会员", "老友")]
        self.now = AT
        self.alone = {pk: as_texts(start) for pk, start in zip(self.ids, starts, strict=True)}
        self.owners: dict[tuple[str, int], int] = {}
        self.merges: list[int] = []
        self.look()

    def look(self) -> None:
        """Rows that are new belong for good to whom they were written to."""
        for model in TABLES:
            for pk, owner in model.objects.values_list("pk", "customer_id"):
                assert self.owners.setdefault((model.__name__, pk), owner) == owner

    def head(self, pk: int) -> int:
        return api.resolve([pk])[pk]

    def merge(self, pair: tuple[int, int], _rest: int, choices: dict[str, str]) -> None:
        kept, absorbed = (self.head(self.ids[place]) for place in pair)
        if kept != absorbed:
            self.merges.append(
                api.merge_customers(
                    kept_id=kept,
                    absorbed_id=absorbed,
                    choices=choices,  # type: ignore[arg-type]
                    actor=BOSS,
                    at=self.now,
                )
            )

    def unmerge(self, place: int, *_rest: object) -> None:
        if self.merges:
            merge_id = self.merges.pop(place % len(self.merges))
            api.undo_merge(merge_id=merge_id, keep_apart=False, actor=BOSS, at=self.now)

    def edit(self, place: int, field: str, word: str) -> None:
        head = self.head(self.ids[place])
        profile = api.Profile(**{field: word})  # type: ignore[arg-type]
        changed = api.edit_customer(
            customer_id=self.ids[place], profile=profile, fields=[field], actor=BOSS, at=self.now
        )
        if changed:
            self.alone[head][field] = word

    def contact(self, place: int, digit: int, preferred: bool) -> None:
        contact = api.NewContact("phone", f"1390013900{digit}", is_preferred=preferred)
        api.add_contact(customer_id=self.ids[place], contact=contact, actor=BOSS, at=self.now)

    def tag(self, place: int, which: int, _rest: object) -> None:
        api.add_tag(customer_ids=[self.ids[place]], tag_id=self.tags[which], actor=BOSS, at=self.now)

    def note(self, place: int, *_rest: object) -> None:
        api.write_note(customer_id=self.ids[place], text="茶", actor=BOSS, at=self.now)

    def card(self, place: int, digit: int, _rest: object) -> None:
        api.add_external_id(
            customer_id=self.ids[place], source="card", value=f"C{digit}", actor=BOSS, at=self.now
        )

    def own(self, place: int, text: str, _rest: object) -> None:
        api.set_attributes(customer_id=self.ids[place], values={"size": text}, actor=BOSS, at=self.now)
        rows = AttributeValue.objects.values_list("pk", flat=True)
        self.owners = {
            key: owner for key, owner in self.owners.items() if key[0] != "AttributeValue" or key[1] in rows
        }

    def step(self, step: tuple[str, object, object, object]) -> None:
        name, *arguments = step
        does: Callable[..., None] = getattr(self, name)
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                does(*arguments)
        except Conflict:
            pass
        self.look()

    def check_aliases(self) -> dict[int, int]:
        """Aliases are what the merges in force come to."""
        standing = Merge.objects.filter(undone_at__isnull=True)
        heads = stand_for(dict(standing.values_list("absorbed_id", "kept_id")))
        assert dict(CustomerAlias.objects.values_list("customer_id", "into_id")) == heads
        return heads

    def check(self) -> None:
        """A person has the rows of all their ids, once."""
        heads = self.check_aliases()
        for pk in self.ids:
            ids = api.group(pk)
            view = api.get_customer(pk, actor=BOSS)
            assert view.id == ids[0] == heads.get(pk, pk)
            contacts = ContactPoint.objects.filter(customer_id__in=ids)
            assert len(view.contacts) == contacts.values("kind", "value_index").distinct().count()
            assert len(view.external_ids) == ExternalId.objects.filter(customer_id__in=ids).count()
            assert {tag.id for tag in view.tags} == set(
                CustomerTag.objects.filter(customer_id__in=ids).values_list("tag_id", flat=True)
            )
            assert len(api.list_notes(pk)) == Note.objects.filter(customer_id__in=ids).count()
            assert sum(contact.is_preferred for contact in view.contacts) <= 1
        shown = api.list_customers(api.Filters(), actor=BOSS).rows
        assert sorted(card.id for card in shown) == sorted({heads.get(pk, pk) for pk in self.ids})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(starts=st.lists(profiles, min_size=PEOPLE, max_size=PEOPLE), plan=plans)
def test_when_all_merges_are_taken_back_everybody_has_what_is_theirs(
    starts: list[api.Profile], plan: list[tuple[str, object, object, object]]
) -> None:
    with transaction.atomic():
        world = World(starts)
        for step in plan:
            world.step(step)
            world.check_aliases()
        world.check()
        while world.merges:
            world.step(("unmerge", len(world.merges) // 2, 0, None))
            world.check_aliases()
        world.check()
        assert not CustomerAlias.objects.exists()
        for pk in world.ids:
            view = api.reveal_customer(customer_id=pk, reason="verify", actor=BOSS, at=world.now)
            assert as_texts(view.profile) == world.alone[pk]
        assert Customer.objects.count() == PEOPLE
        transaction.set_rollback(True)
