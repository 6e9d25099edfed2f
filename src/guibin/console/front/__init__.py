"""Where staff begin: home, search, the settings hub, the guided first run."""
