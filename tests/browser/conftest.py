"""These tests need a browser, so they are left out unless one is named: `make test-browser`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

collect_ignore_glob = [] if os.environ.get("CHROMIUM") else ["*.py"]
sys.path.insert(0, str(Path(__file__).resolve().parent))  # `chromium` lies beside the tests
