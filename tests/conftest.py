"""What every test shares: how hard Hypothesis looks.

`dev` looks at new examples each time, `ci` at the same ones, `brief` at few (where the same tests have run on another
Python already), `thorough` at many more. HYPOTHESIS_PROFILE chooses one.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A slow machine is no finding.
ANY = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("dev", ANY)
settings.register_profile("ci", ANY, derandomize=True, database=None)
settings.register_profile("brief", ANY, derandomize=True, database=None, max_examples=20)
settings.register_profile("thorough", ANY, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
