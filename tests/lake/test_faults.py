"""Sentences about faults: like ones in one, in the order of the files and their rows."""

import pandas as pd

from workbench.lake.faults import sentences


def quarantine(*rows):
    columns = ["file", "row", "column", "problem", "found", "remedy"]
    return pd.DataFrame([(*row, "mend it") for row in rows], columns=columns)


def test_sentences_follow_files_and_rows():
    told = sentences(
        quarantine(
            ("b.csv", 2, "sku", "blank", ""),
            ("a.csv", 9, "sku", "unknown", "Z"),
            ("a.csv", 3, "units", "no number", "x"),
        )
    )
    assert [sentence.split(":")[0] for sentence in told] == [
        "a.csv, row 3, units",
        "a.csv, row 9, sku",
        "b.csv, row 2, sku",
    ]


def test_many_like_faults_show_the_first_rows_and_different_cells():
    rows = [("a.csv", row, "units", "no number", found) for row, found in enumerate("xxyzw", start=2)]
    assert sentences(quarantine(*rows)) == [
        "a.csv, units, 5 rows (2, 3, 4, …): found 'x', 'y', 'z', … (no number); mend it."
    ]


def test_other_remedies_are_other_sentences():
    rows = quarantine(("a.csv", 2, "sku", "unknown", "Y"), ("a.csv", 3, "sku", "unknown", "Z"))
    assert len(sentences(rows.assign(remedy=["add it to products", "correct it"]))) == 2


def test_no_fault_no_sentence():
    assert sentences(quarantine()) == []
