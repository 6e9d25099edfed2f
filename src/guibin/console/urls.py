"""Addresses of the staff pages that mix slices."""

from django.urls import include, path

urlpatterns = [
    path("", include("guibin.console.front.urls")),
    path("", include("guibin.console.profile.urls")),
    path("", include("guibin.console.vips.urls")),
]
