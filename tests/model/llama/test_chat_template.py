"""Messages to a prompt, by templates of several kinds of model."""

from collections.abc import Sequence

import pytest

from assistant.errors import ModelError
from assistant.model.llama.chat_template import render
from assistant.model.protocol import Message


def _rendered(template: str | None, *messages: Message) -> str:
    """The prompt by a template."""
    return "".join(text for text, _ in render(template, messages))


TURNS = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<model>{% endif %}"
)
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + TURNS
SYSTEM, USER = Message("system", "Be brief."), Message("user", "How much?")


def test_a_template_without_a_system_role_gets_one_user_message() -> None:
    assert _rendered(TURNS, SYSTEM, USER) == "<system>Be brief.<user>How much?<model>"
    assert _rendered(NO_SYSTEM, SYSTEM, USER) == "<user>Be brief.\n\nHow much?<model>"
    conversation = (SYSTEM, USER, Message("assistant", "240 yen."), Message("user", "Why?"))
    assert _rendered(NO_SYSTEM, *conversation) == ("<user>Be brief.\n\nHow much?<assistant>240 yen.<user>Why?<model>")


def test_a_model_without_a_template_gets_a_plain_one() -> None:
    assert _rendered(None, SYSTEM, USER) == "System: Be brief.\n\nUser: How much?\n\nAssistant:"


@pytest.mark.parametrize(
    "template",
    [
        "always the same",
        "{{ raise_exception('no') }}",
        "{{ messages[0].content",
        "{{ messages[9].content }}",
        "{{ messages | nosuch }}",
        "{{ messages[0].__class__.__mro__ }}",
    ],
)
@pytest.mark.parametrize("messages", [(SYSTEM, USER), (USER,)], ids=["two messages", "one message"])
def test_a_template_that_cannot_be_used_is_told(template: str, messages: Sequence[Message]) -> None:
    with pytest.raises(ModelError, match="template"):
        _rendered(template, *messages)
