"""Which encoding a text is in: strict decoding of the candidates, then how common its characters are."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

SAMPLE_BYTES = 1 << 20
LATIN = "cp1252"


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name`` is a Python codec; ``sure`` is 0 to 1; ``others`` are further codecs that decode strictly."""

    name: str
    sure: float
    others: tuple[str, ...] = ()
    bom: bool = False


BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(chunks: Iterable[bytes]) -> Encoding:
    """Over the whole content: UTF-8 is proved on every byte, others on a sample of non-ASCII lines."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, sample, first = True, bytearray(), b""
    for chunk in chunks:
        if not first:
            first = chunk
            if found := _by_bom(first) or _wide(first):
                return found
        if utf8:
            utf8 = _feeds(decoder, chunk)
        if len(sample) < SAMPLE_BYTES:
            sample += _non_ascii_lines(chunk)
        elif not utf8:
            break
    if utf8 and _feeds(decoder, b"", final=True):
        return Encoding("utf-8", 1.0)
    return _among_legacy(bytes(sample[:SAMPLE_BYTES]))


def _by_bom(head: bytes) -> Encoding | None:
    for bom, name in BOMS:
        if head.startswith(bom):
            return Encoding(name, 1.0, bom=True)
    return None


def _wide(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: the NULs of its ASCII part (commas, digits, newlines) sit on one side."""
    part = head[: min(len(head), 65536) & ~1]
    if len(part) < 8:
        return None
    even, odd = part[0::2].count(0), part[1::2].count(0)
    half = len(part) // 2
    if odd > half * 0.15 and even < odd * 0.05:
        return Encoding("utf-16-le", 0.95)
    if even > half * 0.15 and odd < even * 0.05:
        return Encoding("utf-16-be", 0.95)
    return None


def _feeds(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _non_ascii_lines(chunk: bytes) -> bytes:
    """Whole lines only: a line cut by the end of the chunk could end inside a character."""
    if chunk.isascii():
        return b""
    end = chunk.rfind(b"\n") + 1
    return b"".join(line for line in (chunk[:end] or chunk).splitlines(keepends=True) if not line.isascii())


def _among_legacy(sample: bytes) -> Encoding:
    scores = {"gb18030": _score_gb(sample), "big5": _score_big5(sample), LATIN: _score_latin(sample)}
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = ranked[0]
    if scores[best] <= 0:
        return _mostly_utf8(sample) or Encoding("gb18030", 0.2, ("utf-8", "big5", LATIN))
    margin = scores[best] - scores[ranked[1]]
    name = "gbk" if best == "gb18030" and _decodes(sample, "gbk") else best
    return Encoding(name, min(1.0, 0.5 + margin), tuple(n for n in ranked[1:] if scores[n] > 0))


def _mostly_utf8(sample: bytes) -> Encoding | None:
    """UTF-8 with a few damaged bytes: those rows are reported, the rest is read."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(not c.isascii() for c in text) - broken
    return Encoding("utf-8", 0.6, ("gb18030",)) if good > 4 * broken else None


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _pairs(sample: bytes) -> list[bytes]:
    return re.findall(rb"[\x81-\xfe][\x30-\x7e\x80-\xfe]", sample)


def _score_gb(sample: bytes) -> float:
    """Share of two-byte characters in GB 2312 level 1 (the 3,755 common ones) and its punctuation."""
    if not _decodes(sample, "gb18030"):
        return 0.0
    pairs = _pairs(sample)
    common = sum(1 for p in pairs if (0xB0 <= p[0] <= 0xD7 or 0xA1 <= p[0] <= 0xA3) and p[1] >= 0xA1)
    return common / len(pairs) if pairs else 0.0


def _score_big5(sample: bytes) -> float:
    """Share of two-byte characters in Big5 level 1 (A440 to C67E) and its punctuation (A1 to A3)."""
    if not _decodes(sample, "big5"):
        return 0.0
    pairs = _pairs(sample)
    common = sum(1 for p in pairs if 0xA1 <= p[0] <= 0xC6 and not 0x7F <= p[1] <= 0xA0)
    trails = sum(1 for p in pairs if 0x40 <= p[1] <= 0x7E)
    if not pairs or trails / len(pairs) < 0.05:
        return 0.0  # real Big5 uses the lower trail bytes in a third of its characters
    return common / len(pairs)


_LATIN_WORD = re.compile(rb"(?<![\x80-\xff])[\xa3\xc0-\xd6\xd8-\xf6\xf8-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")


def _score_latin(sample: bytes) -> float:
    """Share of high bytes that stand alone between ASCII: café, Müller, £."""
    if not _decodes(sample, LATIN):
        return 0.0
    high = len(_HIGH.findall(sample))
    return 0.98 * len(_LATIN_WORD.findall(sample)) / high if high else 0.0
