"""What an import made of the customers."""

from guibin.customers.models import Customer


def count_imported(import_id: int) -> int:
    """How many customers this import made, of those that are still here."""
    return Customer.objects.filter(import_id=import_id).count()
