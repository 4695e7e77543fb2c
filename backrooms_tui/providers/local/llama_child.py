"""The child process that holds one GGUF model: llama.cpp's own server, started, announced and ended with its parent.

Run as a script, never imported by the program. It reads one line of JSON from standard input (what to load, with the
key of its server, which therefore shows in no list of processes), writes one line of JSON to standard output ("url" or
"error"), and lives until standard input closes: when the parent ends, however it ends, the model goes with it.
"""

import json
import os
import signal
import sys


def main() -> bool:
    """Load, announce, wait for the end of standard input. Whether there was a model to wait with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to judge
    wish = json.loads(sys.stdin.readline())
    try:
        import xllamacpp
    except (ImportError, OSError) as error:
        _say({"error": "import", "detail": str(error)})
        return False
    params = xllamacpp.CommonParams()
    params.model.path = wish["path"]
    params.n_ctx = wish["context"] * wish["slots"]
    params.n_parallel = wish["slots"]
    params.n_batch = params.n_ubatch = wish["batch"]
    params.cache_ram_mib = wish["cache_mib"]
    # A slot is taken over as it stands by a request whose prompt it holds to that share; for others its contents go to
    # the RAM cache first. With llama.cpp's own 0.1, two agents whose instructions begin alike wiped out each other's
    # (79% of what a cache could serve came from it, instead of all); with 0.9 an agent that speaks with a person alone
    # went back and forth between two slots until the conversation was long.
    params.slot_prompt_similarity = 0.8
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wish["threads"]
    params.cpuparams.poll = params.cpuparams_batch.poll = 0  # a waiting model leaves the processor alone
    params.verbosity = wish["verbosity"]
    # Any page in the person's browser may try a port on this machine. None has this key, none is this origin.
    params.api_keys = [wish["key"]]
    params.cors_origins = "http://backrooms.invalid"
    params.cors_credentials = False
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.sse_ping_interval = 1  # a long prompt is not silence
    try:
        server = xllamacpp.Server(params)
    except Exception as error:
        _say({"error": "load", "detail": str(error)})
        return False
    _say({"url": server.listening_address})
    while sys.stdin.read(4096):
        pass
    return True


def _say(words: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if main():
        # Not by way of the interpreter's farewell: it would wait for replies that are still being written.
        os._exit(0)
    # Where nothing was loaded, by way of it: llama.cpp's log, which has the reason, is written by a thread of its own.
