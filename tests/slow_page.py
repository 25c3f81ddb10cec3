"""The page in a process of its own, on a model that reads until it is told to go on.

Started with a port and a folder for the library, it prints "ready" and then does what it reads from standard input,
an order a line. "state" prints, as JSON, the prompt that was begun last, and how many questions run for pages and
programs and wait for the model; "ask QUESTION" asks beside them, and prints the answer when it is there; "go on"
prints nothing.
"""

import json
import sys
import threading
from pathlib import Path
from unittest.mock import patch

from assistant.answerability import UNCALIBRATED
from assistant.answering import AnsweringAssistant, Inquiry, final_answer
from assistant.application import Application, open_library
from assistant.retrieval import Retriever
from assistant.settings import Settings
from assistant.ui.serving import served
from assistant.ui.session import Sessions
from assistant.worker import LlamaWorker
from tests.fake_context import FakeContext
from tests.texts import BILINGUAL


def main() -> None:
    context, sessions = FakeContext(), Sessions()
    with patch("assistant.llama.LlamaContext", lambda *_, **__: context):
        worker = LlamaWorker(Path("slow.gguf"), "slow", threads=1, context_tokens=100)
        worker.wait_until_loaded(60)
    settings = Settings(home=Path(sys.argv[2]), port=int(sys.argv[1]))
    with open_library(settings) as library:
        library.add(BILINGUAL)
        retriever = Retriever(library.store, library.embedder)
        assistant = AnsweringAssistant(
            retriever, library.article, worker, UNCALIBRATED, window_tokens=700, answer_tokens=32
        )
        with served(Application(library, assistant, worker), settings, sessions):
            _say("ready")
            for line in sys.stdin:
                _obey(line.strip(), context, sessions, assistant, worker)
        context.go_on(1000)
        worker.close()


def _obey(
    order: str, context: FakeContext, sessions: Sessions, assistant: AnsweringAssistant, worker: LlamaWorker
) -> None:
    if order == "state":
        running, waiting = (
            sum(map(len, list(each.values()))) for each in (sessions._running, worker._turns._questions)
        )
        read = context.began[-1] if context.began else ""
        _say(json.dumps({"read": read, "running": running, "waiting": waiting}))
    elif order == "go on":
        context.go_on()
    else:
        inquiry = assistant.ask(order.removeprefix("ask "), asker="beside")
        threading.Thread(target=_answer, args=(inquiry,)).start()


def _answer(inquiry: Inquiry) -> None:
    _say(final_answer(inquiry).text)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
