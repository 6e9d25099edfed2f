"""Reading of Chinese names and labels."""

from functools import lru_cache

# Readings that a character has only as a family name (Xiandai Hanyu Cidian).
SURNAMES = {
    "单": "shàn", "仇": "qiú", "区": "ōu", "曾": "zēng", "解": "xiè", "查": "zhā", "盖": "gě", "任": "rén",
    "翟": "zhái", "华": "huà", "缪": "miào", "朴": "piáo", "乐": "yuè", "种": "chóng", "覃": "qín",
    "员": "yùn",
}  # fmt: skip
DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "长孙",
        "宇文",
        "端木",
        "独孤",
        "南宫",
    ]
)


@lru_cache(maxsize=4096)
def name_pinyin(name: str) -> str:
    """``林婉清`` is ``Lín Wǎnqīng``; a name without Chinese characters gives ``""``."""
    if not name or not all("\u4e00" <= sign <= "\u9fff" for sign in name):
        return ""
    from pypinyin import Style, lazy_pinyin  # a dictionary of megabytes: loaded with the first name

    split = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    family = SURNAMES.get(name[:split]) or "".join(lazy_pinyin(name[:split], style=Style.TONE))
    given = "".join(lazy_pinyin(name[split:], style=Style.TONE))
    return f"{family.capitalize()} {given.capitalize()}".strip()


@lru_cache(maxsize=4096)
def pinyin_letters(text: str) -> tuple[str, str]:
    """Full pinyin and initials without tones, for search: ``客户`` is ``("kehu", "kh")``."""
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(text)
    return "".join(syllables).casefold(), "".join(part[:1] for part in syllables).casefold()
