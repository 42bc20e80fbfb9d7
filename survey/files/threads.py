"""Work on large tables on several threads: Arrow, numpy and hashlib do theirs outside Python's lock.

Only for work that says nothing to people and changes nothing that others see: what it gives is the same on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

LARGE = 1 << 16  # rows, or bytes, from which a thread saves more than it costs

Part = TypeVar("Part")
Result = TypeVar("Result")


def over(work: Callable[[Part], Result], parts: Iterable[Part], *, size: int) -> list[Result]:
    """`work` of each part, in the order of the parts; `size` is how many rows the table has."""
    if size < LARGE:
        return [work(part) for part in parts]
    from concurrent.futures import ThreadPoolExecutor

    import pyarrow as pa

    with ThreadPoolExecutor(pa.cpu_count()) as pool:  # as many as Arrow may use
        return list(pool.map(work, parts))


def beside(work: Callable[[], Result], *, size: int) -> Callable[[], Result]:
    """Begin `work` beside what comes next; the function that is returned waits for its result.

    `size` is how many rows, or bytes, the work is about.
    """
    if size < LARGE:
        result = work()
        return lambda: result
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    pool.shutdown(wait=False)  # the thread ends with its work
    return future.result
