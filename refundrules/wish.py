"""What a change of a case should give: a target, or anything else than what is."""

from __future__ import annotations

from typing import NamedTuple

from refundrules.claimwork import Finding
from refundrules.decisionparts import ClaimDecision
from refundrules.result import Result
from refundrules.targets import Target, decided

OPEN = Target("outcome", "needs_information")
_SHOWN_AT = {
    "outcome": 0,
    "issue_class": 1,
    "fault": 2,
    "resolution": 3,
    "return_required": 4,
    "freight.return": 6,
    "freight.replacement": 7,
}
"""Where a result shows the answers to questions of the core."""


class Goal(NamedTuple):
    """What is wanted (None: anything else), and the decision that is to be changed."""

    want: Target | None
    base: ClaimDecision

    def met(self, claim: ClaimDecision) -> bool:
        """Return whether a decision is what was wanted; open ones are not, unless wanted."""
        if self.want == OPEN:
            return claim.outcome == "needs_information"
        if claim.outcome == "needs_information":
            return False
        return outcome_of(claim) != outcome_of(self.base) if self.want is None else decided(self.want, claim, {})

    def may_be_met(self, finding: Finding) -> bool:
        """Return whether what was found from facts alone may meet it: a first look, before the case is decided."""
        if self.want == OPEN:
            return not finding.definite
        return finding.definite and self.may_be_met_by(finding.results[0])

    def may_be_met_by(self, result: Result) -> bool:
        """Return the same of one settled result; what is wanted open is met by none."""
        if self.want == OPEN:
            return False
        shown = result.shown()
        if self.want is None:
            return (shown[0], shown[3] if shown[0] == "approve" else None) != outcome_of(self.base)
        at = _SHOWN_AT.get(self.want.question)
        return at is None or self.want.value is None or shown[at] == self.want.value


def outcome_of(claim: ClaimDecision) -> tuple[str, str | None]:
    """Return what tells decisions apart when no target was named."""
    return claim.outcome, claim.resolution if claim.outcome == "approve" else None
