"""Messages to a prompt, by templates of several kinds of model."""

from collections.abc import Sequence

import pytest

from assistant.errors import ModelUnfit
from assistant.model.llama.chat_template import check_template, render
from assistant.model.protocol import Message


def _rendered(template: str | None, *messages: Message) -> str:
    """The prompt by a template."""
    return "".join(text for text, _ in render(template, messages))


TURNS = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<model>{% endif %}"
)
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + TURNS
SILENT = "{% for m in messages if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endfor %}<model>"
LOOPS = (
    "{% for m in messages %}{% if m.role == 'tool' %}{% continue %}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}"
)
TRAINED = (
    "{% for m in messages %}<{{ m.role }}>{%- if m.role == 'assistant' %}{%- generation -%} {{ m.content }} "
    "{%- endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
)
SYSTEM, USER = Message("system", "Be brief."), Message("user", "How much?")


def test_a_template_without_a_system_role_gets_one_user_message() -> None:
    assert _rendered(TURNS, SYSTEM, USER) == "<system>Be brief.<user>How much?<model>"
    assert _rendered(NO_SYSTEM, SYSTEM, USER) == "<user>Be brief.\n\nHow much?<model>"
    conversation = (SYSTEM, USER, Message("assistant", "240 yen."), Message("user", "Why?"))
    assert _rendered(NO_SYSTEM, *conversation) == ("<user>Be brief.\n\nHow much?<assistant>240 yen.<user>Why?<model>")


@pytest.mark.parametrize(
    ("template", "prompt"),
    [
        (SILENT, "<user>Be brief.\n\nHow much?<assistant>240 yen.<user>Why?<model>"),
        (LOOPS, "<system>Be brief.<user>How much?<assistant>240 yen.<user>Why?"),
        (TRAINED, "<system>Be brief.<user>How much?<assistant>240 yen.<user>Why?"),
    ],
    ids=["leaves the system out", "loop controls", "generation tags"],
)
def test_templates_as_models_have_them_are_filled(template: str, prompt: str) -> None:
    assert _rendered(template, SYSTEM, USER, Message("assistant", "240 yen."), Message("user", "Why?")) == prompt
    check_template(template)


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
        "{{ messages[0].content + 1 }}",
        "{{ messages[0].content / 0 }}",
        "{{ messages[0].__class__.__mro__ }}",
    ],
)
@pytest.mark.parametrize("messages", [(SYSTEM, USER), (USER,)], ids=["two messages", "one message"])
def test_a_template_that_cannot_be_used_is_told(template: str, messages: Sequence[Message]) -> None:
    for fills in (lambda: _rendered(template, *messages), lambda: check_template(template)):
        with pytest.raises(ModelUnfit, match="template"):
            fills()
