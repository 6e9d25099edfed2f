"""What one may do on the pages that mix slices."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_HOME = Permission("console.view_home", _("Open the home page"), _("See today's work and search."))
ALL = (VIEW_HOME,)
