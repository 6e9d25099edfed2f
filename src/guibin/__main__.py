"""``python -m guibin``: the command line without its script."""

from guibin.config.cli import main

main()
