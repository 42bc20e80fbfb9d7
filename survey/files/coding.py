"""A column's cells -> codes: which of its distinct cells each row holds, as an Arrow dictionary.

Most columns of a survey hold few and short texts. The bytes of cells of at most two letters are themselves a key into
a table of 65,536 places, which takes half the time of hashing; other cells are hashed by Arrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 4096  # rows looked at for how often cells of a column repeat
OFTEN = 0.5  # distinct cells per row of the sample above which a column is kept as text
SHORT = 2  # bytes of cells that are keys themselves
LONG = 64  # bytes of a cell beyond which it is not hashed here
WORD = 8  # bytes hashed at once
MIXER = np.uint64(0x9E3779B97F4A7C15)  # an odd number without pattern, as hashes multiply by


def code(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells of type string -> one dictionary in the order of first occurrence; large_string where few repeat."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(column) <= SAMPLE:  # a table of few rows may have many columns
        coded = column.dictionary_encode()
        return coded if len(distinct(coded)) <= OFTEN * len(column) else column.cast(pa.large_string())
    sample = column.slice(0, SAMPLE)
    if pc.count_distinct(sample).as_py() > OFTEN * len(sample):
        return column.cast(pa.large_string())
    longest = _longest(column)
    if longest > SHORT:
        return column.dictionary_encode()
    return _code_short(column, np.uint8 if longest < SHORT else np.uint16)


def distinct(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """The cells of a column, once each where it is coded."""
    import pyarrow.types as types

    if not types.is_dictionary(column.type):
        return column
    return column.chunk(0).dictionary if column.num_chunks else column.cast(column.type.value_type)


def codes_of(column: pa.ChunkedArray) -> np.ndarray:
    """(n,) signed integers, into `distinct`: of a column that is coded."""
    return np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])


def all_visible(texts: pa.ChunkedArray | pa.Array) -> bool:
    """Whether the cells, string or large_string, hold nothing but visible ASCII characters."""
    import pyarrow as pa
    import pyarrow.types as types

    offset = np.int64 if types.is_large_string(texts.type) else np.int32
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        bounds, data = _bytes(chunk, offset)
        part = data[bounds[0] : bounds[-1]]
        if part.min(initial=ord("~")) <= ord(" ") or part.max(initial=0) > ord("~"):
            return False
    return True


def all_differ(column: pa.ChunkedArray) -> bool:
    """Whether no large_string cell occurs twice. Told by hashes of 64 bits: a "no" may be wrong, a "yes" never is."""
    longest = _longest(column)
    if longest > LONG:
        return False
    words = max(-(-longest // WORD), 1)
    parts = [np.zeros(0, np.uint64)]
    for chunk in column.chunks:
        total = np.zeros(len(chunk), np.uint64)
        for word in _words(chunk, words):
            total = (total ^ word) * MIXER
            total ^= total >> np.uint64(WORD * 4)
        parts.append(total)
    hashes = np.sort(np.concatenate(parts))
    return not (hashes[1:] == hashes[:-1]).any()


def _longest(column: pa.ChunkedArray) -> int:
    import pyarrow.compute as pc

    return pc.max(pc.binary_length(column)).as_py() or 0


def _code_short(column: pa.ChunkedArray, kind: type[np.unsignedinteger]) -> pa.ChunkedArray:
    """The same for cells whose bytes fit into a number of `kind`; most distinct cells are met among the first rows."""
    import pyarrow as pa

    keys = np.concatenate([_keys(chunk, kind) for chunk in column.chunks])
    size, rows = np.iinfo(kind).max + 1, min(len(keys), SAMPLE)
    while True:
        first = np.full(size, len(keys))
        first[keys[:rows][::-1]] = np.arange(rows)[::-1]  # of several rows the last one assigned stays
        found = np.flatnonzero(first < len(keys))
        found = found[np.argsort(first[found])]
        place = np.full(size, -1, np.int8 if len(found) <= np.iinfo(np.int8).max else np.int32)
        place[found] = np.arange(len(found))
        codes = place.take(keys)
        if rows == len(keys) or codes.min() >= 0:
            break
        rows = len(keys)
    cells = column.take(pa.array(first[found])).combine_chunks()
    return pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array(codes), cells)])


def _keys(chunk: pa.Array, kind: type[np.unsignedinteger]) -> np.ndarray:
    """(n,) the first byte of each cell, and the second one times 256; 0 for none, as no text holds NUL."""
    bounds, data = _bytes(chunk, np.int32)
    if not len(data):
        return np.zeros(len(chunk), kind)
    starts, ends = bounds[:-1], bounds[1:]
    keys = np.take(data, starts, mode="clip") * (ends > starts)
    if kind is np.uint8:
        return keys
    second = np.take(data, starts + 1, mode="clip") * (ends > starts + 1)
    return np.asarray(keys | second.astype(kind) << np.uint16(8))


def _bytes(chunk: pa.Array, offset: type[np.signedinteger]) -> tuple[np.ndarray, np.ndarray]:
    """(n + 1,) where each cell begins and the last one ends in the bytes of all, and these."""
    _valid, bounds, data = chunk.buffers()
    where = np.frombuffer(bounds, offset)[chunk.offset : chunk.offset + len(chunk) + 1]
    return where, np.frombuffer(data or b"", np.uint8)


def _words(chunk: pa.Array, words: int) -> Iterator[np.ndarray]:
    """(n,) uint64, `words` times: the next eight bytes of each large_string cell, zeros after its end."""
    bounds, data = _bytes(chunk, np.int64)
    text = np.concatenate([data[bounds[0] : bounds[-1]], np.zeros(words * WORD, np.uint8)])
    from_each_byte = np.ndarray(len(text) - WORD + 1, "<u8", text.data, strides=(1,))
    starts, lengths = bounds[:-1] - bounds[0], np.diff(bounds)
    within = np.array([(1 << 8 * count) - 1 for count in range(WORD + 1)], np.uint64)  # of so many bytes
    for word in range(words):
        yield from_each_byte[starts + word * WORD] & within[np.clip(lengths - word * WORD, 0, WORD)]
