"""Whatever a run can hold has one name that people read, and a colour where figures show it."""

from phiscope.denoising.classical import METHODS
from phiscope.detection import DETECTORS
from phiscope.figures.detection import detectors as lines
from phiscope.figures.implicit import encodings as waves
from phiscope.implicit.encodings import ENCODINGS
from phiscope.words import detectors, encodings, methods


def test_every_encoding_has_a_phrase_a_title_and_a_colour():
    assert encodings.PHRASES.keys() == ENCODINGS.keys()
    assert encodings.TITLES.keys() == waves.COLOURS.keys() >= ENCODINGS.keys()


def test_every_detector_has_a_title_and_a_colour():
    assert detectors.TITLES.keys() == lines.COLOURS.keys() == DETECTORS.keys()


def test_detectors_beside_human_doubt_exist_and_are_no_indicators():
    assert detectors.SCORES.keys() < DETECTORS.keys()
    assert not detectors.SCORES.keys() & detectors.INDICATORS.keys()


def test_every_classical_method_has_a_title():
    assert METHODS.keys() <= methods.NAMES.keys()


def test_no_two_things_have_one_name():
    for names in (encodings.PHRASES, encodings.TITLES, detectors.TITLES, methods.NAMES):
        assert len(set(names.values())) == len(names)


def test_unknown_names_stay_as_they_are():
    assert encodings.phrase_of("wavelets") == encodings.title_of("wavelets") == "wavelets"
    assert detectors.title_of("mine") == methods.title_of("mine") == "mine"
