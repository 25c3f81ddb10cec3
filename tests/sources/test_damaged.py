"""A damaged file gives a text or one clear error, soon, and takes little memory."""

from itertools import islice

import pytest

pytest.importorskip("resource")

from tests.damaged import DAMAGES, MEMORY_BYTES, SECONDS, Damaged, damaged, memory_bytes, outcome, whole_files

ROUNDS = 3


@pytest.mark.parametrize(
    "file", list(islice(damaged(7), ROUNDS * len(DAMAGES))), ids=lambda file: f"{file.was}, {file.damage}"
)
def test_a_damaged_file_is_a_text_or_one_clear_error(file: Damaged) -> None:
    before = memory_bytes()  # of all processes that the tests have had
    found = outcome(file)
    assert found.fault == ""
    assert found.seconds < SECONDS
    assert memory_bytes() <= max(before, MEMORY_BYTES)


@pytest.mark.parametrize("name", whole_files())
def test_before_it_is_damaged_each_is_a_text(name: str) -> None:
    assert outcome(Damaged(name, whole_files()[name], name, "none")).ended == "text"
