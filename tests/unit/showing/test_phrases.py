"""Every language has the phrases of English, with the same gaps."""

from string import Formatter

import pytest

from kpirules.diagnostics.phrases import PHRASES, phrases


def gaps(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", PHRASES)
def test_a_language_has_every_phrase_with_its_gaps(language: str) -> None:
    english, other = PHRASES["en"], PHRASES[language]
    assert other.keys() == english.keys()
    assert {key: gaps(phrase) for key, phrase in other.items()} == {
        key: gaps(phrase) for key, phrase in english.items()
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, "en"),
        ("", "en"),
        ("vi", "vi"),
        ("vi-VN", "vi"),
        ("VI-Latn-VN", "vi"),
        ("fr", "en"),
        ("-", "en"),
    ],
)
def test_a_language_is_found_by_its_tag_or_a_more_general_one(asked: str | None, found: str) -> None:
    assert phrases(asked) == (found, PHRASES[found])
