"""What a password must be, in our own words: the framework's come half translated and in another tone."""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LENGTH_MIN = 12
HELP = gettext_lazy(
    "At least 12 characters; not like your name or sign-in name, not one that many people use, "
    "not digits alone."
)


class LongEnough(rules.MinimumLengthValidator):
    def __init__(self) -> None:
        super().__init__(min_length=LENGTH_MIN)

    def get_error_message(self) -> str:
        return _("It needs at least %(count)s characters.") % {"count": self.min_length}


class UnlikeThePerson(rules.UserAttributeSimilarityValidator):
    def __init__(self) -> None:
        super().__init__(user_attributes=("sign_in_name", "display_name", "email"))

    def get_error_message(self) -> str:
        return _("It is too much like your name, sign-in name or e-mail address.")


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is the first to be tried.")


class NotDigitsAlone(rules.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return _("Digits alone are too easy to guess.")
