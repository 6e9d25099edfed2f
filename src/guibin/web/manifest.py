"""What the page kit offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import HelpPage, Link, Manifest
from guibin.web.events import ListExported
from guibin.web.permissions import VIEW_GALLERY
from guibin.web.personal_data import PERSONAL_DATA
from guibin.web.settings import ALL

MANIFEST = Manifest(
    slice="web",
    permissions=(VIEW_GALLERY,),
    roles={"owner": (VIEW_GALLERY,)},
    events=(ListExported,),
    links=(
        Link(
            name="web.gallery",
            url_name="web-gallery",
            label=_("Gallery"),
            permission=VIEW_GALLERY,
            icon="components",
            search=_("components, design"),
        ),
        Link(
            name="web.gallery_bulk",
            url_name="web-gallery-bulk",
            label=_("Tag sample customers"),
            permission=VIEW_GALLERY,
        ),
    ),
    help=(
        HelpPage(
            key="web.gallery",
            title=_("Gallery"),
            paragraphs=(
                _("Every part that pages are made of, in every state it can be in."),
                _("People who build pages copy from here; nobody needs it for daily work."),
            ),
            steps=(
                _("Switch the theme and the language above, and look again."),
                _("Make the window narrow: the same parts fit a phone."),
            ),
        ),
    ),
    settings=ALL,
    personal_data=PERSONAL_DATA,
)
