"""Loads the demo shop through the slices' doors, counts it, and decides its VIPs. Harmless when repeated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.accounts import api as accounts
from guibin.config.demo import frames
from guibin.config.demo.baskets import CHINA
from guibin.config.demo.catalogue import SHOP_NAME, STORES
from guibin.config.demo.diary import Diary, SignIn, close_diary, open_diary, read_diary
from guibin.config.demo.shop import MEMBERS, SEED, Shop, make_shop
from guibin.config.demo.ties import as_company, companies, load_ties
from guibin.config.demo.twins import load_twins
from guibin.core import clock
from guibin.core.errors import Conflict, Text
from guibin.core.events import Origin
from guibin.core.ids import StoreId
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers
from guibin.insight import api as insight
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases

Say = Callable[[Text], None]
POLICY = "house"
MEMBERS_PER_BATCH = 1_000
STAFF_NAMES = {"owner": "顾明轩", "manager": "许景行", "agent": "沈知微"}
HOUSE_NUMBERS: dict[str, float] = {"identify.loyalty_score": 90}
"""The house asks for more loyalty than the preset: otherwise half of those who buy often are VIPs at once."""
LOOKS_BACK_DAYS = (270, 180, 90)


class DemoRefused(Conflict):
    code = "config.demo_refused"
    message = gettext_lazy("There is already data here, and it is not the demo shop: nothing was loaded.")


@dataclass(frozen=True, slots=True)
class LoadedShop:
    """The demo as it stands: how to sign in, and whether this call made it."""

    sign_ins: tuple[SignIn, ...]
    made: bool


def load_shop(
    *,
    progress: Say | None = None,
    now: datetime | None = None,
    seed: int = SEED,
    members: int = MEMBERS,
) -> LoadedShop:
    """Make the demo shop unless it is there; an interrupted one is finished.

    `progress` gets a sentence per step. Raises `DemoRefused` where there is other data. Call it outside a
    transaction.
    """
    say: Say = progress or (lambda text: None)
    diary = read_diary()
    if diary is not None and diary.done and accounts.has_staff():
        say(_("The demo shop is here already"))
        return LoadedShop(diary.sign_ins, made=False)
    if diary is None and accounts.has_staff():
        raise DemoRefused
    diary = open_diary(now or clock.now())
    say(_("Making up a shop: three years, %(members)s members") % {"members": f"{members:,}"})
    shop = make_shop(now=diary.made_at, seed=seed, members=members)
    stores = _load_house(diary)
    people = _load_members(shop, stores, diary.made_at, say)
    say(_("Families, companies, and who looks after whom"))
    load_ties(shop, people, diary.made_at)
    load_twins(shop, stores, diary.made_at)
    _load_purchases(shop, people, stores, diary.made_at, say)
    say(_("Counting facts about every customer"))
    insight.refresh(as_of=shop.last, actor=SYSTEM, at=diary.made_at)
    say(_("Deciding who the VIPs are"))
    decide_vips(shop.last, diary.made_at)
    accounts.finish_setup(actor=SYSTEM, at=diary.made_at)
    return LoadedShop(close_diary(diary).sign_ins, made=True)


def _load_house(diary: Diary) -> dict[str, int]:
    """The organisation, its stores and its staff; returns {store code: id}."""
    at = diary.made_at
    accounts.update_organisation(
        name=SHOP_NAME, base_currency="CNY", time_zone="Asia/Shanghai", actor=SYSTEM, at=at
    )
    known = {store.code: store for store in accounts.list_stores()}
    for plan in STORES:
        if plan.code not in known:
            known[plan.code] = accounts.create_store(
                name=plan.name, code=plan.code, city=plan.city, actor=SYSTEM, at=at
            )
    for one in diary.sign_ins:
        if accounts.find_staff(one.name) is None:
            _hire(one, known[STORES[0].code].id if one.role == "agent" else None, at)
    return {code: store.id for code, store in known.items()}


def _hire(one: SignIn, store_id: StoreId | None, at: datetime) -> None:
    if one.role == "owner" and not accounts.has_staff():
        accounts.create_first_owner(
            sign_in_name=one.name, display_name=STAFF_NAMES[one.role], password=one.password, at=at
        )
        return
    accounts.create_staff(
        sign_in_name=one.name,
        display_name=STAFF_NAMES[one.role],
        role_code=one.role,
        store_id=store_id,
        password=one.password,
        actor=SYSTEM,
        at=at,
    )


def _load_members(shop: Shop, stores: Mapping[str, int], at: datetime, say: Say) -> dict[str, int]:
    """Members with their tags, notes and own fields; returns {card: customer id}."""
    _define_fields(at)
    firms = companies(shop)
    people: dict[str, int] = {}
    for first in range(0, len(shop.members), MEMBERS_PER_BATCH):
        plans = shop.members[first : first + MEMBERS_PER_BATCH]
        rows = [frames.customer_row(first + n, plan, stores) for n, plan in enumerate(plans)]
        outcomes = customers.bulk_upsert(
            rows=[
                as_company(row, firms[plan.card]) if plan.card in firms else row
                for plan, row in zip(plans, rows, strict=True)
            ],
            match_keys=("external_id",),
            policy="skip",
            source=frames.SOURCE,
            import_id=None,
            actor=SYSTEM,
            at=at,
        )
        for plan, outcome in zip(plans, outcomes, strict=True):
            assert outcome.customer_id is not None, outcome
            people[plan.card] = outcome.customer_id
        say(_("Members: %(done)s of %(total)s") % _count(first + len(plans), len(shop.members)))
    return people


def _define_fields(at: datetime) -> None:
    """Two fields of the house's own: size and favourite colour."""
    there = {attribute.code for attribute in customers.list_attributes()}
    if "size" not in there:
        sizes = tuple((code, code.upper(), code.upper()) for code in ("s", "m", "l", "xl"))
        customers.save_attribute(
            code="size", label_zh="尺码", label_en="Size", kind="choice", choices=sizes, actor=SYSTEM, at=at
        )
    if "colour" not in there:
        customers.save_attribute(
            code="colour", label_zh="偏好色", label_en="Favourite colour", kind="text", actor=SYSTEM, at=at
        )


def _load_purchases(
    shop: Shop, people: Mapping[str, int], stores: Mapping[str, int], at: datetime, say: Say
) -> None:
    purchases.ensure_products(frames.product_table(shop.products), import_id=None, actor=SYSTEM, at=at)
    lines = 0
    for table in frames.order_tables(shop.orders, people, stores):
        purchases.import_orders(table, source=frames.SOURCE, import_id=None, actor=SYSTEM, at=at)
        lines += table.num_rows
        total = sum(len(order.lines) for order in shop.orders)
        say(_("Purchase lines: %(done)s of %(total)s") % _count(lines, total))
    say(_("Payments and refunds"))
    payments = frames.payment_table(shop.orders)
    purchases.import_payments(payments, source=frames.SOURCE, actor=SYSTEM, at=at)
    refunds = frames.refund_table(shop.refunds, people, stores)
    purchases.import_refunds(refunds, source=frames.SOURCE, import_id=None, actor=SYSTEM, at=at)


def _count(done: int, total: int) -> dict[str, str]:
    return {"done": f"{done:,}", "total": f"{total:,}"}


def decide_vips(today: date, at: datetime) -> None:
    """Put the combined policy in force, and decide the VIPs of three past quarters and of today."""
    facts = insight.facts_table(as_of=today)
    if POLICY not in {policy.code for policy in loyalty.list_policies()}:
        rules = loyalty.preset_rules("combined", "CNY", HOUSE_NUMBERS)
        preview = loyalty.preview_policy(rules=rules, facts=facts, as_of=today, currency="CNY")
        loyalty.create_policy(code=POLICY, name="贵宾标准", preset="combined", actor=SYSTEM, at=at)
        loyalty.save_policy_version(
            policy_code=POLICY,
            rules=rules,
            currency="CNY",
            effective_from=today - timedelta(days=max(LOOKS_BACK_DAYS)),
            token=preview.token,
            today=today,
            actor=SYSTEM,
            at=at,
        )
    loyalty.activate_policy(policy_code=POLICY, actor=SYSTEM, at=at)
    for days in LOOKS_BACK_DAYS:
        day = today - timedelta(days=days)
        then = datetime.combine(day, datetime.min.time(), tzinfo=CHINA) + timedelta(hours=4)
        loyalty.evaluate(
            facts=insight.facts_table(as_of=day), as_of=day, actor=SYSTEM, at=then, origin=Origin.BACKFILL
        )
    loyalty.evaluate(facts=facts, as_of=today, actor=SYSTEM, at=at)
