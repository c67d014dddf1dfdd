"""Where money goes, as people read it: the same in every form as in `refund.by_tender`, and never another place."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import shipped
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from refundrules import Decision, Engine, message, render
from refundrules.io.case_files import read_files
from refundrules.policy.guardrail_lint import lint
from refundrules.rendering.decision import view
from refundrules.rendering.forms import print_decision

ROOT = Path(__file__).resolve().parents[2]
POLICY = shipped.policy()
ENGINE = Engine(POLICY, matcher="compiled")

CARD = {"kind": "card", "captured": "99.00"}
CLOSED = {"kind": "card", "captured": "69.00", "closed": True}
WALLET = {"kind": "wallet", "captured": "30.00"}
Order = dict[str, Any]
WAYS: dict[str, tuple[Order, dict[str, str]]] = {
    "original": ({"tenders": [{**CLOSED, "closed": False}, WALLET]}, {"original": "99.00"}),
    "no means named": ({}, {"original": "99.00"}),
    "store credit": (
        {"tenders": [CARD], "refund_to": "store_credit", "other_means_agreed": True},
        {"store_credit": "99.00"},
    ),
    "a closed card": ({"tenders": [{**CARD, "closed": True}]}, {"unknown": "99.00"}),
    "part closed, agreed": (
        {"tenders": [CLOSED, WALLET], "other_means_agreed": True},
        {"original": "30.00", "store_credit": "69.00"},
    ),
    "part closed": ({"tenders": [CLOSED, WALLET]}, {"original": "30.00", "unknown": "69.00"}),
}

SAYS = {
    "original": re.compile(
        r"原支付|原路|付款时用的|original means|means of payment|back the way|\d (?:card|wallet)\b|\d +(?:银行卡|电子钱包)"
    ),
    "store_credit": re.compile(r"余额|store credit"),
    "unknown": re.compile(r"无法收款|没办法退回|no longer take|cannot take|take nothing back"),
}
"""What a sentence says where money goes, or that it cannot."""
NORMS = [
    text.to(language)
    for text in (POLICY.rule["GUARD-005"].because, POLICY.sources["A1-12"].title, POLICY.sources["G5"].title)
    for language in ("zh", "en")
]
"""What the pack says of refunds in general, beside any decision."""


def printed(decision: Decision) -> str:
    page = io.StringIO()
    print_decision(decision, trace=True, colour=True, file=page)
    return re.sub(r"\x1b\[[0-9;]*m", "", page.getvalue())


def bare(page: str) -> str:
    """Return what a page says: blank lines between its texts, and what is shown of sources under the pointer."""
    titles = "\n\n".join(re.findall(r'title="([^"]*)"', page))
    page = re.sub(r'</text>\s*<text[^>]*font-size="12"[^>]*>', "\n", page)  # a line that goes on in a picture
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "\n\n", page, flags=re.DOTALL) + "\n\n" + titles)


FORMS = {
    "text": lambda decision: render(decision, trace=True),
    "markdown": lambda decision: render(decision, "markdown").replace("\\", "").replace("*", ""),
    "card": lambda decision: bare(render(decision, "html").replace("</b>", "")),
    "report": lambda decision: bare(render(decision, "record").replace("</strong>", "")),
    "terminal": printed,
    "buyer": lambda decision: message(decision, "buyer"),
    "agent": lambda decision: message(decision, "agent"),
}


def shop_case(language: str, order: Order) -> dict[str, Any]:
    documents, problems = read_files([str(ROOT / "examples" / "size-4cm-off.yaml")], lambda: b"")
    assert not problems
    data: dict[str, Any] = json.loads(json.dumps(documents[0].data, default=str))
    return data | {"language": language, "order": data["order"] | order}


def sentences(form: str, language: str) -> list[str]:
    """Return the sentences of a form, in one line each, however they were wrapped."""
    lines = re.sub(r" *\n[ │├└─]*(?=[^\s│├└─])", "\n", form)
    wrap = r"(?<!\n)\n(?=[^\n])"
    if language == "zh":
        lines = re.sub(rf"(?<=[\u3000-\uffef]){wrap}(?=[\u3000-\uffef])", "", lines)
    joined = re.sub(wrap, " ", lines)
    for norm in NORMS:
        joined = joined.replace(norm, "")
    return re.split(r"[。！？]|[.!?](?=\s|$|”)|\n", joined)


@pytest.mark.parametrize("norm", NORMS)
def test_what_is_said_of_refunds_in_general_has_the_consent_of_the_buyer_as_its_exception(norm: str) -> None:
    assert re.search(r"除.*外|\bunless\b", norm)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_no_sentence_says_that_money_goes_where_it_does_not(way: str, form: str, language: str) -> None:
    order, sent = WAYS[way]
    decision = ENGINE.decide(shop_case(language, order))
    shown = FORMS[form](decision)
    said = set()
    for sentence in sentences(shown, language):
        places = {place for place, words in SAYS.items() if words.search(sentence)}
        if "unknown" in places:  # it names the means only to say that nothing goes there
            places -= {"original"} if not re.search(r"按原支付|goes to the means", sentence) else set()
        assert places <= set(sent), sentence
        if len(sent) > 1:
            assert all(sent[place] in sentence for place in places), sentence
        said |= places
    assert said == set(sent)
    if form in ("buyer", "agent"):
        assert lint(shown) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_said_where_all_goes_back_the_way_it_came_does_not_depend_on_the_means(language: str) -> None:
    plain, paid = (ENGINE.decide(shop_case(language, WAYS[way][0])) for way in ("no means named", "original"))
    for to in ("buyer", "agent"):
        assert message(paid, to) == message(plain, to)  # type: ignore[arg-type]


def test_the_buyer_is_asked_where_to_send_what_a_closed_card_cannot_take() -> None:
    decision = ENGINE.decide(shop_case("en", WAYS["a closed card"][0]))
    assert (
        "Once the goods have reached us, we refund 99.00 CNY. The means of payment you used can no longer take money back, "
        "so please tell us where you agree to have it sent. We pay for the way back."
    ) in message(decision, "buyer")
    step, words = message(decision, "agent").splitlines()[5:7]
    assert step == (
        "5. Say where the money goes: The means of payment used cannot take 99.00 CNY back. Ask where the buyer would have it, "
        "and arrange another means only with the buyer's consent."
    )
    assert words == (
        "   “The means of payment you used can no longer take money back, so please tell us where you agree to have it sent.”"
    )
    assert "Goes back to  99.00  still to be agreed with the buyer: card can take nothing back" in render(decision)


def test_a_refund_in_parts_says_how_much_goes_where() -> None:
    decision = ENGINE.decide(shop_case("zh", WAYS["part closed, agreed"][0]))
    assert "这次退还的款项中，30.00 元按原支付方式退回，69.00 元经您同意退到店铺余额。" in message(decision, "buyer")
    assert "退回到    30.00  电子钱包\n            69.00  店铺余额，经买家同意代替银行卡" in render(decision)


def test_where_the_money_of_an_order_goes_is_said_once_with_the_last_claim_refunded() -> None:
    data = shipped.tests()["two-claims"].given
    order = {**data["order"], "refund_to": "store_credit", "other_means_agreed": True}
    total = ENGINE.decide(data).refund.maximum
    order["tenders"] = [{"kind": "card", "captured": str(total)}]
    decision = ENGINE.decide({**data, "order": order})
    assert [claim.outcome for claim in decision.claims] == ["approve", "approve"]
    for to in ("buyer", "agent"):
        said = message(decision, to, "en")  # type: ignore[arg-type]
        assert said.count("All that we give back this time goes to store credit, as you agreed.") == 1
        assert said.index("All that we give back") > said.index("equest 2 of 2")
        assert "means of payment" not in said


# -- every order ----------------------------------------------------------------------------------


@cache
def bases() -> list[Any]:
    """Return the cases of the shop's tests that give money back to nobody knows which means."""
    paid_by = {"tenders", "refunded", "returns", "captured"}
    decided = shipped.decided_tests()
    return [
        test.given for test, decision in decided if not paid_by & set(test.given["order"]) and decision.refund.total
    ]


KINDS = ("card", "wallet", "gift_card", "points")


@st.composite
def paid(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a case of the shop with money to give back, paid with some means, any of which may be closed."""
    data = draw(st.sampled_from(bases()))
    whole = ENGINE.decide(data).refund.maximum
    assert whole is not None
    cuts = sorted(draw(st.lists(st.integers(0, int(whole * 100)), max_size=3)))
    amounts = [high - low for low, high in zip([0, *cuts], [*cuts, int(whole * 100)], strict=True)]
    tenders = [
        {
            "kind": draw(st.sampled_from(KINDS)), "id": f"T{at}", "captured": str(Decimal(amount).scaleb(-2)),
            "closed": draw(st.booleans()),
        }
        for at, amount in enumerate(amounts)
    ]  # fmt: skip
    agreed = draw(st.booleans())
    to = draw(st.sampled_from(["original", "store_credit"])) if agreed else "original"
    return {**data, "order": {**data["order"], "tenders": tenders, "other_means_agreed": agreed, "refund_to": to}}


@examples(60)
@given(paid(), st.sampled_from(["zh", "en"]))
def test_every_destination_and_amount_that_is_shown_is_that_of_by_tender(case: dict[str, Any], language: str) -> None:
    decision = ENGINE.decide({**case, "language": language})
    sent: Counter[str] = Counter()
    for tender in decision.refund.by_tender:
        sent[tender.to or "unknown"] += tender.amount  # type: ignore[assignment]
    sent = Counter({place: amount for place, amount in sent.items() if amount})

    shown: Counter[str] = Counter()
    entries = [entry for section in view(decision).sections if section.name == "tenders" for entry in section.entries]
    for entry in entries:
        place = next((name for name in ("unknown", "store_credit") if SAYS[name].search(entry.text)), "original")
        shown[place] += Decimal(entry.lead)  # type: ignore[assignment]
    assert shown == sent

    for to, its in product(("buyer", "agent"), [decision.trace["messages"]]):
        parts = [part for told in its for part in told[to] if part["say"] == "destination"]
        assert len(parts) == (1 if set(sent) - {"original"} else 0)
        named = ["original", "store_credit", "unknown"] if len(sent) > 1 else []
        if to == "agent" and "unknown" in sent:  # told what to arrange, and in the words to say how much goes where
            named = ["unknown"]
        for part in parts:
            amounts = [Decimal(amount) for amount in re.findall(r"\d+\.\d\d", part[language])]
            assert amounts == [sent[place] for place in named if place in sent]
    said = message(decision, "buyer")
    if "original" not in sent:
        assert not re.search(r"按原支付方式|to the means of payment", said)
    assert ("store_credit" in sent) == bool(SAYS["store_credit"].search(said))
    assert ("unknown" in sent) == bool(SAYS["unknown"].search(said))
