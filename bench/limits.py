"""The limits of J2: the same figures in hand-written DuckDB SQL over tables in memory."""

from datetime import date

from guibin.insight.rules.windows import MONTHS, YearWindow

TIERS = (1_000_000, 10_000_000)  # least spend of the year, minor units
COUNTS = "customer_id IS NOT NULL AND status <> 'cancelled' AND ordered_on <= DATE '{day}'"


def rfm_and_tiers(day: date) -> str:
    """Recency, frequency, money net of refunds, quintile scores, and a tier by the year's spend."""
    after = YearWindow.ending(day).after
    return f"""
    WITH bought AS (
        SELECT customer_id, max(ordered_on) AS last_on, count(*) AS orders, sum(amount_base_minor)::BIGINT AS gross,
               count(*) FILTER (ordered_on > DATE '{after}') AS orders_12m,
               sum(amount_base_minor) FILTER (ordered_on > DATE '{after}')::BIGINT AS gross_12m
        FROM orders WHERE {COUNTS.format(day=day)} GROUP BY customer_id
    ), returned AS (
        SELECT customer_id, sum(amount_base_minor)::BIGINT AS refund,
               sum(amount_base_minor) FILTER (refunded_on > DATE '{after}')::BIGINT AS refund_12m
        FROM refunds WHERE customer_id IS NOT NULL AND refunded_on <= DATE '{day}' GROUP BY customer_id
    ), facts AS (
        SELECT customer_id, DATE '{day}' - last_on AS recency_days, orders_12m, orders,
               gross - coalesce(refund, 0) AS net, coalesce(gross_12m, 0) - coalesce(refund_12m, 0) AS net_12m
        FROM customers LEFT JOIN bought USING (customer_id) LEFT JOIN returned USING (customer_id)
    )
    SELECT *, ntile(5) OVER (ORDER BY recency_days DESC) AS r, ntile(5) OVER (ORDER BY orders_12m) AS f,
           ntile(5) OVER (ORDER BY net_12m) AS m,
           CASE WHEN net_12m >= {TIERS[1]} THEN 2 WHEN net_12m >= {TIERS[0]} THEN 1 ELSE 0 END AS tier
    FROM facts
    """


def all_facts(day: date) -> str:
    """The whole fact row of every customer."""
    window = YearWindow.ending(day)
    after, start = window.after, window.year_start
    month = "CASE " + " ".join(
        f"WHEN {{d}} > DATE '{window.bounds[n]}' THEN {n}" for n in range(MONTHS - 1, 0, -1)
    )
    month += " ELSE 0 END"
    nets = ", ".join(f"coalesce(sum(net) FILTER (k = {n}), 0)::BIGINT AS net_{n}" for n in range(MONTHS))
    numbers = ", ".join(
        f"coalesce(sum(number) FILTER (k = {n}), 0)::BIGINT AS number_{n}" for n in range(MONTHS)
    )
    net_list = ", ".join(f"coalesce(net_{n}, 0)" for n in range(MONTHS))
    number_list = ", ".join(f"coalesce(number_{n}, 0)" for n in range(MONTHS))
    return f"""
    WITH counted AS (
        SELECT order_id, customer_id, ordered_on, amount_base_minor AS amount, promoted
        FROM orders WHERE {COUNTS.format(day=day)}
    ), bought AS (
        SELECT customer_id, min(ordered_on) AS first_on, max(ordered_on) AS last_on, count(*) AS orders,
               sum(amount)::BIGINT AS gross, count(*) FILTER (ordered_on > DATE '{after}') AS orders_12m,
               sum(amount) FILTER (ordered_on > DATE '{after}')::BIGINT AS gross_12m,
               sum(amount) FILTER (ordered_on >= DATE '{start}')::BIGINT AS gross_year,
               count(*) FILTER (ordered_on > DATE '{after}' AND promoted) AS promotions
        FROM counted GROUP BY customer_id
    ), returned AS (
        SELECT customer_id, count(*) AS refunds, sum(amount_base_minor)::BIGINT AS refund,
               sum(amount_base_minor) FILTER (refunded_on > DATE '{after}')::BIGINT AS refund_12m,
               sum(amount_base_minor) FILTER (refunded_on >= DATE '{start}')::BIGINT AS refund_year,
               sum(cost_base_minor) FILTER (refunded_on > DATE '{after}')::BIGINT AS refund_cost,
               count(*) FILTER (refunded_on > DATE '{after}' AND cost_base_minor IS NULL) AS refund_unknown
        FROM refunds WHERE customer_id IS NOT NULL AND refunded_on <= DATE '{day}' GROUP BY customer_id
    ), by_month AS (
        SELECT customer_id, {month.format(d="ordered_on")} AS k, count(*) AS number, sum(amount)::BIGINT AS net
        FROM counted WHERE ordered_on > DATE '{after}' GROUP BY ALL
        UNION ALL
        SELECT customer_id, {month.format(d="refunded_on")} AS k, 0, -sum(amount_base_minor)::BIGINT
        FROM refunds WHERE customer_id IS NOT NULL AND refunded_on > DATE '{after}'
          AND refunded_on <= DATE '{day}' GROUP BY ALL
    ), monthly AS (
        SELECT customer_id, {nets}, {numbers}, count(*) FILTER (number > 0) AS active, max(number) AS most
        FROM by_month GROUP BY customer_id
    ), gaps AS (
        SELECT customer_id, ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap
        FROM counted
    ), intervals AS (
        SELECT customer_id, count(*) AS n, sum(gap) AS total, sum(gap * gap) AS squares, median(gap) AS middle
        FROM gaps WHERE gap > 0 GROUP BY customer_id
    ), lines AS (
        SELECT o.customer_id, l.* EXCLUDE (line_id) FROM order_lines l
        JOIN counted o USING (order_id) WHERE o.ordered_on > DATE '{after}'
    ), cost AS (
        SELECT customer_id, sum(cost_base_minor)::BIGINT AS cost, count(DISTINCT order_id) AS priced,
               count(*) FILTER (cost_base_minor IS NULL) AS unknown FROM lines GROUP BY customer_id
    ), spent AS (
        SELECT customer_id, category_id, sum(amount_base_minor)::BIGINT AS spent
        FROM lines JOIN products USING (product_id) WHERE kind = 'goods' GROUP BY ALL
    ), ranked AS (
        SELECT customer_id, category_id, row_number() OVER (
            PARTITION BY customer_id ORDER BY spent DESC, name, category_id) AS place
        FROM spent LEFT JOIN categories USING (category_id)
    ), top AS (
        SELECT customer_id, count(*) AS categories, list(category_id ORDER BY place) FILTER (place <= 3) AS best
        FROM ranked GROUP BY customer_id
    )
    SELECT c.customer_id, c.number, first_on, last_on, DATE '{day}' - last_on AS recency_days, orders, gross, refund,
           gross - coalesce(refund, 0) AS net, orders_12m, gross_12m - coalesce(refund_12m, 0) AS net_12m,
           gross_12m, refund_12m, gross_year - coalesce(refund_year, 0) AS net_year,
           CASE WHEN unknown = 0 AND refund_unknown = 0 AND priced >= orders_12m
                THEN gross_12m - refund_12m - cost + refund_cost END AS profit,
           active, [{net_list}] AS months_net, [{number_list}] AS months_orders, most,
           (2 * gross + orders) // (2 * orders) AS average, n + 1 AS days, total / n AS mean, middle,
           sqrt((n * squares - total * total) / (n * (n - 1))) AS sd, categories, best, refunds, promotions,
           DATE '{day}' - least(joined_on, first_on) AS tenure
    FROM customers c LEFT JOIN bought USING (customer_id) LEFT JOIN returned USING (customer_id)
    LEFT JOIN monthly USING (customer_id) LEFT JOIN intervals USING (customer_id)
    LEFT JOIN cost USING (customer_id) LEFT JOIN top USING (customer_id)
    WHERE joined_on IS NULL OR joined_on <= DATE '{day}' OR orders > 0 OR refunds > 0
    """
