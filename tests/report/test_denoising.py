"""What the page says of denoising."""

from dataclasses import replace

from tests.report.reading import read, with_facts, with_section


def test_the_page_says_whether_an_attack_knew_of_the_denoiser(full):
    assert "one that does may go through it" in read(full, "denoising").words
    views = {**full.facts.views, "pgd": "images of original attacked by PGD, through the denoiser"}
    knowing = with_facts(full, views=views)
    assert "is judged behind it" in read(knowing, "denoising").words


def test_a_processed_hull_has_a_column_where_there_is_one(full):
    words = read(full, "denoising").words
    assert "median hull distance to the processed hull original 300 90.0 % 1 2 – far 300 – 1 2 1.25" in words
    own = full.sections["denoising"]
    none = replace(own, views=own.views.assign(processed=None))
    assert "processed hull" not in read(with_section(full, "denoising", none), "denoising").words


def test_what_a_study_found_stands_beside_what_the_lecture_states(full):
    assert "Ants blur. They do." in read(full, "denoising").words
    none = with_section(full, "denoising", replace(full.sections["denoising"], lecture=[]))
    assert "lecture states" not in read(none, "denoising").words
