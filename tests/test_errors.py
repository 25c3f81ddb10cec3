"""An error is its message, and keeps what it was made of, through other processes too."""

import pickle
from pathlib import Path

import pytest

from assistant.errors import AssistantError, FetchError, PageError


def test_the_message_is_the_template_with_its_values() -> None:
    error = PageError("{url} has {size:,} bytes: {name!r}.", url="http://{a}", size=1234, name="a'b")
    assert str(error) == 'http://{a} has 1,234 bytes: "a\'b".'
    assert error.template == "{url} has {size:,} bytes: {name!r}."
    assert error.values == {"url": "http://{a}", "size": 1234, "name": "a'b"}


@pytest.mark.parametrize("message", ["{x}", "100% {", "{0.__class__}"])
def test_a_message_without_values_is_taken_as_it_is(message: str) -> None:
    assert str(AssistantError(message)) == message


def test_other_values_are_kept_as_their_text() -> None:
    error = AssistantError("{path}: {reason}", path=Path("a.txt"), reason=OSError(28, "No space left on device"))
    assert str(error) == "a.txt: [Errno 28] No space left on device"
    assert error.values == {"path": "a.txt", "reason": "[Errno 28] No space left on device"}


def test_values_may_have_any_name() -> None:
    assert str(AssistantError("{self} {template}", self=1, template=2)) == "1 2"


def test_an_error_survives_pickling() -> None:
    cause = FetchError("no answer within {seconds:g} seconds", seconds=0.5)
    error = FetchError("{source}: {reason} ({lock})", source="hub", reason=cause, lock=open)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  made here
    assert type(back) is FetchError
    assert (str(back), back.template) == (str(error), error.template)
    assert str(back).startswith("hub: no answer within 0.5 seconds (")
    assert isinstance(back.values["reason"], FetchError)
    assert back.values["reason"].values == {"seconds": 0.5}
    bare = pickle.loads(pickle.dumps(PageError("{nothing to fill in}")))  # noqa: S301
    assert str(bare) == "{nothing to fill in}"
