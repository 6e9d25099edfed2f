"""Addresses of the customer page. A number has a digit, so that ``/customers/new/`` stays the form."""

from django.urls import re_path

from guibin.console.profile import views

NUMBER = r"^customers/(?P<number>[^/]*[0-9][^/]*)/"

urlpatterns = [
    re_path(rf"{NUMBER}$", views.profile, name="console-profile"),
    re_path(rf"{NUMBER}place/$", views.place, name="console-profile-place"),
    re_path(rf"{NUMBER}timeline/$", views.more_timeline, name="console-profile-timeline"),
]
