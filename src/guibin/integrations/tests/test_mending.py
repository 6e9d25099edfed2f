"""Bad rows put right, the one truth of the dry run, fields of the organisation's own, parcels, currencies."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from guibin.accounts import api as accounts
from guibin.core import preferences
from guibin.core.errors import DomainError
from guibin.core.jobs import app
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.integrations import api, mending, pages
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import imports_home, run_folder
from guibin.integrations.settings import KEEP_DAYS
from guibin.integrations.tests.test_pages import load, step
from guibin.integrations.tests.test_pipeline import HEAD, bring_in, tables, write
from guibin.purchases import api as purchases

MEMBERS = "会员编号,姓名,手机号,生日\n"


def stage(path: Path, at: datetime, kind: str, **options: Any) -> int:
    """A file at its dry run."""
    run_id = api.register(kind=kind, path=path, actor=SYSTEM, at=at)
    api.check_file(run_id=run_id, options=options, actor=SYSTEM, at=at)
    api.map_columns(run_id=run_id, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    return run_id


def members(count: int) -> list[str]:
    """Every seventh has no phone there is, every fifth is the phone of another member, some rows are none."""
    rows = []
    for number in range(count):
        phone = (
            "12345" if number % 7 == 3 else f"1380000{(number // 5 * 5 if number % 5 == 4 else number):04d}"
        )
        rows.append(f"M{number:03d},成员{number},{phone},{number % 12 + 1}月{number % 28 + 1}日")
    return [*rows, ",,,", "合计,3,,", "M900,无生日,13800099999,1990-02-30"]


@pytest.mark.parametrize("part_rows", [10_000, 7])
@pytest.mark.parametrize("policy", ["fill", "skip"])
def test_the_dry_run_says_what_the_run_then_does(
    db: None, tmp_path: Path, at: datetime, part_rows: int, policy: str
) -> None:
    """Twins that fall into different parts included; what is shown adds up to all rows both times."""
    bring_in(write(tmp_path, members(9)[:9], "known.csv", head=MEMBERS), at, kind="customers")
    run_id = stage(write(tmp_path, members(60), head=MEMBERS), at, "customers", part_rows=part_rows)
    api.map_columns(run_id=run_id, policy=policy, actor=SYSTEM, at=at)
    before = tables()
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    assert tables() == before
    foreseen = api.get_import(run_id)
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    done = api.get_import(run_id)
    for run in (foreseen, done):
        assert sum(run.outcomes.values()) == run.rows_total
        assert run.outcomes["duplicate"] > 0
        shown = pages.result_context(run)
        assert sum(row["rows"] for row in shown["rows"]) == run.rows_total
        assert sum(int(count[1].replace(",", "")) for count in shown["counts"]) == run.rows_total
        bad = [count for count in shown["counts"] if count[4] == "bad"]
        assert sum(int(count[1]) for count in bad) == sum(
            row["rows"] for row in shown["rows"] if row["kind"] == "bad"
        )
    settled = dict(done.outcomes)
    known = sum(settled.pop(code, 0) for code in ("updated", "unchanged"))
    assert settled | ({"known": known} if known else {}) == dict(foreseen.outcomes)


def test_a_purchase_whose_phone_cannot_exist_is_foreseen_and_listed(
    db: None, tmp_path: Path, at: datetime
) -> None:
    rows = [
        "A1,13800000417,2024-05-03,K,1,10",
        "A2,12345,2024-05-03,K,1,10",
        "A3,+86 138 0000 0417,2024-05-04,K,1,5",
    ]
    path = write(tmp_path, rows, head="订单号,手机号,下单时间,商品编码,数量,单价\n")
    run_id = stage(path, at, "order_lines")
    run = api.get_import(run_id)
    assert run.figures["customers_new"] == 1
    assert run.figures["rows_without_customer"] == 1
    (bad,) = api.list_bad_rows(run_id).rows
    assert (bad.number, bad.faults) == (3, ((1, "noted_no_phone"),))
    api.fix_rows(run_id=run_id, cells={3: {1: "13800000551"}}, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    assert api.get_import(run_id).figures["customers_new"] == 2
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    assert api.get_import(run_id).outcomes == {"imported": 3}


def test_an_order_of_two_customers_is_pointed_out(db: None, tmp_path: Path, at: datetime) -> None:
    """The same phone written in two ways is one customer."""
    rows = [
        "A1,13800000417,2024-05-03,K,1,10",
        "A1,138 0000 0551,2024-05-03,L,1,10",
        "A2,13800000417,2024-05-03,K,1,10",
        "A2,+86 138 0000 0417,2024-05-03,L,1,10",
    ]
    path = write(tmp_path, rows, head="订单号,手机号,下单时间,商品编码,数量,单价\n")
    run_id = stage(path, at, "order_lines")
    assert [(row.number, row.faults) for row in api.list_bad_rows(run_id).rows] == [
        (2, ((None, "noted_two_customers"),)),
        (3, ((None, "conflict_customer_differs"),)),
    ]
    api.fix_rows(run_id=run_id, cells={3: {1: "13800000417"}}, actor=SYSTEM, at=at)
    api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
    assert api.list_bad_rows(run_id).total == 0
    api.run_import(run_id=run_id, actor=SYSTEM, at=at)
    assert api.get_import(run_id).outcomes == {"imported": 4}


def test_bad_cells_are_typed_anew_on_screen(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    client = client_as(owner)
    text = "姓名,手机号,生日\n林婉清,1380000041,5月20日\n周慕白,13900000551,1990-02-30\n陈若冰,13900000552,\n"
    run_id = load(client, text)
    step(run_id, "check")
    client.post(
        f"/imports/{run_id}/columns", {"action": "stage", "kind": "customers", "kind_was": "customers"}
    )
    run = step(run_id, "stage")
    assert run.outcomes == {"imported": 1, "rejected_invalid_phone": 1, "rejected_birthday_unreadable": 1}
    page = client.get(f"/imports/{run_id}/rows").content.decode()
    assert 'name="cell-2-1" value="" placeholder="138***0041"' in page
    assert 'name="cell-3-2" value="" placeholder="199***2-30"' in page
    for hidden in ("1380000041", "13900000551", "13900000552"):
        assert hidden not in page
    assert "没有这样的手机号" in page
    answer = client.post(
        f"/imports/{run_id}/rows", {"cell-2-1": "", "cell-3-1": " ", "cell-3-2": "1990-02-30"}
    )
    assert answer["Location"].endswith("/rows?page=1")  # nothing was changed
    client.post(f"/imports/{run_id}/rows", {"cell-2-1": "13800000417", "cell-3-2": "1990-02-28"})
    assert step(run_id, "stage").outcomes == {"imported": 3}
    client.post(f"/imports/{run_id}/start")
    assert step(run_id, "run").outcomes == {"imported": 3}
    assert customers.count_customers() == 3


def test_a_hidden_cell_is_taken_out_by_a_dash(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    client = client_as(owner)
    text = "会员编号,姓名,手机号,身份证号\nM1,林婉清,1380000041,11010519491231002X\nM2,周慕白,13900000551,\n"
    run_id = load(client, text)
    step(run_id, "check")
    form = {"action": "stage", "kind": "customers", "kind_was": "customers"}
    client.post(f"/imports/{run_id}/columns", form)
    assert step(run_id, "stage").outcomes == {"imported": 1, "rejected_invalid_phone": 1}
    page = client.get(f"/imports/{run_id}/rows").content.decode()
    assert "11010519491231002X" not in page
    run, typed = api.get_import(run_id), {"cell-2-2": "-", "cell-2-3": ""}
    assert mending.changed_cells(run, typed, number=1) == {2: {2: ""}}
    client.post(f"/imports/{run_id}/rows", typed)
    assert step(run_id, "stage").outcomes == {"imported": 2}
    client.post(f"/imports/{run_id}/start")
    step(run_id, "run")
    found = customers.search("林婉清", actor=owner)
    assert [hit.card.phone for hit in found] == [""]


def test_what_an_undo_keeps_is_named_to_whom_may_see_it(db: None, owner: Actor, at: datetime) -> None:
    stores = accounts.ensure_stores(texts=["湖滨店", "静安店"], actor=SYSTEM, at=at)
    ids = {
        name: customers.create_customer(
            profile=customers.Profile(name=name, joined_store_id=store), actor=owner, at=at
        )
        for name, store in stores.items()
    }
    kept = [("customer", customer_id, "purchases.depended_on") for customer_id in ids.values()]
    kept += [("store", store, "in_use") for store in stores.values()]
    lake = replace(owner, store_ids=frozenset({stores["湖滨店"]}))
    numbers = customers.find_numbers(ids.values())
    mine, theirs, my_store, other_store = pages.kept_items(kept, actor=lake)
    assert (mine["number"], bool(mine["url"])) == (numbers[ids["湖滨店"]], True)
    assert (theirs["number"], theirs["url"]) == ("另一家门店的", "")
    assert (my_store["number"], other_store["number"]) == ("湖滨店", "另一家门店的")
    assert all(item["url"] for item in pages.kept_items(kept, actor=owner)[:2])


def test_a_formula_stays_refused_until_it_is_gone(db: None, tmp_path: Path, at: datetime) -> None:
    run_id = stage(write(tmp_path, ["A1,V1,2024-05-03,K,=1+1,1,2"]), at, "order_lines")
    assert api.get_import(run_id).outcomes == {"rejected_formula": 1}
    for cells, outcome in (({1: "V2"}, "rejected_formula"), ({4: "商品"}, "sale")):
        api.fix_rows(run_id=run_id, cells={2: cells}, actor=SYSTEM, at=at)
        api.stage_run(run_id=run_id, actor=SYSTEM, at=at)
        assert api.get_import(run_id).outcomes == {outcome: 1}


def test_rows_fixed_after_the_run_come_in_as_one_of_their_own(db: None, tmp_path: Path, at: datetime) -> None:
    rows = ["A1,V1,2024-05-03,K,商品,1,10", "A1,V1,2024-02-30,K,商品,2,10", "A2,V1,2024-05-03,K,商品,many,10"]
    whole = bring_in(write(tmp_path, rows), at)
    assert whole.outcomes["imported"] == 1
    into = api.fix_rows(run_id=whole.id, cells={3: {2: "2024-05-03"}}, actor=SYSTEM, at=at)
    assert into != whole.id
    for do in (api.check_file, api.map_columns, api.stage_run):
        do(run_id=into, actor=SYSTEM, at=at)
    run = api.get_import(into)
    assert (run.kind, run.rows_total, run.source) == (whole.kind, 1, whole.source)
    assert [c["target"] for c in run.mapping["columns"]] == [c["target"] for c in whole.mapping["columns"]]
    api.run_import(run_id=into, actor=SYSTEM, at=at)
    assert api.get_import(into).outcomes == {"imported": 1}
    assert purchases.import_sums(whole.id).lines + purchases.import_sums(into).lines == 2


def workbook_of(run_id: int, at: datetime) -> bytes:
    return b"".join(api.reveal_workbook(run_id=run_id, reason="correct", actor=SYSTEM, at=at))


def test_the_workbook_comes_back_corrected_in_one_step(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, tmp_path: Path, at: datetime
) -> None:
    rows = ["A1,V1,2024-05-03,K,商品,1,10", "A2,V1,2024-02-30,K,商品,-1,many", "A3,V2,2024-05-33,K,商品,2,7"]
    whole = bring_in(write(tmp_path, rows), at)
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(whole.id, at)))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0][3:] == HEAD.strip().split(",")
    told = {str(row[0]).removesuffix(".0"): str(row[1]) for row in sheet[1:]}
    assert told["3"].count("\n") == 1  # a reason for each of its two bad cells
    assert "单价" in told["3"]
    for row in sheet[1:]:
        row[5], row[9] = "2024-05-30", row[9] if row[9] != "many" else "4.5"
    out = io.BytesIO()
    again = xlsxwriter.Workbook(out)
    page = again.add_worksheet()
    for number, row in enumerate(sheet):
        page.write_row(number, 0, row)
    again.close()
    file = SimpleUploadedFile("改好.xlsx", out.getvalue())
    answer = client_as(owner).post(f"/imports/{whole.id}/corrected", {"file": file})
    into = int(answer["Location"].rsplit("/", 1)[1])
    run = step(into, "prepare")
    assert run.outcomes == {"refund_unmatched": 1, "sale": 1}, api.list_bad_rows(into)


def test_fields_of_the_organisations_own_are_typed(db: None, tmp_path: Path, at: datetime) -> None:
    fields = {"shoe": "鞋码 number", "since": "认识于 date", "cut": "版型 choice", "vegan": "吃素 yes_no"}
    for code, words in fields.items():
        label, kind = words.split()
        choices = (("slim", "修身", "Slim"), ("wide", "宽松", "Wide")) if kind == "choice" else ()
        customers.save_attribute(
            code=code, label_zh=label, label_en="", kind=kind, choices=choices, actor=SYSTEM, at=at
        )
    bring_in(write(tmp_path, ["M0,江叙白,13800000001,"], "known.csv", head=MEMBERS), at, kind="customers")
    before = tables()
    head = "会员编号,姓名,鞋码,认识于,版型,吃素,首选联系方式,手机号,微信,京东账号\n"
    rows = [
        'M1,林婉清,"1,038.5",2020年5月3日,修身,是,微信,13800000417,wx_lin_1,jd1',
        "M2,周慕白,三十八,2020-05-03,Wide,否,电话,13800000418,,",
        "M3,陈若冰,38,2020-02-30,紧身,也许,鸽子,13800000419,,",
    ]
    run = bring_in(write(tmp_path, rows, head=head), at, kind="customers")
    assert run.outcomes == {"imported": 1, "rejected_number_unreadable": 1, "rejected_date_impossible": 1}
    _second, third = api.list_bad_rows(run.id).rows
    assert dict(third.faults) == {
        3: "date_impossible",
        4: "choice_unknown",
        5: "choice_unreadable",
        6: "contact_kind_unknown",
    }
    (customer_id,) = customers.find_ids_by_external("jd", ["jd1"]).values()
    view = customers.get_customer(customer_id, actor=SYSTEM)
    found = {fact.definition.code: fact.value for fact in view.attributes}
    assert found == {"shoe": "1038.5", "since": "2020-05-03", "cut": "slim", "vegan": "yes"}
    assert [contact.kind for contact in view.contacts if contact.is_preferred] == ["wechat"]
    api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert tables() == before


def test_parcels_and_statuses_come_in_with_orders(db: None, tmp_path: Path, at: datetime) -> None:
    head = "订单号,客户编号,下单时间,商品编码,数量,单价,订单状态,快递公司,快递单号\n"
    rows = [
        "A1,V1,2024-05-03,K,1,10,卖家已发货,顺丰,SF001",
        "A2,,2024-05-03,K,1,10,交易成功,中通,ZT9",
        "A3,V1,2024-05-03,K,1,10,飞走了,,",
    ]
    run = bring_in(write(tmp_path, rows, head=head), at)
    assert run.outcomes == {"imported": 1, "imported_anonymous": 1, "rejected_status_unknown": 1}
    told = {row.number: dict(row.faults) for row in api.list_bad_rows(run.id).rows}
    assert told == {3: {8: "noted_no_parcel"}, 4: {6: "status_unknown"}}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number, status, carrier, tracking_sealed FROM purchases_order ORDER BY 2")
        first, second = cursor.fetchall()
    assert first[1:4] == ("A1", "shipped", "顺丰")
    assert b"SF001" not in bytes(first[4])
    assert purchases.get_order(first[0], actor=SYSTEM).tracking_number == "SF001"
    assert second[1:] == ("A2", "completed", "中通", None)  # nobody's key to seal it under


def test_a_currency_without_a_rate_is_a_reason_of_the_row(db: None, tmp_path: Path, at: datetime) -> None:
    bring_in(write(tmp_path, ["Z1,V1,2024-05-03,K,商品,1,10"], "first.csv"), at)
    purchases.set_rate(currency="USD", valid_from=date(2024, 5, 5), rate=Decimal(7), actor=SYSTEM, at=at)
    head = "订单号,客户编号,下单时间,商品编码,数量,单价,币种\n"
    rows = [
        "A1,V1,2024-05-03,K,1,10,美元",
        "A2,V1,2024-05-05,K,1,10,usd",
        "A3,V1,2024-05-05,K,1,10,人民币",
        "A4,V1,2024-05-05,K,1,10,贝壳",
        "A5,V1,2024-05-05,K,1,10,EUR",
    ]
    run = bring_in(write(tmp_path, rows, head=head), at)
    assert run.outcomes == {"imported": 2, "rejected_rate_missing": 2, "rejected_currency_unknown": 1}
    assert [dict(row.faults) for row in api.list_bad_rows(run.id).rows] == [
        {6: "rate_missing"},
        {6: "currency_unknown"},
        {6: "rate_missing"},
    ]


def test_the_sign_of_a_currency_is_asked_about(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    client = client_as(owner)
    run_id = load(client, "订单号,客户编号,下单时间,数量,单价\nA1,V1,2024-05-03,1,$19.90\n", "utf-8")
    assert step(run_id, "check").currency == "USD"
    assert "USD 的符号" in client.get(f"/imports/{run_id}").content.decode()


def test_a_refusal_is_told_in_the_readers_language(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    client = client_as(owner)
    run_id = load(client, "%PDF-1.7", "utf-8")
    step(run_id, "check")
    assert "PDF 文件" in client.get(f"/imports/{run_id}").content.decode()
    english = client.get(f"/imports/{run_id}", headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_a_step_that_breaks_ends_and_says_so(
    db: None, client_as: Callable[[Actor], Client], owner: Actor
) -> None:
    """A staged part that is damaged on disk: nobody waits for ever, and the import can be gone on with."""
    client = client_as(owner)
    run_id = load(client, "订单号,客户编号,下单时间,数量,单价\nA1,V1,2024-05-03,1,19.90\n", "utf-8")
    step(run_id, "check")
    (part,) = run_folder(run_id).glob("raw-*")
    whole = part.read_bytes()
    part.write_bytes(whole[:-9])
    mapping = {"action": "stage", "kind": "order_lines", "kind_was": "order_lines"}
    client.post(f"/imports/{run_id}/columns", mapping)
    assert step(run_id, "stage").state == "mapped"
    assert client.get(f"/imports/{run_id}").status_code == 200
    part.write_bytes(whole)
    client.post(f"/imports/{run_id}/columns", mapping)
    assert step(run_id, "stage").outcomes == {"sale": 1}


def test_products_that_order_lines_filled_in_are_given_back(db: None, tmp_path: Path, at: datetime) -> None:
    bring_in(write(tmp_path, ["A1,V1,2024-05-03,K,商品,1,10"], "first.csv"), at)
    before = tables()
    head = "订单号,客户编号,下单时间,商品编码,商品名称,数量,单价,品牌\n"
    run = bring_in(write(tmp_path, ["A2,V1,2024-05-04,K,商品,1,10,云裳"], "second.csv", head=head), at)
    api.undo_import(run_id=run.id, actor=SYSTEM, at=at)
    assert tables() == before


def test_nothing_of_a_file_is_left_after_the_storage_time(db: None, tmp_path: Path, at: datetime) -> None:
    path = write(tmp_path, ["A1,V1,2024-02-30,K,商品,1,10", "A2,V1,2024-05-03,K,商品,1,10"])
    done = bring_in(path, at)
    assert workbook_of(done.id, at)
    waiting = stage(path, at, "order_lines")
    orphan = imports_home() / "99999999"
    orphan.mkdir(parents=True)
    later = at + timedelta(days=preferences.get(KEEP_DAYS), hours=1)
    assert api.forget_old_files(at=at + timedelta(days=1)) == 0
    assert run_folder(done.id).exists()
    assert api.forget_old_files(at=later) == 2
    for run_id in (done.id, waiting):
        assert not (imports_home() / f"{run_id:08d}").exists()
        assert api.get_import(run_id).files_gone
    assert api.get_import(waiting).state == "cancelled"  # nobody waits for a file that is gone
    with pytest.raises(api.FilesGone):
        workbook_of(done.id, at)
    with pytest.raises(api.FilesGone):
        api.run_import(run_id=waiting, actor=SYSTEM, at=later)
    api.undo_import(run_id=done.id, actor=SYSTEM, at=later)
    assert api.get_import(done.id).state == "undone"


def test_products_cannot_be_given_back_once_their_images_are_gone(
    db: None, tmp_path: Path, at: datetime
) -> None:
    run = bring_in(write(tmp_path, ["K1,丝巾,199"], head="货号,品名,售价\n"), at, kind="products")
    later = at + timedelta(days=preferences.get(KEEP_DAYS), hours=1)
    assert api.may_undo(run.id, later)
    api.forget_old_files(at=later)
    assert not api.may_undo(run.id, later)
    with pytest.raises(DomainError) as refusal:
        api.undo_import(run_id=run.id, actor=SYSTEM, at=later)
    assert refusal.value.code == "integrations.undo_images_gone"


def test_the_forgetting_runs_every_night() -> None:
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["integrations.forget_files"] == "17 3 * * *"
    assert crons["integrations.resume_runs"] == "* * * * *"


def test_a_run_whose_reading_was_killed_is_gone_on_with(db: None, tmp_path: Path, at: datetime) -> None:
    """At each state a kill may leave behind: what comes of it is what an undisturbed run comes to."""
    rows = ["A1,V1,2024-05-03,K,商品,1,10", "A2,V2,2024-02-30,K,商品,1,10"]
    path = write(tmp_path, rows)
    wish = api.Wish(kind="order_lines", goes_on=True)
    ids = []
    for steps in (0, 1, 2, 3):
        run_id = api.register(kind="order_lines", path=path, wish=wish.as_json(), actor=SYSTEM, at=at)
        for do in (api.check_file, api.map_columns, api.stage_run)[:steps]:
            do(run_id=run_id, actor=SYSTEM, at=at)
        ids.append(run_id)
    assert api.begun_runs(at) == []  # their processes may still be at it
    later = at + timedelta(minutes=1)
    assert api.begun_runs(later) == ids
    assert api.find_begun(api.get_import(ids[0]).file_digest, wish) == ids[2]  # the newest before its dry run
    other = api.Wish(kind="order_lines", source="elsewhere", goes_on=True)
    assert api.find_begun(api.get_import(ids[0]).file_digest, other) is None
    for run_id in ids:
        api.go_on(run_id=run_id, actor=SYSTEM, at=later)
    assert api.begun_runs(later) == []
    first, *rest = [api.get_import(run_id) for run_id in ids]
    assert first.outcomes == {"imported": 1, "rejected_date_impossible": 1}
    assert [run.outcomes for run in rest] == [{"unchanged": 1, "rejected_date_impossible": 1}] * 3
    assert {run.state for run in (first, *rest)} == {"done"}


def test_a_file_that_changed_since_is_not_gone_on_with(db: None, tmp_path: Path, at: datetime) -> None:
    path = write(tmp_path, ["A1,V1,2024-05-03,K,商品,1,10"])
    wish = api.Wish(kind="order_lines", goes_on=True).as_json()
    run_id = api.register(kind="order_lines", path=path, wish=wish, actor=SYSTEM, at=at)
    write(tmp_path, ["A9,V9,2024-05-03,K,商品,1,10"])
    with pytest.raises(DomainError):
        api.go_on(run_id=run_id, actor=SYSTEM, at=at)
    assert ImportRun.objects.get(pk=run_id).error_code == "integrations.file_changed"
    assert api.begun_runs(at + timedelta(days=1)) == []
