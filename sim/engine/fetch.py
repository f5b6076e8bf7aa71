"""Asking for memory ahead of its use.

The rows of a tile lie 4 kB apart and are visited in a drawn order, which the processor cannot guess; asked
for one tile ahead, they arrive while the tile before them is worked on. It changes no result.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from sim.engine.compile import compiled

#: Bytes of a cache line.
LINE = 64


@intrinsic
def _touch_line(_context: Any, array: Any, index: Any) -> Any:
    """Prefetch the cache line of array[index] (one-dimensional, contiguous) into the second-level cache."""
    signature = types.void(array, types.intp)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(values.data, [arguments[1]]), cgutils.voidptr_t)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        builder.call(prefetch, [address, number(0), number(2), number(1)])
        return context.get_dummy_value()

    return signature, generate


@compiled
def fetch(row):  # type: ignore[no-untyped-def]
    """Ask for one row of a tile."""
    for index in range(0, row.shape[0], LINE // row.itemsize):
        _touch_line(row, index)  # type: ignore[call-arg]
