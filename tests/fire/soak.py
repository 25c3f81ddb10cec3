"""Thousands of questions in one process, on articles that come and go: memory, handles and files stay as they were.

Answers, follow-ups, key points, lists, refusals and stops in the middle, with reading ahead and suggestions.
"""

import argparse
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from statistics import fmean

from assistant.answering.events import Answer, AnswerFinished
from assistant.answering.prompts import Exchange
from assistant.application import Application, open_application
from assistant.settings import Settings
from assistant.text.language import Language
from tests.bench.machine import describe_machine
from tests.fire._measures import READ, SLACK, files_in, hold, orphans, slope
from tests.fire._news import OVERVIEWS, UNANSWERED, News, write_news
from tests.fire._telling import tell
from tests.tiny_model import write_tiny_model

__all__ = ["Soak", "main"]

GROWTH = 0.05
"""Most by which the last fifth may hold more than the third: until then articles are being read for the first time."""
FIFTHS = 5
TINY = 1
"""Seed of a tiny model that answers some questions, and refuses others."""
SAMPLES = 100
EXCHANGED_EVERY = 20
"""Questions after which an article goes, and another comes."""
MEASURES = {
    "resident": SLACK,
    "private": SLACK,
    "children_resident": READ,
    "threads": 2.0,
    "handles": 2.0,
    "files": 16.0,
    "megabytes": SLACK,
}
"""What is measured, and by how much it may differ however little it is."""


@dataclass(slots=True)
class Soak:
    """A run in one process, and what it held on the way."""

    application: Application
    home: Path
    chance: random.Random
    news: Sequence[News]
    articles: int
    done: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    _there: dict[str, News] = field(default_factory=dict)
    _fresh: "count[int]" = field(default_factory=count)
    _shown: str = ""

    def run(self, questions: int) -> None:
        """Asks so many questions."""
        while len(self._there) < self.articles:
            self._add()
        every = max(1, questions // SAMPLES)
        earlier = None
        for number in range(questions):
            if not self._shown or self.chance.random() < 0.2:
                self._switch(number)
                earlier = None
            if number % EXCHANGED_EVERY == EXCHANGED_EVERY - 1:
                self._exchange_one()
                earlier = None
            earlier = self._ask(earlier)
            if number % every == 0:
                self._sample(number, questions)

    def compared(self, name: str) -> tuple[float, float]:
        """The mean of a measure in the third fifth, and in the last."""
        size = len(self.samples) // FIFTHS
        third, last = self.samples[2 * size : 3 * size], self.samples[-size:]
        return fmean(held[name] for _, held in third), fmean(held[name] for _, held in last)

    def slope(self, name: str) -> str:
        """How much a measure grows per 1,000 questions, from the third fifth on."""
        settled = self.samples[2 * (len(self.samples) // FIFTHS) :]
        return str(slope([number for number, _ in settled], [held[name] for _, held in settled]))

    def faults(self, growth: float, measures: Iterable[str] = MEASURES) -> list[str]:
        """What grew by more, and what is left of articles that are gone."""
        means = {name: self.compared(name) for name in measures}
        faults = [
            f"{name}: {was:.1f} in the third fifth, {is_:.1f} in the last"
            for name, (was, is_) in means.items()
            if is_ > was + max(growth * was, MEASURES[name])
        ]
        return faults + [f"left of an article that is gone: {path}" for path in orphans(self.home)]

    def _ask(self, earlier: Exchange | None) -> Exchange | None:
        kind, question = self._question(earlier)
        scope = None if self.chance.random() < 0.05 else [self._shown]
        is_follow_up = kind == "follow-up"
        inquiry = self.application.assistant.ask(question, scope, earlier=earlier if is_follow_up else None)
        stop_after = self.chance.randint(0, 4) if self.chance.random() < 0.15 else None
        answer: Answer | None = None
        for at, event in enumerate(inquiry):
            if at == stop_after:
                inquiry.stop()
            if isinstance(event, AnswerFinished):
                answer = event.answer
        assert answer, question
        self.done[kind if not answer.stopped else "stopped"] += 1
        self.done["refused"] += answer.refused
        if self.chance.random() < 0.05:
            self._keep(answer)
        return Exchange(answer.question, answer.text) if answer.model and not answer.stopped else None

    def _question(self, earlier: Exchange | None) -> tuple[str, str]:
        """Which kind of question is asked next, and the question."""
        kind = self.chance.random()
        if kind < 0.15:
            return "overview", self.chance.choice(OVERVIEWS)
        if kind < 0.25:
            return "unanswered", self.chance.choice(UNANSWERED)
        rows = self._there[self._shown].questions
        follow_ups = dict(rows)
        if earlier and earlier.question in follow_ups and kind < 0.6:
            return "follow-up", follow_ups[earlier.question]
        return "question", self.chance.choice(rows)[0]

    def _switch(self, number: int) -> None:
        """Shows the next article: it is read ahead, its versions are linked, questions on it are made up."""
        self._shown = list(self._there)[number % len(self._there)]
        self.application.prepare(self._shown, self.chance.choice(tuple(Language)))
        self.application.library.alignment(self._shown)
        self.done["switched"] += 1
        time.sleep(self.chance.uniform(0, 0.2))  # it is being read, in which questions are made up

    def _add(self) -> None:
        news = self.news[next(self._fresh) % len(self.news)]
        article, _ = self.application.library.add(news.text)
        self._there[article.id] = news

    def _exchange_one(self) -> None:
        """Removes an article, mostly while the model still reads one, and adds another."""
        gone = self.chance.choice(list(self._there))
        self.application.remove(gone)
        del self._there[gone]
        self._add()
        if gone == self._shown:
            self._shown = next(iter(self._there))
        self.done["exchanged"] += 1

    def _keep(self, answer: Answer) -> None:
        """Keeps an answer with its article, which has two such at most."""
        notes = self.application.library.notes
        notes.keep(self._shown, f"{time.monotonic_ns()}", {"answer": answer.text})
        for note in notes.of(self._shown)[:-2]:
            notes.drop(self._shown, note.id)

    def _sample(self, number: int, questions: int) -> None:
        held: dict[str, float] = asdict(hold(os.getpid()))
        files, size = files_in(self.home)
        self.samples.append((number, held | {"files": files, "megabytes": size / 1e6}))
        tell(
            f"  {number:6} of {questions}: {held['resident']} MB, model {held['children_resident']} MB, "
            f"{held['threads']} threads, {held['handles']} handles, {files} files of {size / 1e6:.1f} MB",
        )


def attack(folder: Path, model: Path | None, questions: int, articles: int, chance: random.Random) -> Soak:
    """Asks so many questions on a home in `folder`."""
    settings = Settings(home=folder / "home", model=str(model)) if model else _tiny(folder)
    with open_application(settings, lambda _: None) as application:
        application.model.start()
        news = write_news(chance, articles + questions // 10)
        soak = Soak(application, settings.home, chance, news, articles)
        soak.run(questions)
    return soak


def _tiny(folder: Path) -> Settings:
    """With a model that says nothing that means anything, of which some is enough."""
    model = write_tiny_model(folder / "tiny.gguf", TINY)
    return Settings(home=folder / "home", model=str(model), answer_tokens=24)


def main(arguments: Sequence[str]) -> int:
    """Soaks the assistant; 1 where something grew or was left behind."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        chance = random.Random(options.seed)  # noqa: S311  to be run again
        soak = attack(Path(folder), options.model, options.questions, options.articles, chance)
        minutes = (time.perf_counter() - began) / 60
        faults = soak.faults(options.growth)
    tell(report(soak, faults, f"seed {options.seed}, {minutes:.1f} minutes"))
    if options.json:
        options.json.write_text(json.dumps({"faults": faults, "done": soak.done, "samples": soak.samples}))
    return 1 if faults else 0


def report(soak: Soak, faults: Sequence[str], how: str) -> str:
    """What was found, as Markdown."""
    done = ", ".join(f"{times} {kind}" for kind, times in soak.done.most_common())
    return "\n".join(
        [
            f"**Soak** on {soak.articles} articles ({how}): {done}.",
            "",
            "| | third fifth | last fifth | per 1,000 questions |",
            "|---|---|---|---|",
            *(
                f"| {name} | {soak.compared(name)[0]:.1f} | {soak.compared(name)[1]:.1f} | {soak.slope(name)} |"
                for name in MEASURES
            ),
            "",
            f"On {describe_machine()}.",
            "",
            f"{'GAVE IN' if faults else 'Withstood'}: {'; '.join(faults) or 'nothing found'}",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fire soak", description=__doc__)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--articles", type=int, default=50)
    parser.add_argument("--growth", type=float, default=GROWTH, help="most by which the last fifth may hold more")
    parser.add_argument("--model", type=Path, help="a GGUF file; a tiny one of chance numbers without it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser
