"""Turns failures of the disk and of DuckDB into expected failures with a code of the catalogue of problems."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator

import duckdb

from harvesters.errors import HarvestError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # EFBIG: the limit on one file's size, as a full disk to who writes

BUGS = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
    duckdb.NotImplementedException,
)


@contextlib.contextmanager
def storing() -> Iterator[None]:
    """Raise HarvestError store-full or store-io in place of an OSError."""
    try:
        yield
    except OSError as error:
        code = "store-full" if error.errno in FULL else "store-io"
        raise HarvestError(code, error=errno.errorcode.get(error.errno or 0, type(error).__name__)) from error


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """Raise HarvestError in place of a failure of a query that is not a bug of ours: time, memory, disk, a damaged file.

    A damaged Parquet fails in many ways (of 600 with flipped bits, seven kinds of error); what can only be our own wrong
    statement is let through.
    """
    try:
        yield
    except BUGS:
        raise
    except duckdb.InterruptException as error:
        raise HarvestError("rows-time") from error
    except duckdb.OutOfMemoryException as error:
        raise HarvestError("rows-memory") from error
    except duckdb.Error as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise HarvestError("store-full", error="ENOSPC") from error
        raise HarvestError("table-damaged") from error
