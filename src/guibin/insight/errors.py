"""What may go wrong in insight."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, DomainError, Invalid, NotFound


class NeverRefreshed(NotFound):
    code = "insight.never_refreshed"
    message = _("The numbers have not been made yet. Refresh them once.")


class EngineUnknown(Invalid):
    code = "insight.engine_unknown"
    message = _("There is no analytics engine called %(engine)s; choose duckdb or spark.")


class EngineMissing(Conflict):
    code = "insight.engine_missing"
    message = _("The engine %(engine)s is not installed: install the extra guibin[spark] and Java.")


class DatasetMissing(Conflict):
    code = "insight.dataset_missing"
    message = _("No part of the product offers the dataset %(dataset)s.")


class GroupUnknown(NotFound):
    code = "insight.group_unknown"
    message = _("There is no customer group called %(group)s.")


class CutsInvalid(Invalid):
    code = "insight.cuts_invalid"
    message = _("Cut points are four numbers that do not fall, for recency, frequency and money.")


class DayInvalid(Invalid):
    code = "insight.day_invalid"
    message = _("%(day)s is not a day. Write it as 2026-11-22.")


class ThresholdsInvalid(Invalid):
    code = "insight.thresholds_invalid"
    message = _("The days must rise from at risk to dormant to churned.")


class BenchMissing(NotFound):
    code = "insight.bench_missing"
    message = _("Benchmarks are part of the source tree, not of an installed package.")


class BenchFailed(DomainError):
    code = "insight.bench_failed"
    message = _("The benchmark %(job)s stopped with status %(status)s; its own words stand above.")
    status = 500
