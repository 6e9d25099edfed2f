"""The triggers that keep the running sums, and the sums of what is here already.

Each writes one difference per key and statement: an import of twenty thousand lines adds as many rows as it
has days and products, and two tills never wait for each other. A job folds them (``operations.tallies``).
"""

from django.db import migrations

KEEPING = """
CREATE FUNCTION purchases_tally_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO purchases_ordertally (ordered_on, store_id, channel, status, orders, amount_base_minor)
        SELECT ordered_on, store_id, channel, status, count(*), sum(amount_base_minor)
        FROM written GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO purchases_ordertally (ordered_on, store_id, channel, status, orders, amount_base_minor)
        SELECT ordered_on, store_id, channel, status, -count(*), -sum(amount_base_minor)
        FROM gone GROUP BY 1, 2, 3, 4;
    ELSE
        INSERT INTO purchases_ordertally (ordered_on, store_id, channel, status, orders, amount_base_minor)
        SELECT ordered_on, store_id, channel, status, sum(n), sum(amount) FROM (
            SELECT ordered_on, store_id, channel, status, 1 AS n, amount_base_minor AS amount FROM written
            UNION ALL
            SELECT ordered_on, store_id, channel, status, -1, -amount_base_minor FROM gone) c
        GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 OR sum(amount) <> 0;
        INSERT INTO purchases_producttally (product_id, sold_on, lines, quantity, amount_base_minor)
        SELECT l.product_id, c.ordered_on, sum(c.n), sum(c.n * l.quantity), sum(c.n * l.amount_base_minor)
        FROM (
            SELECT w.id, w.ordered_on, 1 AS n FROM written w JOIN gone g ON g.id = w.id
            WHERE w.status <> 'cancelled' AND (g.status = 'cancelled' OR g.ordered_on <> w.ordered_on)
            UNION ALL
            SELECT g.id, g.ordered_on, -1 FROM written w JOIN gone g ON g.id = w.id
            WHERE g.status <> 'cancelled' AND (w.status = 'cancelled' OR g.ordered_on <> w.ordered_on)) c
        JOIN purchases_orderline l ON l.order_id = c.id
        WHERE l.product_id IS NOT NULL GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION purchases_tally_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO purchases_producttally (product_id, sold_on, lines, quantity, amount_base_minor)
    SELECT l.product_id, o.ordered_on, sum(s.n), sum(s.n * l.quantity), sum(s.n * l.amount_base_minor)
    FROM moved l JOIN purchases_order o ON o.id = l.order_id
    CROSS JOIN (SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END AS n) s
    WHERE l.product_id IS NOT NULL AND o.status <> 'cancelled' GROUP BY 1, 2;
    RETURN NULL;
END $$;

CREATE TRIGGER purchases_tally_written AFTER INSERT ON purchases_order REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_tally_orders();
CREATE TRIGGER purchases_tally_changed AFTER UPDATE ON purchases_order
    REFERENCING OLD TABLE AS gone NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_tally_orders();
CREATE TRIGGER purchases_tally_gone AFTER DELETE ON purchases_order REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_tally_orders();
CREATE TRIGGER purchases_tally_written AFTER INSERT ON purchases_orderline REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_tally_lines();
CREATE TRIGGER purchases_tally_gone AFTER DELETE ON purchases_orderline REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION purchases_tally_lines();

INSERT INTO purchases_ordertally (ordered_on, store_id, channel, status, orders, amount_base_minor)
    SELECT ordered_on, store_id, channel, status, count(*), sum(amount_base_minor)
    FROM purchases_order GROUP BY 1, 2, 3, 4;
INSERT INTO purchases_producttally (product_id, sold_on, lines, quantity, amount_base_minor)
    SELECT l.product_id, o.ordered_on, count(*), sum(l.quantity), sum(l.amount_base_minor)
    FROM purchases_orderline l JOIN purchases_order o ON o.id = l.order_id
    WHERE l.product_id IS NOT NULL AND o.status <> 'cancelled' GROUP BY 1, 2;
"""
LEAVING = """
DROP TRIGGER purchases_tally_written ON purchases_order; DROP TRIGGER purchases_tally_changed ON purchases_order;
DROP TRIGGER purchases_tally_gone ON purchases_order; DROP TRIGGER purchases_tally_written ON purchases_orderline;
DROP TRIGGER purchases_tally_gone ON purchases_orderline;
DROP FUNCTION purchases_tally_orders(); DROP FUNCTION purchases_tally_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0003_tallies")]

    operations = [migrations.RunSQL(KEEPING, LEAVING)]
