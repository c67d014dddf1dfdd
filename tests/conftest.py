"""What every test shares: how hard Hypothesis looks.

`dev` looks at new examples each time, `ci` at the same ones, `brief` at few (where the same tests have run on another
Python already), `thorough` at many more. HYPOTHESIS_PROFILE chooses one.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.register_profile("brief", deadline=None, print_blob=True, derandomize=True, database=None, max_examples=20)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
