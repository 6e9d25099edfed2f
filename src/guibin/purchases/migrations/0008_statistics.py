"""The run-time role may have statistics taken of the tables an import has just filled.

Only an owner may ANALYZE, and autovacuum comes when it comes: often while nothing is committed yet, so that
the planner takes a table of a million rows for an empty one. The function looks only at tables that were
seen empty, or have doubled since.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION purchases_take_statistics() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text;
    taken int := 0;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'purchases_order', 'purchases_orderline', 'purchases_refund', 'purchases_refundline'
    ] LOOP
        IF EXISTS (
            SELECT FROM pg_class c WHERE c.oid = name::regclass AND pg_relation_size(c.oid) > 0
            AND (c.reltuples <= 0
                 OR pg_relation_size(c.oid) > 2 * c.relpages * current_setting('block_size')::bigint)
        ) THEN
            EXECUTE format('ANALYZE %I', name);
            taken := taken + 1;
        END IF;
    END LOOP;
    RETURN taken;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0007_payments_of_imports")]
    operations = [
        migrations.RunSQL(FUNCTION, reverse_sql="DROP FUNCTION purchases_take_statistics();"),
    ]
