"""Addresses of the page kit."""

from django.urls import path

from guibin.web import views

urlpatterns = [
    path("look", views.look, name="web-look"),
    path("lists/views", views.view_save, name="web-view-save"),
    path("lists/views/<int:view_id>/delete", views.view_delete, name="web-view-delete"),
    path("charts/file", views.chart_file, name="web-chart-file"),
    path("gallery", views.gallery, name="web-gallery"),
    path("gallery/list", views.gallery_list, name="web-gallery-list"),
    path("gallery/pick", views.gallery_pick, name="web-gallery-pick"),
    path("gallery/list/tag", views.gallery_bulk, name="web-gallery-bulk"),
]
