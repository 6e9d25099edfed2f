"""``python -m guibin`` is the command line."""

import sys

from guibin.config.cli import main

sys.exit(main())
