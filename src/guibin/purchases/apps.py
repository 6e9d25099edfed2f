from django.apps import AppConfig


class PurchasesConfig(AppConfig):
    name = "guibin.purchases"
    label = "purchases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Customers are told what they cannot see: when somebody last bought something."""
        from guibin.customers.ports import tell_activity
        from guibin.purchases.queries.activity import find_last_bought

        tell_activity(find_last_bought)
