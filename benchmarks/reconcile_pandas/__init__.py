"""The reconciliation once more, as a pandas program: what the dbt models are measured against.

From the parsed rows (Parquet copies of six tables of a build) to converted figures, comparisons with their sentences,
findings with their explanations, consensus and vintages: the same rows as the models make, for reports as
`benchmarks.generate` writes them. It is written as someone who knows pandas writes it: text columns are categories and
keys are integers, ties are broken by sorting once, joins are merges on one integer, sentences are joined by Arrow, and
what explains a disagreement is searched among the disagreements only.

Left out is what generated reports do not have: decisions, rates that a source states itself, outside references,
`product`, `fold`, `ratio`, `part_exceeds_whole`, shares found by series keys, terms that are constants, and figures of
one series on several bases or dates. Data with decisions, own rates, ties in several currencies or such series are
refused. Of the explanations, those are left out that need them: sparsity, mislabelled_basis, gross_net, basis, as_of,
and vintage by the day of publication.

    python -m benchmarks.reconcile_pandas --export BUILD_FILE FOLDER     Parquet copies of the raw tables
    python -m benchmarks.reconcile_pandas --input FOLDER --json          seconds per stage, peak memory
    python -m benchmarks.reconcile_pandas --check BUILD_FILE             the same rows as the build has?
"""
