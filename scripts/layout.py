"""The library's modules in reading order: a module may import only from those before it."""

from __future__ import annotations

LAYOUT: dict[str, str] = {
    "Foundations": """
        errors minorunits guardrails questions formula condition yamlfile fields modelproblems
    """,
    "Money without a policy": """
        workings proration moneysettings quoteorder quotereading quoteparts levies ledger lineaccount orderaccounts
        paidparts itemquote brokenpromise tendering quoting quotetaxes exchange quote moneyextras money
    """,
    "The case and its facts": """
        case casefile claimmoney orderscene scene deriving facts axioms
    """,
    "The policy and its files": """
        policyparts wording packdata policy packfiles lexicon reading declarations rulereading wordingreading
        invariantreading loader
    """,
    "Matching": """
        likeness rulereads ruleset durable matcher
    """,
    "Resolving": """
        settle joining result resolve skeleton turning complete reference words
    """,
    "The decision": """
        traceshape decisionparts decision render_words message claimwork merge describe trace livetrace engine
        booking
    """,
    "Showing decisions": """
        render_view render_condition render_text render_path render_report render_html render_markdown
        render_terminal render_remedy render_claim render_decision render_trace render
    """,
    "Testing packs": """
        expectation testfiles packtest listing
    """,
    "Schemas": """
        schema_shapes schema_case schema_condition schema_pack schema_decision schema_tests schema
    """,
    "Why, why not, what if": """
        explainwords explanation decisive targets why whynot casechange levers wish reach survey changes whatif setting beside
    """,
    "What to ask next": """
        asklabels ask telling asking interview
    """,
    "Policies in sentences": """
        factnames sentence
    """,
    "Checking and comparing policies": """
        diagram linear arithmetic pointsearch space impossible findcase meaning floors witness scope check_findings check_rules
        check_comparisons check_promises check_amounts check_declared checking check_text diff_changes diff_regions
        diff_unseen diffing diff_text
    """,
    "Backtests and made-up histories": """
        draws syntheticorder syntheticclaim synthetic casepaths casecolumns pastcases tally observing backtestreport
        batchrun backtesting render_backtest charts render_backtest_html render_tables
    """,
    "What tests show: coverage and mutants": """
        conditionparts watching goals coverage mutants patching decided mutation equivalent edges searching
        suggesting mutationreport
    """,
    "Policies as documents, and new packs": """
        policybook policydoc_style policydoc_words policydoc_graph policydoc_html
        policydoc_markdown policydoc newpack
    """,
    "The command line": """
        shell cli_output cli_explain cli_ask cli_record cli_check cli_diff cli_backtest cli_packtest cli_docs cli_new
        cli __main__
    """,
}
"""What each group is about, and its modules."""

READING_ORDER = [name for names in LAYOUT.values() for name in names.split()]
