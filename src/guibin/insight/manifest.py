"""What insight offers the house."""

from guibin.core.manifest import Manifest

MANIFEST = Manifest(slice="insight")
