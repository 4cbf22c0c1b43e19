"""Tables as text, to the letter."""

from io import StringIO

import numpy as np
import pandas as pd

from retrieval_core.evaluation.table_files import to_csv, to_latex, to_markdown

TABLE = pd.DataFrame(
    {"all_souls": [10.956, 31.08], "mAP | %": [np.nan, 49.364], "rank": [3, 2], "note": ["fc7 & $x^2$", "a|b\\"]}, index=["1a", "1b"]
)  # fmt: skip


def test_csv_survives_the_round_trip():
    table = pd.DataFrame(np.random.default_rng(0).random((20, 3)), [f"1{letter}" for letter in "abcdefghijklmnopqrst"], list("xyz"))
    table.iloc[2, 1] = np.nan
    back = pd.read_csv(StringIO(to_csv(table)), index_col=0, dtype=str).astype(float)
    pd.testing.assert_frame_equal(back, table, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_csv(StringIO(to_csv(table, 3)), index_col=0), table.round(3))


def test_csv_to_the_letter():
    assert to_csv(TABLE, 1) == ',all_souls,mAP | %,rank,note\n1a,11.0,,3,fc7 & $x^2$\n1b,31.1,49.4,2,a|b\\\n'


def test_latex_to_the_letter():
    assert to_latex(TABLE) == r"""\begin{tabular}{lrrrl}
\toprule
 & all\_souls & mAP | \% & rank & note \\
\midrule
1a & 10.96 & -- & \textbf{3} & fc7 \& \$x\textasciicircum{}2\$ \\
1b & \textbf{31.08} & \textbf{49.36} & 2 & a|b\textbackslash{} \\
\bottomrule
\end{tabular}
"""
    assert "textbf" not in to_latex(TABLE, bold_best=False)


def test_markdown_to_the_letter():
    assert to_markdown(TABLE.rename_axis("model"), 1) == r"""| model | all_souls | mAP \| % | rank | note |
| --- | --: | --: | --: | --- |
| 1a | 11.0 | – | 3 | fc7 & $x^2$ |
| 1b | 31.1 | 49.4 | 2 | a\|b\\ |
"""


def test_values_that_print_alike_are_bold_alike_and_those_missing_never():
    table = pd.DataFrame({"mAP": [50.001, 50.004, 49.0], "none": [np.nan] * 3}, ["1a", "1b", "1c"], dtype=np.float32)
    lines = to_latex(table).splitlines()[4:7]
    assert lines == [r"1a & \textbf{50.00} & -- \\", r"1b & \textbf{50.00} & -- \\", r"1c & 49.00 & -- \\"]


def test_tables_without_rows_and_with_truth_values():
    assert to_markdown(pd.DataFrame(columns=["a"], dtype=float)) == "|  | a |\n| --- | --: |\n"
    assert to_latex(pd.DataFrame(columns=["a"], dtype=float)).splitlines()[2:4] == [r" & a \\", r"\midrule"]
    assert "True" in to_latex(pd.DataFrame({"a": [True]}))
