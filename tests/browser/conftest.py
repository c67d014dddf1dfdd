"""These tests need a browser, so they are left out unless asked for: `make test-browser`."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("CHROMIUM") else ["test_*.py"]
