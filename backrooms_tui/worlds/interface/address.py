"""Where a world-interface server is asked."""

# What its documentation says.
DOCUMENTED = "http://localhost:3000"
KEY = "WORLD_INTERFACE_KEY"
_PATH = "/v1/chat/completions"


def asked_at(url: str) -> str:
    """The address that commands are sent to, for a server's `url` with or without /v1 and what follows it."""
    base = url.rstrip("/")
    for ending in (_PATH, "/v1"):
        if base.endswith(ending):
            base = base.removesuffix(ending)
            break
    return f"{base}{_PATH}"
