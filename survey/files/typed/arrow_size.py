"""How much an Arrow file takes unpacked, read from its messages before anything is unpacked.

A record batch says where each buffer of the body lies; a packed buffer begins with its size unpacked (8 bytes). The
messages are flatbuffers (Arrow's Message.fbs): a table begins with the distance to the list of its fields' places.
"""

from __future__ import annotations

import struct


def ipc_size(stream: bytes) -> tuple[int, int]:
    """Rows of all batches, and bytes of all buffers unpacked."""
    import pyarrow as pa

    reader = pa.ipc.MessageReader.open_stream(pa.BufferReader(stream))
    rows = size = 0
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return rows, size
        if message.type in ("record batch", "dictionary"):
            body = message.body.to_pybytes() if message.body is not None else b""
            of_batch, packed, buffers = _batch(message.metadata.to_pybytes(), dictionary=message.type == "dictionary")
            rows += 0 if message.type == "dictionary" else of_batch
            size += sum(_unpacked(body, start, length) if packed else length for start, length in buffers)


def _unpacked(body: bytes, start: int, length: int) -> int:
    """The size that a packed buffer states; -1 there means that it is not packed after all."""
    stated = struct.unpack_from("<q", body, start)[0] if length >= 8 and start + 8 <= len(body) else -1
    return max(stated, length)


def _batch(metadata: bytes, *, dictionary: bool) -> tuple[int, bool, list[tuple[int, int]]]:
    """Rows, whether buffers are packed, and (start, length) of each buffer: read from a flatbuffer of Arrow's format.

    Message { version, header_type, header, ... }; RecordBatch { length, nodes, buffers, compression };
    DictionaryBatch { id, data: RecordBatch }.
    """
    batch = _field(metadata, struct.unpack_from("<I", metadata, 0)[0], 2, table_follows=True)
    if dictionary and batch:
        batch = _field(metadata, batch, 1, table_follows=True)
    length = _field(metadata, batch, 0)
    vector = _field(metadata, batch, 2, table_follows=True)
    buffers = []
    if vector:
        count = struct.unpack_from("<I", metadata, vector)[0]
        buffers = [struct.unpack_from("<qq", metadata, vector + 4 + 16 * i) for i in range(count)]
    rows = struct.unpack_from("<q", metadata, length)[0] if length else 0
    return rows, bool(_field(metadata, batch, 3)), buffers


def _field(data: bytes, table: int, number: int, *, table_follows: bool = False) -> int:
    """Where a field of a table of a flatbuffer lies, or the table that it points to; 0 where it is not there."""
    if not table:
        return 0
    fields = table - struct.unpack_from("<i", data, table)[0]
    place = 4 + 2 * number
    offset = (
        struct.unpack_from("<H", data, fields + place)[0] if place < struct.unpack_from("<H", data, fields)[0] else 0
    )
    if not offset:
        return 0
    at = table + offset
    return int(at + struct.unpack_from("<I", data, at)[0]) if table_follows else at
