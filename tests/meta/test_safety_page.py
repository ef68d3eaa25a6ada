"""What the page on safety says of generated code, receipts, `-O` and its own tests: each sentence names its tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "safety.md"

GENERATED, EVALUATION = "unit/scalar/test_generated_code.py", "unit/expressions/test_evaluation.py"
APPRAISE, STOPPED = "unit/cli/test_appraise_command.py", "unit/cli/test_appraise_stopped.py"
ATOMIC, UPDATING, ASSESS = "unit/test_atomic.py", "unit/testing/test_updating.py", "unit/cli/test_assess_command.py"
OPTIMIZED, CORPUS, ATTACKS = "sandbox/test_optimized.py", "sandbox/test_corpus.py", "sandbox/test_attacks.py"

SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "Generated code": {
        "The scalar engine writes Python code": (f"{GENERATED}::test_names_in_the_code_are_mangled_and_few",),
        "That code holds no text": (
            f"{GENERATED}::test_no_text_of_a_rulebook_stands_in_the_code_that_is_generated_from_it",
        ),
        "Before the code is compiled": (f"{GENERATED}::test_words_that_are_none_of_ours_are_refused",),
        "No quotation mark is among them": (f"{GENERATED}::test_the_words_of_the_code_reach_nothing",),
        "The code runs without builtins": (f"{GENERATED}::test_there_are_no_builtins",),
        "`kpirules plan --code` shows it": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
        "The reference engine interprets": (f"{ATTACKS}::test_what_grows_is_stopped_before_it_is_large",),
        "It is given syntax trees": (f"{EVALUATION}::test_simpleeval_is_given_nothing_of_its_own",),
        "Its operators, functions": (f"{EVALUATION}::test_simpleeval_is_given_nothing_of_its_own",),
        "No text reaches it": (f"{EVALUATION}::test_simpleeval_is_given_nothing_of_its_own",),
    },
    "Receipts and files that are written": {
        "An appraisal reads each of its files once": (f"{APPRAISE}::test_every_file_is_opened_once",),
        "Its receipt holds the SHA-256": (
            f"{APPRAISE}::test_a_receipt_names_every_file_that_was_read",
            f"{APPRAISE}::test_a_byte_of_a_base_counts",
        ),
        "The hashes of results": (f"{APPRAISE}::test_hashes_of_results_are_of_the_bytes_that_were_written",),
        "A file that changes during a run": (
            f"{APPRAISE}::test_a_table_that_changes_meanwhile_is_named_as_it_was_read",
        ),
        "A saved block of an unfinished run": (f"{STOPPED}::test_a_digit_that_changed_in_saved_work_is_told",),
        "A block that was changed is refused": (
            f"{STOPPED}::test_a_digit_that_changed_in_saved_work_is_told",
            f"{STOPPED}::test_a_block_that_changes_while_results_are_put_together_is_told",
            f"{APPRAISE}::test_results_that_were_touched_are_told",
        ),
        "A file that kpirules replaces": (
            f"{ATOMIC}::test_killed_at_any_line_a_file_is_the_old_or_the_new_one",
            f"{ATOMIC}::test_killed_at_any_moment_a_file_is_the_old_or_the_new_one",
        ),
        "This holds for results": (
            f"{STOPPED}::test_a_run_that_stops_at_any_step_ends_the_same",
            f"{UPDATING}::test_an_update_that_fails_leaves_the_file_as_it_was",
            f"{ASSESS}::test_an_output_is_there_whole_or_stays_what_it_was",
        ),
        "The new file is written beside": (
            f"{ATOMIC}::test_the_file_is_synced_before_it_has_its_name_and_the_folder_after",
            f"{STOPPED}::test_every_file_and_every_folder_that_changes_is_synced",
        ),
        "It keeps the mode": (
            f"{ATOMIC}::test_the_mode_of_a_file_is_kept_and_a_new_one_has_the_usual_one",
            f"{ATOMIC}::test_a_file_that_is_protected_is_left_alone",
        ),
        "What `-o` names by a link": (f"{ASSESS}::test_an_output_behind_a_link_is_written_where_it_is",),
        "One run at a time": (f"{APPRAISE}::test_a_second_run_in_one_folder_is_refused",),
        "A lock that was released": (
            f"{APPRAISE}::test_a_lock_that_was_removed_before_it_was_held_keeps_nobody_apart",
            f"{APPRAISE}::test_a_lock_that_is_a_pipe_is_not_waited_for",
            f"{APPRAISE}::test_links_of_others_are_not_followed",
        ),
    },
    "Python with `-O`": {
        "`python -O` leaves out asserts": (f"{OPTIMIZED}::test_every_part_is_compared",),
        "Neither changes": (
            f"{OPTIMIZED}::test_nothing_is_otherwise_in_optimized_python",
            "meta/test_asserts.py::test_an_assert_only_narrows_a_type",
        ),
    },
    "How it is tested": {
        "`tests/sandbox` holds the attacks": (
            f"{ATTACKS}::test_a_hostile_subject_is_refused_with_a_code_or_taken_for_what_it_is",
        ),
        "Each must end with its code": (
            f"{ATTACKS}::test_an_expression_is_refused_with_its_code_or_means_one_value",
        ),
        "Those that are written out": (f"{ATTACKS}::test_an_expression_is_refused_with_its_code_or_means_one_value",),
        "Documents that ask for much work": (
            "sandbox/test_budget.py::test_a_check_ends_soon_and_says_where_it_was_ended",
        ),
        "Further attacks are made": (f"{CORPUS}::test_the_corpus_is_as_large_as_is_said",),
        "They run in batches": (f"{CORPUS}::test_every_attack_ends_as_it_must",),
        "`python -m tests.sandbox.attacks --seed 14`": (
            f"{CORPUS}::test_an_attack_is_made_again_from_its_number_and_attacks_differ",
        ),
        "Generated nonsense is read": ("fuzz/test_fuzz.py::test_no_document_gets_more_than_an_error_of_the_library",),
        "The readers of records": ("sandbox/test_fuzz.py::test_a_reader_raises_nothing_but_errors_of_the_project",),
        "They may raise nothing": ("sandbox/test_fuzz.py::test_a_reader_raises_nothing_but_errors_of_the_project",),
        "`python -m tests.sandbox.fuzz` goes on": (
            "sandbox/test_fuzz.py::test_a_case_is_made_again_from_its_number",
        ),
        "The attacks that are made from a seed, in part": (f"{OPTIMIZED}::test_every_part_is_compared",),
        "`SECURITY.md`": ("meta/test_safety_page.py::test_what_is_reported_matches_what_is_promised",),
    },
}
"""How each sentence begins, by section, and what shows that it is true."""


def sentences(section: str) -> list[str]:
    """The sentences of a section, without its examples and with links as their words."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    text = re.sub(r"(?s)<!--.*?-->|```.*?```", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return [
        one
        for part in re.split(r"\n\n+", text)
        for one in re.split(r"(?<=[.]) +(?=[A-Z`])", " ".join(part.split()))
        if one
    ]


@pytest.mark.parametrize("section", SENTENCES)
def test_every_sentence_has_its_tests(section: str) -> None:
    begun = list(SENTENCES[section])
    assert len(sentences(section)) == len(begun)
    for sentence, begin in zip(sentences(section), begun, strict=True):
        assert sentence.startswith(begin)


@pytest.mark.parametrize(
    "named", sorted({one for all_ in SENTENCES.values() for tests in all_.values() for one in tests})
)
def test_a_test_that_is_named_is_there(named: str) -> None:
    file, _, test = named.partition("::")
    assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("word", "also"),
    [
        ("quote", "is not quoted in a report"),
        ("generated code", "holds no\ntext of the rulebook"),
        ("terminal", "Command a terminal, a page or a spreadsheet"),
        ("receipt", "receipt holds the SHA-256"),
        ("`python -O`", "`python -O` leaves out asserts"),
        ("Pickles", "Pickle is for your own processes"),
        ("unjust", "Rules can be unjust"),
        ("attributes and iterators", "own attributes and iterators"),
    ],
)
def test_what_is_reported_matches_what_is_promised(word: str, also: str) -> None:
    assert word in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert also in PAGE.read_text(encoding="utf-8")
