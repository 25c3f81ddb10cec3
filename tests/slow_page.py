"""The page in a process of its own, on a model that reads until it is told to go on.

Started with a port and a folder for the library, it prints "ready" and then does what it reads from standard input,
an order a line. "state" prints, as JSON, the prompt that was begun last, and how many questions run for pages and
programs and wait for the model; "ask QUESTION" asks beside them, and prints the answer when it is there; "go on"
prints nothing.

With an argument "fetches" the model isn't there yet: "fetched MB" says how far its fetch is, of 900 MB, "fetched" that
it is there, and "fetch fails" lets it fail. An argument that is a JSON object has further settings.
"""

import json
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.answering.answerability import UNCALIBRATED
from assistant.answering.answering import AnsweringAssistant, Inquiry, final_answer
from assistant.application import Application, open_library
from assistant.errors import FetchError
from assistant.interfaces.ui.serving import served
from assistant.interfaces.ui.session import Sessions
from assistant.library.retrieval import Retriever
from assistant.model.worker import LlamaWorker
from assistant.settings import Settings
from tests.fake_context import FakeContext, FakeOpener
from tests.texts import BILINGUAL

MB = 1_000_000
MODEL = Path("slow.gguf")


class _Source:
    """Brings the model's file as it is ordered to."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[str] = queue.SimpleQueue()

    def order(self, order: str) -> None:
        self._orders.put(order)

    def __call__(self, report: Callable[[int, int], None]) -> Path:
        while (order := self._orders.get()) != "fetched":
            if order == "fetch fails":
                raise FetchError("Connect to the network.")
            report(int(order.split()[1]) * MB, 900 * MB)
        return MODEL


def main() -> None:
    context, sessions, source = FakeContext(), Sessions(), _Source()
    is_fetched = "fetches" in sys.argv[3:]
    further = next((json.loads(each) for each in sys.argv[3:] if each.startswith("{")), {})
    settings = Settings(home=Path(sys.argv[2]), port=int(sys.argv[1]), **further)
    settings = replace(settings, passwords=settings.passwords and Path(settings.passwords))
    with open_library(settings) as library:
        file = source if is_fetched else MODEL
        worker = LlamaWorker(file, "slow", FakeOpener(lambda _: context), size=900 * MB)
        worker.start()
        if not is_fetched:
            worker.wait_until_loaded(60)
        library.add(BILINGUAL)
        retriever = Retriever(library.store, library.embedder)
        assistant = AnsweringAssistant(
            *(retriever, library.article, worker, UNCALIBRATED),
            window_tokens=700,
            answer_tokens=32,
            align=library.alignment,
        )
        with served(Application(library, assistant, worker), settings, sessions) as page:
            _say("ready")
            for line in sys.stdin:
                if line == "remembered\n":
                    _say(str(len(page.app.state_holder.session_data)))
                else:
                    _obey(line.strip(), context, sessions, assistant, worker, source)
        context.go_on(1000)
        worker.close()


def _obey(
    order: str,
    context: FakeContext,
    sessions: Sessions,
    assistant: AnsweringAssistant,
    worker: LlamaWorker,
    source: _Source,
) -> None:
    if order == "state":
        running, waiting = (
            sum(map(len, list(each.values()))) for each in (sessions._running, worker._turns._questions)
        )
        read = context.began[-1] if context.began else ""
        _say(json.dumps({"read": read, "running": running, "waiting": waiting}))
    elif order.startswith("fetch"):
        source.order(order)
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
