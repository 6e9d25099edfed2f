"""What the page kit itself lets people do."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_GALLERY = Permission(
    "web.view_gallery", _("See the gallery"), _("See every component of the pages in every state.")
)
