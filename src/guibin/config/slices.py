"""The slices of this install, bottom floor first. Settings, addresses and commands follow this list."""

SLICES = (
    "core",
    "web",
    "accounts",
    "customers",
    "purchases",
    "loyalty",
    "insight",
    "integrations",
    "console",
)
