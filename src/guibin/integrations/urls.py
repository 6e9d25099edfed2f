"""Addresses of the import clinic."""

from django.urls import path

from guibin.integrations import views

app_name = "integrations"
urlpatterns = [
    path("imports", views.import_list, name="list"),
    path("imports/new", views.new_import, name="new"),
    path("imports/<int:import_id>", views.import_page, name="import"),
    path("imports/<int:import_id>/progress", views.progress, name="progress"),
    path("imports/<int:import_id>/columns", views.map_columns, name="map"),
    path("imports/<int:import_id>/back", views.back_to_mapping, name="back"),
    path("imports/<int:import_id>/start", views.start, name="start"),
    path("imports/<int:import_id>/cancel", views.cancel, name="cancel"),
    path("imports/<int:import_id>/undo", views.undo, name="undo"),
    path("imports/<int:import_id>/rows", views.rows, name="rows"),
    path("imports/<int:import_id>/corrected", views.corrected, name="corrected"),
    path("imports/<int:import_id>/errors", views.errors, name="errors"),
]
