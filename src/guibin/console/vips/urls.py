"""Addresses of the VIP pages; console's own urls include them."""

from django.urls import path

from guibin.console.vips import views

urlpatterns = [
    path("vips/", views.vip_list, name="console-vips"),
    path("vips/near/", views.near_list, name="console-vips-near"),
    path("vips/decide/", views.decide_again, name="console-vips-decide"),
    path("vips/policies/", views.policy_list, name="console-policies"),
    path("vips/policies/new/", views.policy_new, name="console-policy-new"),
    path("vips/policies/rules/", views.policy_rules, name="console-policy-rules"),
    path("vips/policies/preview/", views.policy_preview, name="console-policy-preview"),
    path("vips/policies/<slug:code>/", views.policy_detail, name="console-policy"),
    path("vips/policies/<slug:code>/edit/", views.policy_edit, name="console-policy-edit"),
    path("vips/policies/<slug:code>/activate/", views.policy_activate, name="console-policy-activate"),
    path("vips/policies/<slug:code>/lists/", views.policy_lists, name="console-policy-lists"),
]
