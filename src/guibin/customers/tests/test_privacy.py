"""No plaintext anywhere, and nothing left after erasure."""

import pytest
from django.db import connection

from guibin.core.sealing import vault
from guibin.customers import api, errors
from guibin.customers.models import Customer
from guibin.customers.personal_data import PERSONAL_DATA
from guibin.customers.tests.people import AT, BOSS, EMAIL, ID_NUMBER, LATER, PHONE, WECHAT, ZHANG, row

pytestmark = pytest.mark.django_db

PLANTED = (
    "张伟",
    "Zhang Wei",
    "zhangwei",
    "1985-08-15",
    "龙井路",
    "古琴",
    "普洱",
    ID_NUMBER,
    "13800138000",
    "138-0013-8000",
    "zhang.wei@example.com",
    "VIP-77001",
    "不喝冰的",
    "肩宽窄",
    "换了名字",
)


def dump() -> str:
    """Every row of every table as text, byte columns also read as UTF-8 and UTF-16."""
    texts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for line in cursor.fetchall():
                for value in line:
                    if isinstance(value, memoryview | bytes):
                        texts += [
                            bytes(value).decode(kind, "ignore") for kind in ("utf-8", "utf-16-le", "gbk")
                        ]
                    else:
                        texts.append(str(value))
    return "\n".join(texts).lower()


def plant() -> int:
    """A person who went through every write there is."""
    api.save_attribute(code="build", label_zh="身形", kind="text", actor=BOSS, at=AT)
    customer_id = api.create_customer(profile=ZHANG, contacts=[PHONE, EMAIL, WECHAT], actor=BOSS, at=AT)
    api.add_external_id(customer_id=customer_id, source="card", value="VIP-77001", actor=BOSS, at=AT)
    api.set_attributes(customer_id=customer_id, values={"build": "肩宽窄"}, actor=BOSS, at=AT)
    api.write_note(customer_id=customer_id, text="不喝冰的", actor=BOSS, at=AT)
    api.edit_customer(
        customer_id=customer_id,
        profile=api.Profile(latin_name="换了名字"),
        fields=["latin_name"],
        actor=BOSS,
        at=AT,
    )
    incoming = row(
        1, "张伟", cards=("VIP-77001",), phones=("13900139000",), address="龙井路", occupation="古琴"
    )
    (outcome,) = api.bulk_upsert(
        rows=[incoming],
        match_keys=["card"],
        policy="overwrite",
        source="till",
        import_id=5,
        actor=BOSS,
        at=LATER,
    )
    assert outcome.outcome == "updated"
    api.reveal_customer(customer_id=customer_id, reason="verify", actor=BOSS, at=AT)
    api.search("张伟", actor=BOSS)
    return customer_id


def test_no_table_holds_a_planted_person_in_plain() -> None:
    plant()
    found = [text for text in PLANTED if text.lower() in dump()]
    assert found == []


def test_the_dump_would_notice() -> None:
    plant()
    Customer.objects.update(city="龙井路")
    assert "龙井路" in dump()


def test_a_copy_of_the_data_holds_everything() -> None:
    customer_id = plant()
    assert PERSONAL_DATA.export is not None
    text = str(PERSONAL_DATA.export(customer_id))
    for planted in ("张伟", "138 0013 8000", "VIP-77001", "不喝冰的", "肩宽窄", "古琴", ID_NUMBER):
        assert planted in text


def test_erasure_leaves_a_number_and_nothing_else() -> None:
    customer_id = plant()
    assert PERSONAL_DATA.erase is not None
    PERSONAL_DATA.erase(customer_id)
    assert vault().load_one(customer_id) is None
    left = Customer.objects.filter(pk=customer_id).values().get()
    assert left["number"] == "GB-000001"
    for name, kind in PERSONAL_DATA.fields.items():
        model, _dot, column = name.partition(".")
        if model == "Customer" and kind in {"sealed", "index", "coarse"}:
            assert not left[column], column
    with connection.cursor() as cursor:
        for table in (
            "contactpoint",
            "externalid",
            "searchtoken",
            "note",
            "attributevalue",
            "fieldchange",
            "customertag",
        ):
            cursor.execute(f"SELECT count(*) FROM customers_{table} WHERE customer_id = {customer_id}")
            assert cursor.fetchone() == (0,), table
    for text in ("张伟", "8000", "13800138000", "VIP-77001", "GB-000001"):
        assert api.search(text, actor=BOSS) == []
    assert api.get_customer(customer_id, actor=BOSS).profile.name == ""
    assert api.get_cards([customer_id])[customer_id].name == ""
    with pytest.raises(errors.CustomerErased):
        api.write_note(customer_id=customer_id, text="noch da?", actor=BOSS, at=AT)


def test_a_value_moved_to_another_person_does_not_open() -> None:
    first = plant()
    second = api.create_customer(profile=api.Profile(name="李娜"), actor=BOSS, at=AT)
    stolen = Customer.objects.get(pk=first).name_sealed
    Customer.objects.filter(pk=second).update(name_sealed=stolen)
    from guibin.core.sealing import SealBroken

    with pytest.raises(SealBroken):
        api.get_customer(second, actor=BOSS)
