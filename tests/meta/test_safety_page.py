"""The promises of the page on safety: each sentence names its tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "safety.md"

GENERATED, EVALUATION = "unit/engines/test_generated_code.py", "unit/language/test_evaluation.py"
APPRAISE, STOPPED = "unit/cli/test_appraise_command.py", "unit/cli/test_appraise_stopped.py"
ATOMIC, UPDATING, ASSESS = (
    "unit/loading/test_atomic.py",
    "unit/testing/test_updating.py",
    "unit/cli/test_assess_command.py",
)
OPTIMIZED, CORPUS, ATTACKS = "sandbox/test_optimized.py", "sandbox/test_corpus.py", "sandbox/test_attacks.py"

SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "What a rulebook cannot do": {
        "- **Reach outside.** No file but those of its": (
            "sandbox/test_files.py::test_a_file_outside_is_not_read_and_not_quoted",
        ),
        "The language has no word for them: what may be": (
            "sandbox/test_attacks.py::test_an_expression_is_refused_with_its_code_or_means_one_value",
        ),
        "There are no attributes, subscripts, lambdas,": (
            "sandbox/test_attacks.py::test_an_expression_is_refused_with_its_code_or_means_one_value",
        ),
        "Lists have a declared greatest length.": (
            "sandbox/test_attacks.py::test_growing_values_are_stopped_before_they_are_large",
        ),
        "Loading, checking, comparing and explaining": (
            "sandbox/test_budget.py::test_a_check_ends_soon_and_says_where_it_was_ended",
        ),
        "An explanation shows every number that led to": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
        "Attempts are errors with a place and a code:": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
    },
    "Files": {
        "The person who loads a document names it, and": (
            "sandbox/test_files.py::test_a_first_document_may_be_a_pipe",
        ),
        "What a *document* names (`extends`, `rulebook`,": (
            "sandbox/test_files.py::test_a_file_outside_is_not_read_and_not_quoted",
        ),
        "- the path is relative; - after links are": (
            "sandbox/test_files.py::test_a_file_outside_is_not_read_and_not_quoted",
        ),
        "Its size is checked before it is read.": (
            "sandbox/test_files.py::test_a_file_beyond_the_limit_is_refused_by_its_size",
        ),
        "It is opened once.": ("unit/cli/test_appraise_command.py::test_every_file_is_opened_once",),
        "A file that is not a rulebook is not quoted in": (
            "sandbox/test_files.py::test_a_file_inside_that_is_no_rulebook_is_not_quoted",
        ),
        "A service that keeps rulebooks in a database": (
            "sandbox/test_files.py::test_with_a_resolver_no_file_is_read",
        ),
        "Then no file is read at all:": ("sandbox/test_files.py::test_with_a_resolver_no_file_is_read",),
        "`loads` and `check(text=…)` read no file, with": (
            "sandbox/test_files.py::test_with_a_resolver_no_file_is_read",
        ),
    },
    "What is shown": {
        "Labels, notes, keys, file names and records may": (
            "sandbox/test_shown.py::test_no_text_of_a_rulebook_becomes_anything_else",
        ),
        "Wherever people read them, they stay texts.": (
            "sandbox/test_shown.py::test_no_text_of_a_rulebook_becomes_anything_else",
        ),
        "**Pages.** One function writes all HTML.": (
            "sandbox/test_shown.py::test_no_text_of_a_rulebook_becomes_anything_else",
        ),
        "It escapes every text and attribute, and leaves": (
            "sandbox/test_shown.py::test_words_that_no_reader_has_checked_become_no_class_and_no_element",
        ),
        "A page has no script and loads nothing.": (
            "sandbox/test_shown.py::test_the_page_of_an_explanation_has_no_script_and_loads_nothing",
        ),
        "An address becomes a link only where it begins": (
            "sandbox/test_shown.py::test_no_text_of_a_rulebook_becomes_anything_else",
        ),
        "**Markdown.** A text stays on one line.": (
            "sandbox/test_shown.py::test_no_text_of_a_record_becomes_anything_else",
        ),
        "It begins no heading, list, quotation, table or": (
            "sandbox/test_shown.py::test_no_text_of_a_record_becomes_anything_else",
        ),
        "**Records.** `Assessment.from_json` and": (
            "sandbox/test_shown.py::test_the_attacks_that_were_found_are_refused_with_place_and_words",
        ),
        "A status is a name.": (
            "sandbox/test_shown.py::test_the_attacks_that_were_found_are_refused_with_place_and_words",
        ),
        "The message gives the place of the word and": (
            "sandbox/test_shown.py::test_the_attacks_that_were_found_are_refused_with_place_and_words",
        ),
        "**Terminals.** Control characters and those": (
            "sandbox/test_commands_shown.py::test_what_a_command_prints_is_neutral",
        ),
        "Commands print no escape sequences but their own": (
            "sandbox/test_commands_shown.py::test_colours_are_the_only_sequences",
        ),
        "This holds for messages, tables, explanations,": (
            "sandbox/test_commands_shown.py::test_pytest_shows_cases_neutrally",
        ),
        "**CI runners.** They obey lines that begin with": (
            "sandbox/test_commands_shown.py::test_what_a_command_prints_is_neutral",
        ),
        "Both are shown by similar symbols, `∶∶`": (
            "sandbox/test_commands_shown.py::test_what_a_command_prints_is_neutral",
        ),
        "In `check --format github`, each line is one": (
            "sandbox/test_shown.py::test_an_annotation_of_github_is_one_command_on_one_line",
        ),
        "**Spreadsheets.** In CSV, a text that begins": (
            "sandbox/test_commands_shown.py::test_a_text_comes_back_from_its_cell",
        ),
        "A number, and a text that is one, such as `-3`,": (
            "sandbox/test_commands_shown.py::test_a_text_comes_back_from_its_cell",
        ),
        "`--csv-formulas keep` writes texts as they are.": (
            "sandbox/test_commands_shown.py::test_formulas_are_kept_where_that_is_asked_for",
        ),
        "- The bytes of a table are the same on every": (
            "sandbox/test_commands_shown.py::test_a_line_is_the_same_on_every_python",
        ),
        "A cell with a comma, semicolon, tab, quotation": (
            "sandbox/test_commands_shown.py::test_a_text_comes_back_from_its_cell",
        ),
        "It does the same in tables of others: `'=1` is": (
            "sandbox/test_commands_shown.py::test_a_text_comes_back_from_its_cell",
        ),
        "All others come back equal.": (
            "sandbox/test_commands_shown.py::test_formulas_are_kept_where_that_is_asked_for",
        ),
        "Not promised:": ("sandbox/test_commands_shown.py::test_a_text_comes_back_from_its_cell",),
        "- JSON, JSONL, SARIF, CSV and the YAML of": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
        "A CI job that prints them should stop commands": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
    },
    "Limits that are known beforehand": {
        "| of | limit | |---|---| | a document | 1 MiB,": (
            "sandbox/test_limits.py::test_a_bomb_is_refused_with_its_code",
        ),
        "The limits of numbers and assessments are": (
            "sandbox/test_attacks.py::test_growing_values_are_stopped_before_they_are_large",
        ),
        "So an accepted rulebook can't be made slow by a": (
            "sandbox/test_attacks.py::test_an_assessment_that_is_filled_to_the_limit_ends_soon",
        ),
        "A unit takes about a microsecond in the": (
            "sandbox/test_attacks.py::test_an_assessment_that_is_filled_to_the_limit_ends_soon",
        ),
        "`program.work` is the most that a subject": (
            "unit/kernel/test_budget.py::test_a_program_tells_the_most_work_that_it_takes",
        ),
        "`assess(…, budget=N)` allows less: if a": (
            "unit/kernel/test_budget.py::test_an_assessment_past_its_budget_is_a_fault",
        ),
        "The bound is an upper bound.": (
            "sandbox/test_attacks.py::test_an_assessment_that_is_filled_to_the_limit_ends_soon",
        ),
        "A harmless rulebook can be refused because it": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
    },
    "A budget of work": {
        "`load`, `loads`, `check`, `show`,": (
            "unit/kernel/test_budget.py::test_comparisons_and_explanations_have_a_budget",
        ),
        "That is less than two seconds and 300 MB on a": (
            "sandbox/test_budget.py::test_a_check_ends_soon_and_says_where_it_was_ended",
        ),
        "What takes more is refused with KR113, whose": (
            "unit/kernel/test_budget.py::test_a_budget_that_is_spent_says_on_what",
        ),
        "All variants, editions, documents and stages of": (
            "sandbox/test_budget.py::test_the_stages_of_an_appraisal_share_one_budget",
        ),
        "The units count work: nodes read and built,": (
            "unit/kernel/test_budget.py::test_every_kind_of_work_has_words",
        ),
        "No clock is read, so a document that is": (
            "sandbox/test_budget.py::test_the_same_work_spends_the_same_budget",
        ),
        "`budget=` and `--budget` raise the limit, or": (
            "unit/kernel/test_budget.py::test_the_command_line_takes_a_budget",
        ),
        "The rulebooks of the examples take less than a": (
            "sandbox/test_budget.py::test_regulations_stay_far_below_the_budget",
        ),
        "Fifty changes between two editions of a hundred": ("sandbox/test_budget.py::test_a_comparison_ends_soon",),
        "Not counted: the population of an": (
            "unit/kernel/test_budget.py::test_the_population_of_an_impact_is_not_counted",
        ),
        "They belong to the caller.": (
            "unit/kernel/test_budget.py::test_the_population_of_an_impact_is_not_counted",
        ),
    },
    "Subjects": {
        "The values of a subject are checked against": (
            "sandbox/test_attacks.py::test_a_hostile_subject_is_refused_with_a_code_or_taken_for_what_it_is",
        ),
        "Nothing is converted but what is listed in": (
            "unit/rating/test_input_values.py::test_nothing_else_is_taken_and_nothing_is_converted",
        ),
        "An admitted number is inside its": ("unit/rating/test_input_values.py::test_limits_steps_and_decimals",),
        "A subject in Python is code of the calling": (
            "sandbox/test_attacks.py::test_an_exception_of_the_subject_itself_is_not_swallowed",
        ),
        "From a list no more records are read than it": (
            "sandbox/test_attacks.py::test_a_hostile_subject_is_refused_with_a_code_or_taken_for_what_it_is",
        ),
        "Data from strangers should arrive as JSON or": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
    },
    "Generated code": {
        "The scalar engine writes Python code": (f"{GENERATED}::test_names_in_the_code_are_mangled_and_few",),
        "That code holds no text": (
            f"{GENERATED}::test_no_text_of_a_rulebook_is_in_the_code_that_is_generated_from_it",
        ),
        "Before the code is compiled": (f"{GENERATED}::test_words_that_are_unexpected_are_refused",),
        "No quotation mark is among them": (f"{GENERATED}::test_the_words_of_the_code_reach_nothing",),
        "The code runs without builtins": (f"{GENERATED}::test_there_are_no_builtins",),
        "`kpirules plan --code` shows it": (
            "meta/test_markdown_pages.py::test_every_example_of_a_page_runs_and_gives_what_the_page_says",
        ),
        "The reference engine interprets": (f"{ATTACKS}::test_growing_values_are_stopped_before_they_are_large",),
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
        "If `-o` names a link": (f"{ASSESS}::test_an_output_behind_a_link_is_written_where_it_is",),
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
            f"{OPTIMIZED}::test_optimized_python_gives_the_same_results",
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
        "Some of the attacks made from a seed, and the": (f"{OPTIMIZED}::test_every_part_is_compared",),
        "`SECURITY.md`": ("meta/test_safety_page.py::test_what_is_reported_matches_what_is_promised",),
    },
}
"""How each sentence begins, by section, and what shows that it is true."""


def sentences(section: str) -> list[str]:
    """Return the sentences of a section without examples, with links as their texts."""
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
