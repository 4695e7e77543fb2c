"""The child process that takes the text out of PDF documents, by pypdf.

Run as a script, `pdf_child.py STEP MEMORY MOST`; the program imports no more of it than how it speaks. Documents come
by standard input, each as its length in 8 bytes and its bytes; none is opened here by its path. For each, messages go
to standard output, a letter, a length in 8 bytes and so many bytes: `n` how many pages it has, `p` the text of the
next one, `x` for one that could not be read, and `e` its end, with the reason where there is one.

PDF is a program, and some are written to harm. A step (making out the pages, reading one) may take STEP seconds, the
process MEMORY bytes where the system has such a limit, and a document's text MOST bytes. It ends when its standard
input does, whatever it is doing: when the parent ends, however it ends, it goes with it.
"""

import faulthandler
import gc
import io
import logging
import os
import queue
import signal
import struct
import sys
import threading
import warnings
from collections.abc import Callable
from typing import BinaryIO

HEAD = struct.Struct(">cQ")
LENGTH = struct.Struct(">Q")
# How it ends by itself; faulthandler's watch ends it with 1.
UNAVAILABLE, OUT_OF_MEMORY = 70, 71
_LARGE = 1_000_000
# Letters that are written as one, which nobody types: words are to be found without them.
_PLAIN = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\f": "\n", "\v": "\n", "\0": None}
)


def main(step: float, memory: int, most: int) -> int:
    """Read documents for as long as there are some; with what to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to judge
    if hasattr(os, "nice"):
        os.nice(10)  # there is a screen to be drawn, and perhaps a model that speaks
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    into = _alone_with_its_output()
    documents: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(documents,), daemon=True).start()
    try:
        import pypdf
    except Exception:
        return UNAVAILABLE
    # The program that it would start for a kind of picture stays where it is.
    pypdf.overwrite_configuration(jbig2dec_binary=None, disable_legacy_handling=True)
    _bound(memory)
    watched = open(os.devnull, "wb")  # noqa: SIM115 - for as long as the process lives
    while True:
        data = documents.get()
        try:
            _read(data, into, most, lambda: faulthandler.dump_traceback_later(step, exit=True, file=watched))
        except MemoryError:
            return OUT_OF_MEMORY
        faulthandler.cancel_dump_traceback_later()
        if len(data) > _LARGE:
            # What is left of it leads round in circles, and would be in the way of the next one.
            gc.collect()


def _read(data: bytes, into: BinaryIO, most: int, begin: Callable[[], None]) -> None:
    """Say what stands in one document; `begin` begins a step."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    begin()
    why = ""
    try:
        reader = PdfReader(io.BytesIO(data))
        pages = reader.pages
        _say(into, b"n", str(len(pages)).encode())
        for page in pages:
            begin()
            try:
                text = page.extract_text()
            except Exception as error:
                if isinstance(error, MemoryError) or (reader.is_encrypted and isinstance(error, DependencyError)):
                    raise
                # Whatever is wrong with one page, others may be fine.
                _say(into, b"x", b"")
                continue
            text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN).strip("\n")
            found = text.encode("utf-8", "replace")
            _say(into, b"p", found[:most])
            most -= len(found)
            if most <= 0:
                why = "long"
                break
    except FileNotDecryptedError:
        why = "encrypted"
    except DependencyError:
        why = "cipher"
    except MemoryError:
        raise
    except Exception:
        # The library says itself that broken documents raise whatever there is.
        why = "broken"
    _say(into, b"e", why.encode())


def _listen(documents: "queue.SimpleQueue[bytes]") -> None:
    """Take in documents, and end the process at the end of them."""
    try:
        while len(head := sys.stdin.buffer.read(LENGTH.size)) == LENGTH.size:
            documents.put(sys.stdin.buffer.read(*LENGTH.unpack(head)))
    finally:
        os._exit(0)


def _say(into: BinaryIO, kind: bytes, words: bytes) -> None:
    try:
        into.write(HEAD.pack(kind, len(words)) + words)
        into.flush()
    except OSError:  # nobody listens any more
        os._exit(0)


def _alone_with_its_output() -> BinaryIO:
    """Standard output, out of reach of whatever else may print something."""
    into = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return into


def _bound(memory: int) -> None:
    """Have the system see to it that this takes no more than `memory` bytes, and writes no file."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # it has no such limit, or a lower one
            continue


if __name__ == "__main__":
    os._exit(main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
