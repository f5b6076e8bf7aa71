"""What a search takes where nothing else is asked for, in one place for Python and the command line."""

from __future__ import annotations

#: Name in `METHODS`.
METHOD = "default"
#: Simulations that the search may use.
RUNS = 200
#: Paired replicates of the judge.
REPLICATES = 20
