"""Addresses of the customer page. A number has a digit, so that ``/customers/new/`` stays the form."""

from django.urls import path, register_converter

from guibin.console.profile import views


class CustomerNumber:
    """A path part with a digit in it."""

    regex = r"[^/]*[0-9][^/]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CustomerNumber, "customer_number")
NUMBER = "customers/<customer_number:number>/"

urlpatterns = [
    path(NUMBER, views.profile, name="console-profile"),
    path(f"{NUMBER}place/", views.place, name="console-profile-place"),
    path(f"{NUMBER}timeline/", views.more_timeline, name="console-profile-timeline"),
]
