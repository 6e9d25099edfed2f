"""Addresses of the front pages; console's own urls include them."""

from django.urls import path

from guibin.console.front import views

urlpatterns = [
    path("", views.home, name="console-home"),
    path("home/numbers/", views.home_numbers, name="console-home-numbers"),
    path("search/", views.search, name="console-search"),
    path("search/results/", views.results, name="console-results"),
    path("settings/", views.settings_hub, name="console-settings"),
    path("welcome/", views.welcome_page, name="console-welcome"),
    path("welcome/day/", views.welcome_day, name="console-welcome-day"),
    path("welcome/finish/", views.welcome_finish, name="console-welcome-finish"),
]
