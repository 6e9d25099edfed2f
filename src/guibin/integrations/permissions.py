"""What one may be allowed to do with imports."""

from django.utils.translation import gettext_lazy as _

from guibin.core.permissions import Permission

VIEW_IMPORTS = Permission(
    "integrations.view_imports", _("See imports"), _("See which files were imported, and their results.")
)
IMPORT_FILES = Permission(
    "integrations.import_files",
    _("Import files"),
    _("Load files, map their columns, import them and cancel."),
)
UNDO_IMPORTS = Permission("integrations.undo_imports", _("Undo imports"), _("Take a whole import back."))
ALL = (VIEW_IMPORTS, IMPORT_FILES, UNDO_IMPORTS)
