"""Who belongs to whom in the demo shop: families, two companies with their people, who looks after the best
customers, how these like to be contacted, and what they ask for. All of it invented."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from guibin.accounts import api as accounts
from guibin.config.demo.baskets import CHINA
from guibin.config.demo.people import MemberPlan
from guibin.config.demo.shop import SEED, Shop
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers

# The codes have a right check character and a body number that is not given out.
COMPANIES = (("云栖茶业有限公司", "91330100MA00000K00"), ("浦江文化传播有限公司", "91310000MA00000Y0X"))
COUPLES, REFERRALS, BEST = 40, 30, 45
TITLES = (
    ("总经理", "executive", True),
    ("采购总监", "buyer", True),
    ("行政主管", "assistant", False),
    ("财务主管", "finance", False),
)
WISHES = (
    customers.Preference("wechat", (0, 1, 2, 3, 4), 10, 18),
    customers.Preference("phone", (5, 6), 14, 20, quiet_from=21, quiet_until=10),
    customers.Preference("sms", quiet_from=22, quiet_until=9),
    customers.Preference("wechat", (), 19, 21),
    customers.Preference("email", (0, 1, 2, 3, 4), language="en"),
    customers.Preference("visit", (2, 5), 15, 17, "yue"),
)
ASKED = (
    ("size", "肩宽 38，袖长加 2 厘米，腰线略提高"),
    ("size", "鞋 37 码半，脚背高，试大半码"),
    ("taste", "不喝冰的，喜欢淡一点的岩茶"),
    ("taste", "素食，茶点不要含猪油"),
    ("allergy", "对马海毛过敏"),
    ("allergy", "花生过敏，茶点先问配料"),
    ("travel", "出行订靠窗座位，住高楼层"),
    ("gift", "送长辈，偏好素色包装，手写卡片"),
    ("occasion", "结婚纪念日在五月，提前两周提醒"),
    ("other", "试衣安排在二楼，私密一些"),
)


def companies(shop: Shop) -> dict[str, tuple[str, str]]:
    """The cards of the members who are companies, with name and unified social credit code."""
    buying = [plan.card for plan in shop.members if plan.habit.code == "corporate"]
    cards = [*buying, *(plan.card for plan in reversed(shop.members) if plan.card not in set(buying))]
    return dict(zip(cards, COMPANIES, strict=False))


def as_company(row: customers.CustomerRow, company: tuple[str, str]) -> customers.CustomerRow:
    """The row of a member who is a company."""
    name, code = company
    return replace(
        row,
        kind="company",
        name=name,
        latin_name="",
        gender="",
        birthday=None,
        occupation="",
        interests="",
        id_number=code,
        attributes={},
    )


@transaction.atomic
def load_ties(shop: Shop, people: Mapping[str, int], at: datetime) -> None:
    """Write it all, unless it is there."""
    if customers.list_linked_staff():
        return
    firms = companies(shop)
    random = Random(SEED + 1)  # noqa: S311 - repeatable play data, no secret
    persons = [plan for plan in shop.members if plan.card not in firms]
    best = sorted(persons, key=lambda plan: (-plan.habit.per_year * plan.habit.pieces * plan.pace, plan.card))
    best = best[:BEST]
    chosen = {plan.card for plan in best}
    others = [plan for plan in persons if plan.card not in chosen]
    random.shuffle(others)
    _staff(people, [*firms, *(plan.card for plan in best)], best, at)
    _families(random, people, [*best, *others], at)
    _people_of_companies(people, list(firms), others, at)
    for number, plan in enumerate(best):
        me = people[plan.card]
        wish = WISHES[number % len(WISHES)]
        customers.set_contact_preference(customer_id=me, preference=wish, actor=SYSTEM, at=at)
        for kind, said in random.sample(ASKED, 1 + number % 3):
            customers.add_requirement(customer_id=me, kind=kind, text=said, actor=SYSTEM, at=at)


def _relate(me: int, them: int, relation: customers.NewRelation, at: datetime) -> int:
    return customers.relate_customers(customer_id=me, other_id=them, relation=relation, actor=SYSTEM, at=at)


def _staff(people: Mapping[str, int], cards: Sequence[str], best: Sequence[MemberPlan], at: datetime) -> None:
    """The manager mainly looks after the best; the agent stands by for those of the first store, and mainly
    looks after some of them."""
    manager, agent = (accounts.find_staff(name) for name in ("manager", "agent"))
    since = at.astimezone(CHINA).date() - timedelta(days=200)
    if manager is not None:
        ids = [people[card] for card in cards]
        customers.assign_staff(
            customer_ids=ids, staff_id=manager.id, is_main=True, since=since, actor=SYSTEM, at=at
        )
    if agent is not None:
        near = [people[plan.card] for plan in best if plan.store == "HB"]
        half = len(near) // 2
        for ids, role, is_main in ((near[:half], "manager", True), (near[half:], "deputy", False)):
            customers.assign_staff(
                customer_ids=ids,
                staff_id=agent.id,
                role=role,
                is_main=is_main,
                since=since + timedelta(days=60),
                actor=SYSTEM,
                at=at,
            )


def _families(random: Random, people: Mapping[str, int], plans: Sequence[MemberPlan], at: datetime) -> None:
    """Couples of one store, every third with a child who is a member too; and who referred whom."""
    women = [plan for plan in plans if plan.gender == "female"]
    men = [plan for plan in plans if plan.gender == "male"]
    young = [plan for plan in plans if plan.birthday and plan.birthday[0] >= 2000]
    taken: set[str] = set()
    for number, (wife, man) in enumerate(zip(women[:COUPLES], men[:COUPLES], strict=False)):
        taken |= {wife.card, man.card}
        remark = random.choice(("", "", "常一起来试衣", "礼物多由对方代挑"))
        _relate(people[wife.card], people[man.card], customers.NewRelation("spouse", remark=remark), at)
        child = next((plan for plan in young if plan.card not in taken), None)
        if number % 3 or child is None:
            continue
        taken.add(child.card)
        for parent in (wife, man):
            _relate(people[parent.card], people[child.card], customers.NewRelation("child"), at)
    free = [plan for plan in plans if plan.card not in taken][: 2 * REFERRALS]
    for referrer, referred in zip(plans, free[REFERRALS:], strict=False):
        if referrer is referred:
            continue
        when = max(referrer.joined_on, referred.joined_on)
        relation = customers.NewRelation("referred", since=when)
        _relate(people[referrer.card], people[referred.card], relation, at)


def _people_of_companies(
    people: Mapping[str, int], cards: Sequence[str], others: Sequence[MemberPlan], at: datetime
) -> None:
    """Each company with its people: what they do there, who decides, how to contact them."""
    for number, card in enumerate(cards):
        staff = others[number * len(TITLES) : (number + 1) * len(TITLES)]
        for place, (plan, (title, role, decides)) in enumerate(zip(staff, TITLES, strict=False)):
            relation = customers.NewRelation(
                "employee", plan.joined_on, None, contact_role=role, decides=decides, title=title
            )
            made = _relate(people[card], people[plan.card], relation, at)
            if place < 3:
                customers.set_contact_preference(
                    customer_id=people[plan.card],
                    preference=WISHES[place],
                    relation_id=made,
                    actor=SYSTEM,
                    at=at,
                )
        for kind, said in (("gift", "年会礼盒印公司名，十一月前定样"), ("occasion", "周年庆在六月")):
            customers.add_requirement(customer_id=people[card], kind=kind, text=said, actor=SYSTEM, at=at)
