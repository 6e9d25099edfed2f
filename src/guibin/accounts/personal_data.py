"""Privacy class of every field. This slice holds employees, no customers."""

from guibin.core.privacy import PersonalData, PrivacyClass

NONE, ID, STAFF, SECRET = PrivacyClass.NONE, PrivacyClass.ID, PrivacyClass.STAFF, PrivacyClass.SECRET

PERSONAL_DATA = PersonalData(
    fields={
        **{
            f"Organisation.{name}": NONE
            for name in ("id", "name", "base_currency", "time_zone", "as_of_on", "setup_finished_at")
        },
        **{
            f"Store.{name}": NONE
            for name in (
                "id",
                "code",
                "name",
                "kind",
                "city",
                "time_zone",
                "is_active",
                "created_at",
                "changed_xid",
            )
        },
        **{f"Department.{name}": NONE for name in ("id", "name", "parent", "created_at")},
        **{
            f"Role.{name}": NONE
            for name in ("id", "code", "name", "follows_manifests", "own_store_only", "permission_codes")
        },
        **{
            f"Staff.{name}": STAFF
            for name in (
                "id",
                "sign_in_name",
                "display_name",
                "email",
                "phone",
                "role",
                "store",
                "department",
                "language",
                "theme",
                "is_active",
                "created_at",
                "last_login",
                "session_epoch",
                "link_serial",
                "link_expires_at",
            )
        },
        "Staff.password": SECRET,
        **{
            f"ApiKey.{name}": NONE
            for name in (
                "id",
                "name",
                "scopes",
                "store_ids",
                "created_at",
                "expires_at",
                "revoked_at",
                "last_used_at",
            )
        },
        "ApiKey.created_by": STAFF,
        "ApiKey.prefix": SECRET,
        "ApiKey.secret_hash": SECRET,
    }
)
