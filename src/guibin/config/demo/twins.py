"""Members whom the mini-program of the demo shop knows as well, entered there anew: for the queue of possible
duplicates. They have bought nothing under that id."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from guibin.config.demo import frames
from guibin.config.demo.shop import Shop
from guibin.core.permissions import SYSTEM
from guibin.customers import api as customers

SOURCE = "mini_program"
EVERY = 200


def load_twins(shop: Shop, stores: Mapping[str, int], at: datetime) -> None:
    """One in two hundred members is there twice: with another phone, by the name in Latin letters and the day
    of birth, as somebody else of the family with the same phone, or with the same name and phone."""
    chosen = range(EVERY - 1, len(shop.members), EVERY)
    if not chosen:
        return
    rows = [
        replace(
            _twin(turn, frames.customer_row(place, shop.members[place], stores)),
            joined_on=shop.last - timedelta(days=turn),
            joined_store_id=stores[shop.members[place].store],
        )
        for turn, place in enumerate(chosen)
    ]
    customers.bulk_upsert(
        rows=rows,
        match_keys=("external_id",),
        policy="skip",
        source=SOURCE,
        import_id=None,
        actor=SYSTEM,
        at=at,
    )


def _twin(turn: int, member: customers.CustomerRow) -> customers.CustomerRow:
    born = member.birthday
    day = customers.Birthday(born.month, born.day, None, born.calendar, born.is_leap) if born else None
    number = f"MP{turn + 1:05d}"
    if turn % 4 == 0:
        return customers.CustomerRow(
            turn,
            external_id=number,
            name=member.name,
            birthday=born,
            phones=(f"154{99_000_000 + turn:08d}",),
            city=member.city,
        )
    if turn % 4 == 1:
        return customers.CustomerRow(
            turn,
            external_id=number,
            latin_name=customers.spell(member.name),
            birthday=day,
            gender=member.gender,
            emails=member.emails,
        )
    if turn % 4 == 2:
        return customers.CustomerRow(
            turn, external_id=number, name=member.name[0] + "小满", phones=member.phones, city=member.city
        )
    return customers.CustomerRow(turn, external_id=number, name=member.name, phones=member.phones)
