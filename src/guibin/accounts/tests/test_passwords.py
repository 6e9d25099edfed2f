"""What a password must be, said in the reader's language."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from guibin.accounts.models import Staff

WEAK = {
    "kurz-und-7": "至少要 12 个字符。",
    "linxiaomei12": "和姓名、登录名或邮箱太像了。",
    "1qaz2wsx3edc": "用这个密码的人太多，最容易被猜到。",
    "84038190275512": "只有数字太容易被猜到。",
}


@pytest.mark.parametrize(("password", "sentence"), WEAK.items())
def test_a_weak_password_is_refused_in_words(password: str, sentence: str) -> None:
    lin = Staff(sign_in_name="linxiaomei", display_name="林晓梅")
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        validate_password(password, lin)
    assert sentence in refused.value.messages
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        validate_password(password, lin)
    assert all(message.isascii() for message in refused.value.messages)


def test_a_sentence_is_a_good_password() -> None:
    validate_password("winter-kommt-mit-schnee", Staff(sign_in_name="lin", display_name="林"))
