"""What integrations offers the house."""

from guibin.core.manifest import Manifest

MANIFEST = Manifest(slice="integrations")
