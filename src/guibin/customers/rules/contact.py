"""Contact values in one canonical form, and masked for showing. None means: not a possible value."""

import re
import unicodedata
from functools import lru_cache

MOBILE_CN = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
MOBILE_PLAIN = re.compile(r"1[3-9][0-9]{9}")
PHONE_NOISE = re.compile(r"[\s\-–—()./·]")
# RFC 5321 section 4.5.3.1 allows 64 octets before the @ and 254 in all; quoted local parts are refused.
EMAIL = re.compile(
    r"[a-z0-9._%+'&=~/*!#$?^{|}-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
EMAIL_LENGTH_MAX = 254
WECHAT = re.compile(r"[a-z0-9_-]{5,40}")
PHONE_LENGTH_MAX = 40


def plain_width(text: str) -> str:
    """Full-width letters and digits as ordinary ones, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def normalise_phone(text: str, region: str = "CN") -> str | None:
    """E.164 (``+8613800138000``) of a phone number; without a country code it is one of ``region``."""
    if region == "CN" and MOBILE_PLAIN.fullmatch(text):
        return f"+86{text}"
    cleaned = text if text.isascii() else plain_width(text)
    cleaned = PHONE_NOISE.sub("", cleaned.removesuffix(".0"))
    if region == "CN":
        mobile = MOBILE_CN.fullmatch(cleaned)
        if mobile:
            return f"+86{mobile[1]}"
    if len(cleaned) > PHONE_LENGTH_MAX:
        return None
    return _parsed_phone(plain_width(text).removesuffix(".0"), region)


@lru_cache(maxsize=4096)
def _parsed_phone(text: str, region: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(text: str) -> str | None:
    """Lower case, ordinary width. The local part is folded too: nobody has two such addresses."""
    cleaned = plain_width(text).lower().removeprefix("mailto:")
    local = cleaned.split("@", 1)[0]
    if len(cleaned) > EMAIL_LENGTH_MAX or ".." in cleaned or local.startswith(".") or local.endswith("."):
        return None
    return cleaned if EMAIL.fullmatch(cleaned) else None


def normalise_wechat(text: str) -> str | None:
    """Lower case: WeChat ids ignore it. Also takes open ids and phone numbers used as WeChat ids."""
    cleaned = plain_width(text).lower()
    return cleaned if WECHAT.fullmatch(cleaned) else None


def normalise_contact(kind: str, text: str, region: str = "CN") -> str | None:
    """The canonical form of a contact value of ``kind`` (phone, email, wechat)."""
    if kind == "phone":
        return normalise_phone(text, region)
    if kind == "email":
        return normalise_email(text)
    return normalise_wechat(text)


def last_four(phone: str) -> str:
    return phone[-4:]


def show_phone(phone: str) -> str:
    """``138 0013 8000`` for a mainland mobile, the international form for others."""
    if MOBILE_CN.fullmatch(phone):
        return f"{phone[3:6]} {phone[6:10]} {phone[10:]}"
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    if number.country_code == 86:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def mask_phone(phone: str) -> str:
    """``138 **** 8000`` (GB/T 35273-2020, 7.2: show only what is needed to tell people apart)."""
    if MOBILE_CN.fullmatch(phone):
        return f"{phone[3:6]} **** {phone[-4:]}"
    head = phone[:3] if phone.startswith("+") else ""
    return f"{head} **** {phone[-4:]}".strip() if len(phone) >= 8 else "****"


def mask_email(email: str) -> str:
    local, _at, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"


def mask_text(text: str) -> str:
    """The first character, to jog a memory, and stars whatever the length."""
    return f"{text[:1]}****" if text else ""


def show_contact(kind: str, value: str, *, masked: bool) -> str:
    """A contact value for a person to read."""
    if kind == "phone":
        return mask_phone(value) if masked else show_phone(value)
    if not masked:
        return value
    return mask_email(value) if kind == "email" else mask_text(value)
