"""What a file may cost. The defaults are organisation settings (``integrations.settings``)."""

from dataclasses import asdict, dataclass

MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes are of the unpacked content; memory and time bind the reading process."""

    content_bytes_max: int = 5 << 30
    rows_max: int = 50_000_000
    sheet_rows_max: int = 1_048_576
    columns_max: int = 1_000
    cell_chars_max: int = 32_767
    line_chars_max: int = 8 * MEBI
    archive_entries_max: int = 64
    archive_ratio_max: int = 100
    memory_bytes_max: int = 512 * MEBI
    seconds_per_10k_rows_max: int = 60

    def as_json(self) -> dict[str, int]:
        return asdict(self)


# Below this size a high ratio is no danger, and short tables of zeros pack very well.
RATIO_FREE_BYTES = MEBI
