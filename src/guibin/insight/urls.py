"""Pages of insight."""

from django.urls import path

from guibin.insight.views import freshness, lists, rfm, worth

app_name = "insight"
urlpatterns = [
    path("insight/", rfm.diagnosis, name="rfm"),
    path("insight/concentration/", worth.concentration, name="concentration"),
    path("insight/stages/", worth.stages, name="stages"),
    path("insight/behaviour/", worth.behaviour, name="behaviour"),
    path("insight/customers/", lists.members, name="members"),
    path("insight/freshness/", freshness.freshness, name="freshness"),
    path("insight/freshness/refresh/", freshness.start_refresh, name="start_refresh"),
    path("insight/freshness/progress/<int:run_id>/", freshness.progress, name="progress"),
    path("insight/freshness/cancel/<int:run_id>/", freshness.cancel, name="cancel"),
]
