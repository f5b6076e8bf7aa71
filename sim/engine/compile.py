"""How the engine's functions are compiled: one decorator, one cache folder per state of the sources.

Numba keys its cache by the file of the decorated function alone, so an edited rule would leave stale
callers behind. The cache folder therefore carries a digest of every source of this package.
`error_model="numpy"` is what lets the float loops vectorise; `fastmath` stays off, since a contracted
multiply-add would differ from the same expression elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config


def cache_folder() -> Path:
    """Folder of the compiled code: per user, per state of the engine's sources.

    `OMNIFUNNEL_CACHE` overrides the base folder.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or (
        os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else str(Path.home() / ".cache")
    )
    base = os.environ.get("OMNIFUNNEL_CACHE") or str(Path(home or ".") / "omnifunnel")
    return Path(base) / f"engine-{digest.hexdigest()[:12]}"


_FOLDER = cache_folder()
_NUMBA: Any = config


def compiled(function: Callable[..., Any]) -> Any:
    """Compile `function` on first call, without the interpreter lock, and keep the result on disk.

    It cannot allocate, and so counts no references: taking an array out of a tuple of tables would
    otherwise cost two atomic operations each time, which was half of the whole engine's time.
    """
    return _compile(function, _nrt=False)


def merged(function: Callable[..., Any]) -> Any:
    """As `compiled`, for steps that take many arrays: written into their callers before compilation.

    A true call would copy all tables and ledgers, and each step would be compiled twice.
    """
    return _compile(function, inline="always", _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """As `compiled`, for functions called per consumer: their callers take them in whole.

    Tables and ledgers are tuples of many arrays, which a true call would copy each time.
    """
    return _compile(function, forceinline=True, _nrt=False)


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    before = _NUMBA.CACHE_DIR
    _NUMBA.CACHE_DIR = str(_FOLDER)
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy", **options)(function)
    finally:
        _NUMBA.CACHE_DIR = before


def is_cached() -> bool:
    """Whether an earlier process has left compiled code for these sources."""
    return any(_FOLDER.rglob("*.nbi"))
