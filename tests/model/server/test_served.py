"""A model that a server runs, asked over real HTTP: what comes through, what is withheld, and whatever goes wrong."""

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ModelError, ServerError
from assistant.model.protocol import Message, whole_text
from assistant.model.server import connection
from assistant.model.server.address import Server
from assistant.model.server.chat import THOUGHT_TOKENS
from assistant.model.server.connection import Times
from assistant.model.server.llama_server import Asks
from assistant.model.server.served import ServedModel
from assistant.model.turns import Job
from tests.fake_context import wait_for
from tests.model_server import Does, ModelServer, chunk, fails, likely, replies, says, streams

PATIENT = Times(pauses=(0.01, 0.02), longest_pause=0.5)
QUICK = replace(PATIENT, first=0.6, between=0.4, whole=3.0)
KEY = "sk-not-to-be-shown"
MESSAGES = (Message("system", "Answer."), Message("user", "How many rolls?"))
REFUSAL = "Not stated."


def _corrects(messages: Sequence[Message], said: str, word: str) -> tuple[Message, ...]:
    return *messages, Message("assistant", said), Message("user", f"not {word}")


def _without_7(text: str, *, finished: bool) -> bool:
    return "7" not in text


Make = Callable[..., tuple[ServedModel, ModelServer]]


@pytest.fixture
def make() -> Iterator[Make]:
    """A model of a server that does what it is told to."""
    opened: list[Any] = []

    def made(
        *plan: Does, models: Does | None = None, name: str = "stub-1", times: Times = PATIENT, key: str = KEY
    ) -> tuple[ServedModel, ModelServer]:
        stub = ModelServer(plan or (says("640"),), models)
        model = ServedModel(Server.at(stub.url, key), name, _corrects, times)
        opened.extend((model, stub))
        return model, stub

    yield made
    for each in opened:
        each.close()


def _ask(model: ServedModel, **options: Any) -> Job:
    job = model.generate(MESSAGES, 32, **{"allows": _without_7, "refusal": REFUSAL} | options)
    assert isinstance(job, Job)
    return job


def _said(job: Job) -> tuple[str, bool]:
    return whole_text(job), job.is_ended


def test_an_answer_comes_through_whole(make: Make) -> None:
    usage = {"prompt_tokens": 90, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 80}}
    model, stub = make(
        streams(chunk(delta={"role": "assistant"}), chunk("6"), chunk("40 ro"), chunk("lls."), chunk(ends="stop"),
                {"choices": [], "usage": usage})
    )  # fmt: skip
    job = _ask(model)
    assert _said(job) == ("640 rolls.", True)
    assert (job.usage.prompt, job.usage.reused, job.usage.completion) == (90, 80, 3)
    (asked,) = stub.asked
    assert asked["model"] == "stub-1"
    assert asked["messages"] == [{"role": each.role, "content": each.content} for each in MESSAGES]
    assert (asked["max_tokens"], asked["temperature"], asked["stream"]) == (32, 0, True)
    assert stub.headers[-1]["Authorization"] == f"Bearer {KEY}"
    assert "Authorization" not in make(key="")[1].headers


def test_without_a_key_none_is_sent(make: Make) -> None:
    model, stub = make(key="")
    assert _said(_ask(model)) == ("640", True)
    assert all("Authorization" not in headers for headers in stub.headers)


def test_a_character_that_comes_in_parts_is_whole(make: Make) -> None:
    def does(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        data = 'data: {"choices": [{"delta": {"content": "円"}, "finish_reason": "stop"}]}\r\n\r\n: still here\r\n\r\n'
        for byte in data.encode():
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        handler.close_connection = True

    assert _said(_ask(make(does)[0])) == ("円", True)


def test_a_server_that_does_not_stream_is_understood(make: Make) -> None:
    whole = {"choices": [{"message": {"role": "assistant", "content": "640"}, "finish_reason": "stop"}]}
    assert _said(_ask(make(replies(whole))[0])) == ("640", True)


def test_nothing_is_said_before_all_of_it_is_checked(make: Make) -> None:
    seen: list[str] = []
    at_last = threading.Event()

    def allows(text: str, *, finished: bool) -> bool:
        seen.append(text)
        return at_last.wait(5)

    model, _ = make(says("6", "40"))
    job = _ask(model, allows=allows)
    wait_for(lambda: seen == ["640"], 5)
    assert not job.wait(0)
    at_last.set()
    assert _said(job) == ("640", True)


def test_what_may_not_be_said_is_asked_for_once_more_with_what_was_wrong(make: Make) -> None:
    model, stub = make(says("It sold 37 rolls."), says("It sold 640 rolls."))
    assert _said(_ask(model)) == ("It sold 640 rolls.", True)
    assert [each["content"] for each in stub.asked[1]["messages"][2:]] == ["It sold 37 rolls.", "not 37"]


def test_what_may_not_be_said_twice_is_withheld(make: Make) -> None:
    model, stub = make(says("37 rolls."))
    assert _said(_ask(model)) == ("", False)
    assert len(stub.asked) == 2
    assert model.status.state == "ready"


@pytest.mark.parametrize(
    ("written", "ends", "said"),
    [
        ("<think>37 or 640?\nWell.</think>\n\n640 rolls.", "stop", "640 rolls."),
        ("640 rolls. [2]", "stop", "640 rolls."),
        ("**640** rolls [1, 3].", "stop", "640 rolls."),
        ("640 rolls.\n\nThis is said in sentence 7.", "stop", "640 rolls."),
        ("640 rolls. They were sold on Mon", "length", "640 rolls."),
        ("640 rolls, sold on Mon", "length", ""),
        ("", "stop", ""),
        ("\n\n\n", "length", ""),
    ],
)
def test_only_the_line_that_answers_is_said(make: Make, written: str, ends: str, said: str) -> None:
    assert _said(_ask(make(says(written, ends=ends))[0])) == (said, bool(said))


def test_what_is_held_to_nothing_comes_as_it_is(make: Make) -> None:
    assert _said(_ask(make(says("7 [1]\n", "8"))[0], allows=None, refusal=None)) == ("7 [1]\n8", True)


@pytest.mark.parametrize(
    ("first", "others", "refuses", "margin"),
    [
        ("The", {"Not": -4.1, "A": -2.0}, False, 4.0),
        ("Not", {"The": -2.1, " A": -3.0}, True, -2.0),
        ("No", {"Not": -3.1, "Yes": -4.0}, False, 3.0),
        ("640", {"64": -5.1, "A": -7.1}, False, 7.0),  # less than what is listed
    ],
)
def test_what_it_might_have_begun_with_decides_whether_to_answer(
    make: Make, first: str, others: dict[str, float], refuses: bool, margin: float
) -> None:
    rest = " stated." if refuses else ", 640."
    head = chunk("", logprobs=None), chunk(first, logprobs=likely(first, others))
    job = _ask(make(streams(*head, chunk(rest), chunk(ends="stop")))[0])
    assert whole_text(job) == ("" if refuses else first + rest)
    assert job.reading
    assert job.reading.margin == pytest.approx(margin, abs=0.01)


@pytest.mark.parametrize(("written", "margin"), [("640", math.inf), ("Not stated.", -math.inf)])
def test_where_the_server_tells_none_of_these_the_model_decides(make: Make, written: str, margin: float) -> None:
    job = _ask(make(says(written))[0])
    assert _said(job) == ("640" if margin > 0 else "", True)
    assert job.reading
    assert job.reading.margin == margin


def test_what_a_server_does_not_take_is_left_out_from_then_on(make: Make) -> None:
    def picky(handler: Any) -> None:
        body = stub.asked[-1]
        for name in ("top_logprobs", "temperature", "max_tokens"):
            if name in body:
                return fails(f"Unsupported parameter: '{name}' is not supported with this model.", 400)(handler)
        return says("640")(handler)

    model, stub = make(picky)
    assert _said(_ask(model)) == ("640", True)
    assert stub.asked[-1]["max_completion_tokens"] == 32
    tries = len(stub.asked)
    assert _said(_ask(model, refusal=None)) == ("640", True)
    assert len(stub.asked) <= tries + 1


def test_the_same_question_a_little_later_is_answered_as_before(make: Make) -> None:
    model, stub = make(says("640"), says("12"))
    assert [_said(_ask(model)), _said(_ask(model))] == [("640", True)] * 2
    assert len(stub.asked) == 1


def test_the_first_model_listed_answers_where_none_is_named(make: Make) -> None:
    model, stub = make(name="")
    model.wait_until_loaded(5)
    assert (model.name, model.status.state, model.status.server) == ("stub-1", "ready", stub.place)
    assert _said(_ask(model)) == ("640", True)
    assert stub.asked[0]["model"] == "stub-1"


def test_whatever_goes_wrong_while_it_is_looked_for_the_next_question_is_answered(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = make()
    with monkeypatch.context() as patch:
        patch.setattr(Asks, "look", lambda *_: {}["nothing"])
        with pytest.raises(ModelError, match="The model can't be run: 'nothing'"):
            model.wait_until_loaded(5)
    assert _said(_ask(model)) == ("640", True)


def test_a_server_that_lists_nothing_needs_a_name(make: Make) -> None:
    for models in (fails("no such page", 404), replies({"data": []})):
        model, _ = make(name="", models=models)
        with pytest.raises(ServerError, match="lists no model"):
            _said(_ask(model))
        assert _said(_ask(make(name="mine", models=models)[0])) == ("640", True)


def test_nothing_is_read_ahead(make: Make) -> None:
    model, stub = make()
    assert list(model.read(MESSAGES, "a")) == []
    assert stub.paths == []


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (fails(f"Incorrect API key provided: {KEY}", 401), "does not take the key"),
        (fails("Forbidden", 403), "does not take the key"),
        (fails("The model `stub-1` does not exist.", 404), "has no model stub-1"),
        (replies("<html>Not found</html>", 404), "no model server that speaks"),
        (replies("", 302, Location="http://127.0.0.1:9/v1/chat/completions"), "leads on to another address"),
        (fails(f"your key {KEY} is odd", 418), r"HTTP 418: your key … is odd"),
        (replies("<html>Welcome</html>", Content_Type="text/html"), "can't be understood"),
        (streams("{nothing"), "can't be understood"),
        (streams(["no", "object"]), "can't be understood"),
        (streams({"choices": "none"}), "can't be understood"),
        (streams({"choices": [{"delta": {"content": 5}}]}), "can't be understood"),
        (replies("[" * 100_000), "can't be understood"),
        (streams(chunk("x" * 4_100_000)), "can't be understood"),
    ],
)
def test_what_no_other_try_would_mend_is_told_at_once(make: Make, does: Does, told: str) -> None:
    model, stub = make(does)
    with pytest.raises(ServerError, match=told) as error:
        _said(_ask(model))
    assert KEY not in str(error.value)
    assert len(stub.asked) == 1
    assert model.status.state == "failed"


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (fails("This model's maximum context length is 512 tokens; 'max_tokens' is too large", 400), "too long"),
        (replies({"error": "the request exceeds the available context size"}, 500), "too long"),
        (fails("Rate limit reached", 429), "too much to do"),
        (says("<think>Well", ends="length"), "thinks before it answers"),
    ],
)
def test_a_server_that_does_not_do_one_thing_is_not_looked_for_again(make: Make, does: Does, told: str) -> None:
    model, stub = make(does)
    model.wait_until_loaded(5)
    looked = stub.paths.count("/props")
    for _ in range(2):
        with pytest.raises(ServerError, match=told):
            _said(_ask(model))
        assert model.status.state == "ready"
    assert stub.paths.count("/props") == looked == 1


@pytest.mark.parametrize(
    ("listed", "name"), [(("stub-9",), "stub-9"), (("stub-9", "stub-1"), "stub-1"), (("stub-1",), "stub-1")]
)
def test_a_server_that_has_another_model_by_then_is_asked_for_that(
    make: Make, listed: Sequence[str], name: str
) -> None:
    model, stub = make(says("640"), fails("The model `stub-1` does not exist.", 404), says("650"), name="")
    assert _said(_ask(model)) == ("640", True)
    stub.models = replies({"data": [{"id": each} for each in listed]})
    with pytest.raises(ServerError, match="has no model stub-1"):
        whole_text(model.generate(MESSAGES, 33))
    job = model.generate(MESSAGES, 34)
    assert whole_text(job) == "650"
    assert (model.name, stub.asked[-1]["model"]) == (name, name)


def test_a_model_that_is_named_is_asked_for_whatever_is_listed(make: Make) -> None:
    model, stub = make(fails("The model `mine` does not exist.", 404), name="mine")
    for _ in range(2):
        with pytest.raises(ServerError, match="has no model mine"):
            _said(_ask(model))
    assert {each["model"] for each in stub.asked} == {"mine"}


def test_whoever_wants_to_know_what_a_server_is_need_not_wait_for_it(make: Make) -> None:
    model, _ = make(models=streams(before=30), name="", times=Times())
    began = time.monotonic()
    model.settle(lambda: time.monotonic() > began + 0.2)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (fails("Rate limit reached", 429), "too much to do"),
        (fails("Rate limit reached", 429, Retry_After="0.01"), "too much to do"),
        (fails("Loading model", 503), "can't answer"),
        (replies("<html>Bad gateway</html>", 502), r"HTTP 502: Bad Gateway"),
        (streams(chunk("64"), done=False), "broke off"),
        (streams(chunk("64"), {"error": {"message": "out of memory"}}), "out of memory"),
        (lambda handler: handler.connection.shutdown(2), "broke off"),
    ],
)
def test_what_may_pass_is_tried_a_few_times(make: Make, does: Does, told: str) -> None:
    model, stub = make(does)
    with pytest.raises(ServerError, match=told):
        _said(_ask(model))
    assert len(stub.asked) == 3
    model, stub = make(does, says("640"))
    assert _said(_ask(model)) == ("640", True)
    assert len(stub.asked) == 2


@pytest.mark.parametrize("slow", [streams(before=0.9), streams(chunk("6"), chunk("4"), chunk("0"), seconds=0.7)])
def test_a_slow_server_is_tried_a_few_times(make: Make, slow: Does) -> None:
    model, stub = make(slow, times=QUICK)
    with pytest.raises(ServerError, match="takes too long"):
        _said(_ask(model))
    assert len(stub.asked) == 3


def test_a_server_that_asks_for_too_much_patience_is_told(make: Make) -> None:
    model, stub = make(fails("Rate limit reached", 429, Retry_After="3600"))
    with pytest.raises(ServerError, match="too much to do"):
        _said(_ask(model))
    assert len(stub.asked) == 1


def test_a_server_that_sends_something_without_end_is_left(make: Make) -> None:
    def does(handler: Any) -> None:
        streams(done=False)(handler)
        while True:
            handler.wfile.write(b": wait\n\n")
            time.sleep(0.02)

    model, stub = make(does, times=QUICK)
    began = time.monotonic()
    with pytest.raises(ServerError, match="takes too long"):
        _said(_ask(model))
    assert time.monotonic() - began < 10
    wait_for(stub.left.is_set, 5)


def test_a_server_that_is_not_there_is_told_and_found_later(make: Make) -> None:
    model, stub = make()
    stub.close()
    with pytest.raises(ServerError, match=f"No model server answers at {stub.place}: Connection refused"):
        model.wait_until_loaded(5)
    with pytest.raises(ServerError, match="No model server answers"):
        _said(_ask(model))
    assert model.status.state == "failed"


@pytest.mark.parametrize(
    "thinking",
    [
        says("<think>Well, ", "it", ends="length"),
        streams(chunk(delta={"reasoning_content": "Well"}), chunk(ends="length")),
        streams(chunk(delta={"reasoning": "Well"}), chunk(ends="length")),
        says(ends="length"),
    ],
)
def test_a_model_that_thinks_is_given_room_for_it_and_not_without_end(make: Make, thinking: Does) -> None:
    model, stub = make(thinking, says("<think>Well.</think>640"))
    assert _said(_ask(model)) == ("640", True)
    assert [asked["max_tokens"] for asked in stub.asked] == [32, 32 + THOUGHT_TOKENS]
    model, stub = make(thinking)
    with pytest.raises(ServerError, match="thinks before it answers"):
        _said(_ask(model))
    assert len(stub.asked) == 2


def test_what_it_thinks_does_not_count_as_what_it_begins_with(make: Make) -> None:
    thought = chunk(delta={"reasoning_content": "Not"}, logprobs=likely("Not", {"A": -9.0}))
    job = _ask(make(streams(thought, chunk("640", logprobs=likely("640", {"Not": -4.1})), chunk(ends="stop")))[0])
    assert _said(job) == ("640", True)
    assert job.reading
    assert job.reading.margin == pytest.approx(4.0, abs=0.01)


def test_a_model_that_takes_no_system_message_is_told_by_the_user(make: Make) -> None:
    def without_system(handler: Any) -> None:
        is_there = stub.asked[-1]["messages"][0]["role"] == "system"
        (fails("System role not supported", 400) if is_there else says("640"))(handler)

    model, stub = make(without_system)
    assert _said(_ask(model)) == ("640", True)
    assert stub.asked[-1]["messages"] == [{"role": "user", "content": "Answer.\n\nHow many rolls?"}]
    assert len(stub.asked) == 2


@pytest.mark.parametrize("slow", [streams(before=30), streams(chunk("6"), before=0, seconds=30)])
def test_a_stop_leaves_the_server_at_once(make: Make, slow: Does) -> None:
    model, stub = make(slow, says("640"), times=Times())
    job = _ask(model)
    wait_for(lambda: bool(stub.asked), 5)
    began = time.monotonic()
    job.stop()
    assert _said(job) == ("", False)
    assert _said(_ask(model, asker="b")) == ("640", True)
    assert time.monotonic() - began < 3


def test_a_stop_between_two_tries_ends_the_tries(make: Make) -> None:
    model, stub = make(fails("busy", 503), times=Times(pauses=(30, 30)))
    job = _ask(model)
    wait_for(lambda: len(stub.asked) == 1, 5)
    job.stop()
    began = time.monotonic()
    model.close()
    assert time.monotonic() - began < 3
    assert len(stub.asked) == 1


def test_closing_ends_what_is_asked_and_all_that_wait(make: Make) -> None:
    model, stub = make(streams(before=30), times=Times())
    jobs = [_ask(model, asker=asker) for asker in "ab"]
    wait_for(lambda: bool(stub.asked), 5)
    model.close()
    for job in [*jobs, _ask(model)]:
        with pytest.raises(ModelError, match="closed meanwhile"):
            _said(job)


def test_askers_take_turns(make: Make) -> None:
    model, stub = make(streams(chunk("1"), chunk(ends="stop"), before=0.2))
    first, second = _ask(model, asker="a"), _ask(model, asker="b", refusal=None)
    wait_for(lambda: bool(stub.asked), 5)
    assert second.before() == 1
    assert [_said(first), _said(second)] == [("1", True)] * 2


def test_as_many_are_asked_at_once_as_is_said(make: Make) -> None:
    together = threading.Barrier(3)

    def does(handler: Any) -> None:
        together.wait(5)
        says("640")(handler)

    _, stub = make(does)
    model = ServedModel(Server.at(stub.url), "stub-1", _corrects, PATIENT, at_once=3)
    model.look()
    jobs = [_ask(model, refusal=None, allows=None, asker=asker) for asker in "abc"]
    assert [_said(job) for job in jobs] == [("640", True)] * 3
    model.close()


CERTIFICATE = Path(__file__).parents[2] / "data" / "news.test.pem"


@pytest.fixture
def encrypted() -> Iterator[tuple[ServedModel, ModelServer]]:
    """A model of a server that can show that it is news.test, which is looked for at this machine's address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    stub = ModelServer([streams(chunk("64"), chunk("0"), chunk(ends="stop"), seconds=0.2)], context=context)
    server = replace(Server.at(stub.url.replace("http:", "https:"), KEY), host="news.test")
    model = ServedModel(server, "stub-1", _corrects, PATIENT)
    yield model, stub
    model.close()
    stub.close()


@pytest.fixture
def _at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = socket.getaddrinfo

    def get(host: str, *arguments: Any, **options: Any) -> Any:
        return looked_up("127.0.0.1" if host == "news.test" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", get)


@pytest.mark.usefixtures("_at_this_machine")
def test_an_encrypted_answer_comes_through(
    encrypted: tuple[ServedModel, ModelServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_tls", lambda: ssl.create_default_context(cafile=str(CERTIFICATE)))
    assert _said(_ask(encrypted[0])) == ("640", True)


@pytest.mark.usefixtures("_at_this_machine")
def test_a_server_that_cannot_show_who_it_is_gets_nothing(encrypted: tuple[ServedModel, ModelServer]) -> None:
    model, stub = encrypted
    with pytest.raises(ServerError, match=r"can't show that it is news\.test"):
        _said(_ask(model))
    assert stub.headers == []
