from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PurchasesConfig(AppConfig):
    name = "guibin.purchases"
    label = "purchases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Customers are told what they cannot see: when somebody last bought something, and how many orders
        hang on an id."""
        from guibin.customers.ports import tell_activity, tell_belongings
        from guibin.purchases.queries.activity import find_last_bought
        from guibin.purchases.queries.customers import count_orders_of

        tell_activity(find_last_bought)
        tell_belongings(_("Orders"), count_orders_of)
