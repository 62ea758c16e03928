import pandas as pd

from tools.pages.latent import ROWS, accuracies

BLANK = {"encoding": "", "basis": "", "axes": "", "sign": "", "k": 0}


def test_every_setting_stands_beside_the_paper_and_a_dash_where_nothing_was_measured():
    rows = []
    for setting, shift in (("published", 0.0), ("faithful", 0.03)):
        for place, (_, _, where) in enumerate(ROWS[:-1]):
            value = 0.5 + shift + place / 100
            ends = {
                "value": value,
                "ci_low": value - 0.1,
                "ci_high": value + 0.1,
                "lowest": value - 0.2,
                "highest": 0.9,
            }
            rows.append({"setting": setting, "trainings": 2} | BLANK | where | ends)
    table = accuracies(pd.DataFrame(rows))
    assert table[0] == "| quantity | paper | published | faithful |"
    assert len(table) == 2 + len(ROWS)
    assert "| 92 % | 52.0 % [42.0 %, 62.0 %]; 32.0 % to 90.0 % | 55.0 %" in table[4]
    assert "| 0.620 [0.520, 0.720]; 0.420 to 0.900 |" in table[14]
    assert table[-1].endswith("| – | – | – |")
