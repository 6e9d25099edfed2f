"""Tables of the house's own people and places: organisation, stores, departments, roles, staff, keys."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from guibin.core.changes import ChangeTracked

STORE_KINDS = ("shop", "online", "popup", "warehouse", "office")
LANGUAGES = ("zh-hans", "en")
THEMES = ("auto", "light", "dark")


class Organisation(models.Model):
    """The one organisation of this installation (row 1)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, default="", blank=True)
    base_currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    as_of_on = models.DateField(null=True)
    setup_finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="accounts_organisation_single"),
            models.CheckConstraint(
                condition=models.Q(base_currency__regex=r"^[A-Z]{3}$"), name="accounts_organisation_currency"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Store(ChangeTracked):
    """A place that sells: a shop, a web shop, a warehouse outlet."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, default="shop")
    city = models.CharField(max_length=80, default="", blank=True)
    time_zone = models.CharField(max_length=64, default="", blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("code"), name="accounts_store_code_once"),
            models.UniqueConstraint(Lower("name"), name="accounts_store_name_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=STORE_KINDS), name="accounts_store_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Department(models.Model):
    """A node of the department tree."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("name"), "parent", name="accounts_department_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="accounts_department_not_own_parent"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What somebody may do. A starter role follows the manifests; an own role lists its codes."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    follows_manifests = models.BooleanField(default=False)
    own_store_only = models.BooleanField(default=False)
    permission_codes = ArrayField(models.CharField(max_length=80), default=list, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["code"], name="accounts_role_code_once"),)

    def __str__(self) -> str:
        return self.code


class StaffManager(models.Manager["Staff"]):
    """The default manager, as the sign-in framework expects it."""

    def get_by_natural_key(self, sign_in_name: str) -> "Staff":
        return self.get(sign_in_name__iexact=sign_in_name)


class Staff(AbstractBaseUser):
    """Somebody who works here and signs in."""

    sign_in_name = models.CharField(max_length=60)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=5, default="auto")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    session_epoch = models.PositiveIntegerField(default=0)
    link_serial = models.PositiveIntegerField(default=0)
    link_expires_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    objects = StaffManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sign_in_name"], name="accounts_staff_sign_in_name_exact"),
            models.UniqueConstraint(Lower("sign_in_name"), name="accounts_staff_sign_in_name_once"),
            models.UniqueConstraint(
                Lower("email"), name="accounts_staff_email_once", condition=~models.Q(email="")
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=LANGUAGES), name="accounts_staff_language_known"
            ),
            models.CheckConstraint(condition=models.Q(theme__in=THEMES), name="accounts_staff_theme_known"),
        )

    def __str__(self) -> str:
        return self.sign_in_name

    def get_session_auth_hash(self) -> str:
        """A session lives as long as the password and the session epoch stay what they were."""
        return salted_hmac(
            "guibin.accounts.session", f"{self.password}:{self.session_epoch}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """No older secrets are honoured."""
        return iter(())


class ApiKey(models.Model):
    """A key for a program. Only its prefix and the hash of its secret are kept."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    store_ids = ArrayField(models.BigIntegerField(), null=True)
    created_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["prefix"], name="accounts_apikey_prefix_once"),)

    def __str__(self) -> str:
        return self.prefix
