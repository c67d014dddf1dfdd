"""What makes cases alike to a plan, as the text of functions that tell cases apart.

Cases are alike when every comparison of their facts comes out alike. They are alike in outline when whatever each
rule asks of the facts comes out alike as a whole: then the same rules hold, and what is decided differs in amounts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.compile import Names, may_code, must_code, truth_code
from refundrules.expr.condition import Condition
from refundrules.expr.walk import all_leaves


def comparisons(conditions: Iterable[Condition], needs: Iterable[int], names: Names) -> list[str]:
    """Return a Python expression for each comparison of facts that the conditions make, and each fact that is needed."""
    codes: dict[str, None] = {}
    for condition in conditions:
        for leaf in all_leaves(condition, names.defined):
            code = truth_code(leaf, names)
            if code is not None:
                codes.setdefault(code)
    return [*codes, *_unknown(needs, codes)]


def outline(conditions: Iterable[Condition], needs: Iterable[int], names: Names) -> list[str]:
    """Return a Python expression for the truth of what each condition asks of the facts alone; fewer, coarser ones."""
    codes: dict[str, None] = {}
    for condition in conditions:
        for part in _of_facts(condition, names):
            may, must = may_code(part, names), must_code(part, names)
            if may == must:
                codes.setdefault(must)
            else:
                codes.setdefault(f"(0 if not {may} else 1 + ({must}))")
    return [*(code for code in codes if code not in ("True", "False")), *_unknown(needs, codes)]


def _unknown(needs: Iterable[int], codes: dict[str, None]) -> Iterator[str]:
    asked = dict.fromkeys(f"f[{at}] is None" for at in needs)
    return (code for code in asked if code not in codes)


def _of_facts(condition: Condition, names: Names) -> Iterator[Condition]:
    """Yield the largest parts of a condition that read no answers: with the answers, their truths give its truth."""
    if not _reads_answers(condition, names):
        yield condition
    elif isinstance(condition, cn.Not):
        yield from _of_facts(condition.part, names)
    elif isinstance(condition, cn.Group):
        of_facts = [part for part in condition.parts if not _reads_answers(part, names)]
        if of_facts:
            yield type(condition)(tuple(of_facts))
        for part in condition.parts:
            if part not in of_facts:
                yield from _of_facts(part, names)
    else:
        body = names.defined(condition.name)
        if isinstance(body, cn.Condition):
            yield from _of_facts(body, names)


def _reads_answers(condition: Condition, names: Names) -> bool:
    return any(names.answer(name) for leaf in all_leaves(condition, names.defined) for name in _names(leaf, names))


def _names(leaf: cn.Leaf, names: Names) -> Iterable[str]:
    if not isinstance(leaf, cn.Compare):
        return (leaf.name,)
    sides = (fm.expanded(fm.Ref(leaf.name), names.defined), fm.expanded(leaf.right, names.defined))
    return [name for side in sides for name in fm.names(side)]
