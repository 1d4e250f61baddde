"""A job whose worker is killed at the last moment and that another takes up has one effect (threats E10).

In the test of each kind the first attempt dies where it would say that it is done, the second goes through, and what
the test asserts holds of both together. What a killed attempt wrote in the transaction that ends with `run.finish` is
gone with it; what it wrote before is still there.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from office import jobs
from office.models import TrailRow
from tests.whole_database import left_since, whole

# The test that has a job of the kind worked off; those that are due by the clock: test_tasks_twice.py.
TESTS = {
    "list-export": "accounts/test_exports.py::test_making_and_fetching_are_in_the_trail_with_count_and_checksum",
    "list-export-long": "accounts/test_exports.py::test_a_long_list_does_not_keep_short_ones_waiting",
    "trail-archive": "office/test_trail_archive.py::test_an_archive_holds_every_row_up_to_the_day_and_none_after",
    "trail-prune": "office/test_trail_archive.py::test_rows_that_left_are_in_the_file_and_the_rest_still_verifies",
    "list-archive": "audits/test_archive.py::test_the_archive_of_an_exit_holds_everything_and_its_index_names_every_file",
    "register-agreement": "households/test_agreement.py::test_each_kind_of_disagreement_is_listed_and_nothing_is_written",
    "year-close": "households/test_closed_years.py::test_a_large_county_closes_its_year_in_a_job",
    "recolour": "households/test_colour_factors.py::test_a_run_that_was_killed_writes_each_change_once",
    "full-export": "households/test_full_export.py::test_a_few_are_made_alone_with_the_numbers_asked_for",
    "register-workbook": "households/test_import_pages.py::test_the_way_from_download_to_undo",
    "register-import-check": "households/test_import_pages.py::test_the_way_from_download_to_undo",
    "register-import-apply": "households/test_import_pages.py::test_the_way_from_download_to_undo",
    "register-import-undo": "households/test_import_pages.py::test_the_way_from_download_to_undo",
    "register-import-apart": "households/test_import_decide.py::test_good_and_bad_rows_are_downloaded_apart_and_taken_again",
    "department-list": "measures/test_departments.py::test_differences_are_found_both_ways",
    "measure-workbook": "measures/test_workbook.py::test_filled_in_it_is_checked_shown_confirmed_and_written_once",
    "measure-import-check": "measures/test_workbook.py::test_filled_in_it_is_checked_shown_confirmed_and_written_once",
    "measure-import-apply": "measures/test_workbook.py::test_filled_in_it_is_checked_shown_confirmed_and_written_once",
    "measure-import-undo": "measures/test_workbook.py::test_it_is_taken_back_whole",
    "report": "reporting/test_runs_page.py::test_a_job_rung_twice_keeps_one_run",
    "report-due": "reporting/test_schedules.py::test_every_period_that_is_over_is_made_once_with_its_last_day",
}


class Killed(BaseException):
    """No program catches it to go on."""


def die(*args: Any, **more: Any) -> NoReturn:
    raise Killed


def kinds_of(nodeid: str) -> set[str]:
    return {kind for kind, test in TESTS.items() if nodeid == f"tests/{test}"}


@contextmanager
def twice(kinds: set[str]) -> Iterator[set[str]]:
    """Every job of these kinds is killed once in the block; those of which one was."""
    began, killed, worked = set(), set[str](), jobs.work_on

    def work_on(run: Any, function: Any) -> None:
        if run.job.kind not in kinds or run.job.pk in began:
            worked(run, function)
            return
        began.add(run.job.pk)
        told = TrailRow.objects.count()
        run.finish = die
        try:
            # What is refused is refused at the second attempt as well.
            with suppress(Exception):
                function(run, **run.job.params)
                die()
        except Killed:
            killed.add(run.job.kind)
        assert TrailRow.objects.count() == told, "the log tells of what was not done"
        run.interrupt()
        again = jobs.claim(run.job.pk, run.job.worker)
        assert again is not None, "another takes it up"
        worked(again, function)
        run.job.refresh_from_db()
        before = whole()
        jobs.run_job(str(run.job.pk))
        assert left_since(before) == ([], []), "a message that comes again does nothing"

    jobs.work_on = work_on
    try:
        yield killed
    finally:
        jobs.work_on = worked
