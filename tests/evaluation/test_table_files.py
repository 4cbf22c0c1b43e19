"""Tables as text, to the letter."""

import csv
import re
from io import StringIO

import numpy as np
import pandas as pd
import pytest

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
    assert to_csv(TABLE, 1) == ",all_souls,mAP | %,rank,note\n1a,11.0,,3,fc7 & $x^2$\n1b,31.1,49.4,2,a|b\\\n"


def test_latex_to_the_letter():
    assert (
        to_latex(TABLE)
        == r"""\begin{tabular}{lrrrl}
\toprule
 & all\_souls & mAP | \% & rank & note \\
\midrule
1a & 10.96 & -- & \textbf{3} & fc7 \& \$x\textasciicircum 2\$ \\
1b & \textbf{31.08} & \textbf{49.36} & 2 & a|b\textbackslash  \\
\bottomrule
\end{tabular}
"""
    )
    assert "textbf" not in to_latex(TABLE, bold_best=False)


def test_markdown_to_the_letter():
    assert (
        to_markdown(TABLE.rename_axis("model"), 1)
        == r"""| model   |   all_souls |   mAP \| % |   rank | note        |
|:--------|------------:|-----------:|-------:|:------------|
| 1a      |        11.0 |          – |      3 | fc7 & $x^2$ |
| 1b      |        31.1 |       49.4 |      2 | a\|b\\      |
"""
    )


def test_special_characters_of_names_and_texts_are_escaped():
    table = pd.DataFrame({"a_b": ["\\ & % $ # _ { } ~ ^\nnext"]}, index=["x_1\n%"])
    assert to_latex(table).splitlines()[2:5:2] == [
        r" & a\_b \\",
        r"x\_1 \% & \textbackslash \space \& \% \$ \# \_ \{ \} \textasciitilde \space \textasciicircum \space next \\",
    ]
    table = pd.DataFrame({"a|b": ["\\ | * ` <b>\nnext"]}, index=["x|1\n*"])
    header, _, row = to_markdown(table).splitlines()
    assert re.split(r"(?<!\\)\|", header)[2].strip() == r"a\|b"
    assert [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:3]] == [r"x\|1 \*", r"\\ \| \* \` &lt;b> next"]


@pytest.mark.parametrize("text", ["007", "1e5", "2020-01-01", "1,000", "1_000", "inf", "nan", "True", "0.10"])
def test_texts_are_never_turned_into_numbers(text):
    table = pd.DataFrame({"landmark": [text], "AP": [1.0]}, index=[text])
    assert to_latex(table).splitlines()[4].replace(r"\_", "_") == rf"{text} & {text} & \textbf{{1.00}} \\"
    assert to_markdown(table).splitlines()[2].split() == ["|", text, "|", text, "|", "1.00", "|"]


def test_rows_of_the_same_name_stay_apart():
    table = pd.DataFrame({"AP": [1.0, 2.0]}, index=["gate_1", "gate_1"])
    assert to_latex(table).splitlines()[4:6] == [r"gate\_1 & 1.00 \\", r"gate\_1 & \textbf{2.00} \\"]
    assert to_markdown(table).count("gate_1") == 2


def test_values_that_print_alike_are_bold_alike_and_those_missing_never():
    table = pd.DataFrame({"mAP": [50.001, 50.004, 49.0], "none": [np.nan] * 3}, ["1a", "1b", "1c"], dtype=np.float32)
    lines = to_latex(table).splitlines()[4:7]
    assert lines == [r"1a & \textbf{50.00} & -- \\", r"1b & \textbf{50.00} & -- \\", r"1c & 49.00 & -- \\"]


def test_tables_without_rows_and_with_truth_values():
    assert to_markdown(pd.DataFrame(columns=["a"], dtype=float)) == "|    | a   |\n|----|-----|\n"
    assert to_latex(pd.DataFrame(columns=["a"], dtype=float)).splitlines()[2:4] == [r" & a \\", r"\midrule"]
    assert "True" in to_latex(pd.DataFrame({"a": [True]}))


def test_no_cell_of_a_csv_file_is_a_formula():
    names = ["=1+1", "+x", "-x", "@sum", "\tx", "-1", "007"]
    table = pd.DataFrame([[-0.5] * len(names)] * len(names), index=names, columns=names).assign(note=names)
    rows = list(csv.reader(StringIO(to_csv(table.rename_axis("=name")))))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=@\t") or (cell[:1] in "+-" and not re.fullmatch(r"-(0\.5|1)", cell))]
    assert rows[0][1:8] == ["'=1+1", "'+x", "'-x", "'@sum", "'\tx", "-1", "007"]
    assert rows[1][:2] == ["'=1+1", "-0.5"]
