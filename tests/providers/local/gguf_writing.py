"""Writes small GGUF files: heads as real ones have them, with a tensor or two of nothing."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path


def gguf_bytes(
    values: Mapping[str, object], tensors: Sequence[tuple[str, tuple[int, ...]]] = (("w", (4,)),), version: int = 3
) -> bytes:
    """A whole file with 32-bit float tensors; texts, whole numbers and lists of texts as metadata."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    for key, value in values.items():
        head += _text(key) + _value(value)
    offset, body = 0, b""
    for name, shape in tensors:
        elements = 1
        for length in shape:
            elements *= length
        head += _text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", 0, offset)
        data = bytes(4 * elements)
        body += data + bytes(-len(data) % 32)
        offset = len(body)
    return head + bytes(-len(head) % 32) + body


def write_gguf(path: Path, **values: object) -> Path:
    """A small whole file at `path`; `general_name="X"` stands for the key `general.name`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes({key.replace("_", ".", 1): value for key, value in values.items()}))
    return path


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: object) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, list):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_text(str(one)) for one in value)
    return struct.pack("<I", 8) + _text(str(value))
