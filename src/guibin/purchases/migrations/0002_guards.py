"""Change capture, the shipped channels, and set-based foreign keys of order lines.

A foreign key looks once per row, which costs a bulk import of lines more than all else together. These
triggers look once per statement and take the same locks (FOR KEY SHARE on the row pointed at, in id
order), so that a line can never be left without its order or product, whoever commits first.
"""

from django.db import migrations

from guibin.core.changes import track_changes

SHIPPED = ("store", "web", "app", "mini_program", "wechat", "phone", "marketplace")

POINTING = """
CREATE SEQUENCE purchases_order_number;

CREATE FUNCTION purchases_line_points_at() RETURNS trigger LANGUAGE plpgsql SET work_mem = '64MB' AS $$
DECLARE
    wanted bigint[];
    found bigint;
BEGIN
    wanted := ARRAY(SELECT DISTINCT order_id FROM written);
    SELECT count(*) INTO found FROM (
        SELECT FROM purchases_order WHERE id = ANY(wanted) ORDER BY id FOR KEY SHARE) o;
    IF found <> cardinality(wanted) THEN
        RAISE EXCEPTION 'an order line points at no order' USING ERRCODE = 'foreign_key_violation',
            CONSTRAINT = 'purchases_line_order', TABLE = 'purchases_orderline';
    END IF;
    wanted := ARRAY(SELECT DISTINCT product_id FROM written WHERE product_id IS NOT NULL);
    SELECT count(*) INTO found FROM (
        SELECT FROM purchases_product WHERE id = ANY(wanted) ORDER BY id FOR KEY SHARE) p;
    IF found <> cardinality(wanted) THEN
        RAISE EXCEPTION 'an order line points at no product' USING ERRCODE = 'foreign_key_violation',
            CONSTRAINT = 'purchases_line_product', TABLE = 'purchases_orderline';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION purchases_line_left_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pointing boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM purchases_orderline WHERE %I IN (SELECT id FROM gone))', TG_ARGV[0])
        INTO pointing;
    IF pointing THEN
        RAISE EXCEPTION 'order lines still point here' USING ERRCODE = 'foreign_key_violation',
            CONSTRAINT = TG_ARGV[1], TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION purchases_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line does not move to another order or product' USING ERRCODE = 'foreign_key_violation',
        CONSTRAINT = 'purchases_line_order', TABLE = 'purchases_orderline';
END $$;

CREATE TRIGGER purchases_line_points AFTER INSERT ON purchases_orderline REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_line_points_at();
CREATE TRIGGER purchases_line_stays BEFORE UPDATE ON purchases_orderline FOR EACH ROW
    WHEN (OLD.order_id <> NEW.order_id OR OLD.product_id IS DISTINCT FROM NEW.product_id OR OLD.id <> NEW.id)
    EXECUTE FUNCTION purchases_line_stays();
CREATE TRIGGER purchases_line_order AFTER DELETE ON purchases_order REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_line_left_alone('order_id', 'purchases_line_order');
CREATE TRIGGER purchases_line_product AFTER DELETE ON purchases_product REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_line_left_alone('product_id', 'purchases_line_product');
"""
UNPOINTING = """
DROP SEQUENCE purchases_order_number;
DROP TRIGGER purchases_line_points ON purchases_orderline; DROP TRIGGER purchases_line_stays ON purchases_orderline;
DROP TRIGGER purchases_line_order ON purchases_order; DROP TRIGGER purchases_line_product ON purchases_product;
DROP FUNCTION purchases_line_points_at(); DROP FUNCTION purchases_line_left_alone(); DROP FUNCTION purchases_line_stays();
"""


def add_channels(apps, schema_editor):
    channels = apps.get_model("purchases", "SalesChannel").objects
    for code in SHIPPED:
        channels.get_or_create(code=code, defaults={"is_shipped": True, "is_active": True})


class Migration(migrations.Migration):
    dependencies = [("purchases", "0001_initial")]

    operations = [
        *(
            track_changes(f"purchases_{table}")
            for table in ("category", "product", "order", "orderline", "refund")
        ),
        migrations.RunSQL(POINTING, UNPOINTING),
        migrations.RunPython(add_channels, migrations.RunPython.noop),
    ]
