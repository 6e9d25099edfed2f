"""Numbers of the import clinic that an organisation may change."""

from django.utils.translation import gettext_lazy as _

from guibin.core import preferences
from guibin.core.preferences import Setting
from guibin.integrations.files.limits import Limits

FILE_GIGABYTES = Setting(
    key="integrations.file_gigabytes_max",
    default=5,
    label=_("Largest file"),
    unit=_("GB"),
    minimum=1,
    maximum=1000,
    help=_("Files whose unpacked content is larger are refused."),
)
ROWS_MAX = Setting(
    key="integrations.rows_max",
    default=50_000_000,
    label=_("Most rows in a file"),
    minimum=1,
    help=_("Files with more rows are refused. A worksheet holds at most 1,048,576."),
)
COLUMNS_MAX = Setting(
    key="integrations.columns_max",
    default=1_000,
    label=_("Most columns in a file"),
    minimum=1,
    maximum=16_384,
    help=_("Files with more columns are refused."),
)
ARCHIVE_ENTRIES = Setting(
    key="integrations.archive_entries_max",
    default=64,
    label=_("Most files in an archive"),
    minimum=1,
    maximum=1000,
    help=_("Archives with more files inside are refused."),
)
ARCHIVE_RATIO = Setting(
    key="integrations.archive_ratio_max",
    default=100,
    label=_("Highest packing ratio"),
    minimum=2,
    maximum=10_000,
    help=_("Archives that unpack to more than this many times their size are refused."),
)
READER_MEGABYTES = Setting(
    key="integrations.reader_megabytes_max",
    default=512,
    label=_("Memory for reading a file"),
    unit="MB",
    minimum=128,
    maximum=65_536,
    help=_("The reading process is stopped beyond this. Raise it for very large worksheets."),
)
READER_SECONDS = Setting(
    key="integrations.reader_seconds_per_10k_rows",
    default=60,
    label=_("Time for reading 10,000 rows"),
    unit=_("seconds"),
    minimum=1,
    maximum=3600,
    help=_("The reading process is stopped beyond this."),
)
KEEP_DAYS = Setting(
    key="integrations.keep_days",
    default=7,
    label=_("Import files are kept"),
    unit=_("days"),
    minimum=1,
    maximum=30,
    help=_(
        "Uploaded files, staged rows and error workbooks hold personal data; they are deleted after this."
    ),
)
UNDO_DAYS = Setting(
    key="integrations.undo_days",
    default=30,
    label=_("An import can be undone for"),
    unit=_("days"),
    minimum=1,
    maximum=365,
    help=_("What later records depend on is kept and listed."),
)
ALL = (
    FILE_GIGABYTES,
    ROWS_MAX,
    COLUMNS_MAX,
    ARCHIVE_ENTRIES,
    ARCHIVE_RATIO,
    READER_MEGABYTES,
    READER_SECONDS,
    KEEP_DAYS,
    UNDO_DAYS,
)


def current_limits() -> Limits:
    """The organisation's limits, in one query."""
    found = preferences.get_many(*ALL)

    def number(setting: Setting[int]) -> int:
        return int(str(found[setting.key]))

    return Limits(
        content_bytes_max=number(FILE_GIGABYTES) << 30,
        rows_max=number(ROWS_MAX),
        columns_max=number(COLUMNS_MAX),
        archive_entries_max=number(ARCHIVE_ENTRIES),
        archive_ratio_max=number(ARCHIVE_RATIO),
        memory_bytes_max=number(READER_MEGABYTES) << 20,
        seconds_per_10k_rows_max=number(READER_SECONDS),
    )
