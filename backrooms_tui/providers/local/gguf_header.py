"""Reading the head of a GGUF file: what the model is, and how long the file has to be.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little endian). The file is not
trusted: every length is checked against what is there before anything is allocated.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MAGIC = b"GGUF"
# The longest head that is read. Vocabularies of a quarter of a million entries take about 10 MB.
_LONGEST_HEAD = 256 << 20
_FIRST_READ = 1 << 20
_LONGEST_KEPT_TEXT = 1 << 20
_MOST_TENSORS = 1 << 20
_MOST_KEYS = 1 << 16
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_LONGEST_KEPT_ARRAY = 4096

# Elements and bytes of a block for each of ggml's tensor types (ggml.h, ggml-common.h).
_BLOCKS: Mapping[int, tuple[int, int]] = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    9: (32, 36),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    16: (256, 66),
    17: (256, 74),
    18: (256, 98),
    19: (256, 50),
    20: (32, 18),
    21: (256, 110),
    22: (256, 82),
    23: (256, 136),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    29: (256, 56),
    30: (1, 2),
    34: (256, 54),
    35: (256, 66),
    39: (32, 17),
}

Value = str | int | float | bool | tuple[str | int | float | bool, ...]


class NotGGUF(Exception):
    """The file is not a whole, readable GGUF file. The text says why, in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """What a GGUF file says about its model.

    `values` are its metadata but for long arrays (vocabularies). `least_size` is how many bytes the file has at least
    when it is whole.
    """

    version: int
    tensors: int
    values: Mapping[str, Value] = field(default_factory=dict)
    least_size: int = 0

    @property
    def architecture(self) -> str:
        """The architecture's name in llama.cpp, such as llama or qwen3."""
        return self.text("general.architecture")

    @property
    def name(self) -> str:
        """The model's name as its maker wrote it; may be empty."""
        return self.text("general.name")

    @property
    def window(self) -> int | None:
        """Context window in tokens that the model was trained for."""
        return self._number("context_length")

    @property
    def has_chat_template(self) -> bool:
        """Whether the file says how a conversation is put to the model."""
        return bool(self.text("tokenizer.chat_template"))

    @property
    def parts(self) -> int:
        """How many files the model is split over."""
        value = self.values.get("split.count", 1)
        return value if isinstance(value, int) and value > 1 else 1

    @property
    def cache_bytes_per_token(self) -> int | None:
        """Bytes of KV cache (16 bit) that one token takes, as an upper bound; None where the file does not say."""
        layers, heads, width = self._number("block_count"), self._number("attention.head_count"), None
        if embedding := self._number("embedding_length"):
            width = embedding // heads if heads else None
        keys = self._number("attention.key_length") or width
        values = self._number("attention.value_length") or width
        shared = self.values.get(f"{self.architecture}.attention.head_count_kv", heads)
        if isinstance(shared, tuple):
            shared = max((one for one in shared if isinstance(one, int)), default=None)
        if not (layers and keys and values and isinstance(shared, int) and shared):
            return None
        return layers * shared * (keys + values) * 2

    def text(self, key: str) -> str:
        """A text by its key, empty where there is none."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def _number(self, key: str) -> int | None:
        value = self.values.get(f"{self.architecture}.{key}")
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def read_header(path: Path) -> GGUFHeader:
    """The head of the file at `path`. Raises NotGGUF with the reason, or OSError where it cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return _Reader(file, size).header()


class _Reader:
    """Reads forward through the head, fetching more of the file as it is needed."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._data = b""
        self._at = 0

    def header(self) -> GGUFHeader:
        if self._take(4) != MAGIC:
            raise NotGGUF("it is not a GGUF file")
        version = self._number("<I")
        if version not in (2, 3):
            order = " (it is made for big-endian machines)" if version in (2 << 24, 3 << 24) else ""
            raise NotGGUF(f"its format version {version} is not known{order}")
        tensors, keys = self._number("<Q"), self._number("<Q")
        if tensors > _MOST_TENSORS or keys > _MOST_KEYS:
            raise NotGGUF("its head is damaged")
        values: dict[str, Value] = {}
        for _ in range(keys):
            key = self._text()
            value = self._value(self._number("<I"))
            if value is not None:
                values[key] = value
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 16:
            raise NotGGUF("its head is damaged")
        end = max((self._tensor_end() for _ in range(tensors)), default=0)
        data = -(-self._at // alignment) * alignment
        return GGUFHeader(version, tensors, values, data + end if tensors else self._at)

    def _tensor_end(self) -> int:
        """Where a tensor ends, counted from the beginning of the data. Of an unknown type only its beginning counts."""
        self._skip_text()
        dimensions = self._number("<I")
        if dimensions > 8:
            raise NotGGUF("its head is damaged")
        elements = 1
        for _ in range(dimensions):
            elements *= self._number("<Q")
        kind, offset = self._number("<I"), self._number("<Q")
        block, block_bytes = _BLOCKS.get(kind, (1, 0))
        return offset + elements // block * block_bytes

    def _value(self, kind: int) -> Value | None:
        if kind == _STRING:
            text = self._text()
            return text if len(text) <= _LONGEST_KEPT_TEXT else text[:_LONGEST_KEPT_TEXT]
        if kind == _ARRAY:
            return self._array()
        if kind not in _SCALARS:
            raise NotGGUF("its head is damaged")
        return self._number(_SCALARS[kind])

    def _array(self) -> Value | None:
        kind, count = self._number("<I"), self._number("<Q")
        if kind == _STRING:
            if count * 8 > self._size:
                raise NotGGUF("its head is damaged")
            for _ in range(count):
                self._skip_text()
            return None
        if kind not in _SCALARS:
            raise NotGGUF("its head is damaged")
        code = _SCALARS[kind]
        if count > _LONGEST_KEPT_ARRAY:
            self._skip(count * struct.calcsize(code))
            return None
        return tuple(self._number(code) for _ in range(count))

    def _text(self) -> str:
        return self._take(self._number("<Q")).decode("utf-8", "replace")

    def _skip_text(self) -> None:
        self._skip(self._number("<Q"))

    def _number(self, code: str) -> int:
        length = struct.calcsize(code)
        if self._at + length > len(self._data):
            self._need(length)
        (value,) = struct.unpack_from(code, self._data, self._at)
        self._at += length
        return value  # type: ignore[no-any-return]

    def _take(self, length: int) -> bytes:
        self._need(length)
        piece = self._data[self._at : self._at + length]
        self._at += length
        return piece

    def _skip(self, length: int) -> None:
        self._need(length)
        self._at += length

    def _need(self, length: int) -> None:
        end = self._at + length
        if end <= len(self._data):
            return
        if end > self._size:
            raise NotGGUF("it is cut off" if self._data[:4] == MAGIC else "it is not a GGUF file")
        if end > _LONGEST_HEAD:
            raise NotGGUF("its head is too long")
        wanted = min(self._size, max(end, 2 * len(self._data), _FIRST_READ))
        self._data += self._file.read(wanted - len(self._data))
        if end > len(self._data):
            raise NotGGUF("it is cut off")
