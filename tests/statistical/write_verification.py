"""Write docs/verification.md anew.

python tests/statistical/write_verification.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from verification import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
