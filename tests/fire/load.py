"""Many askers at once on the page's own process: nobody gets an error, all get their turn, nothing stays when they go.

Some press Stop, some leave in the middle, some are programs; meanwhile articles are added and removed, also under
those who ask about them. The pages may be several, on one Chroma server, and a server of fixed speed may answer.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from assistant.interfaces.ui.page import ASKERS
from assistant.interfaces.ui.serving import SESSIONS
from tests.bench.machine import describe_machine
from tests.fire._installation import installed
from tests.fire._measures import READ, SLACK, Holding, files_in, hold, jain, orphans, percentile
from tests.fire._news import OVERVIEWS, UNANSWERED, News, write_news
from tests.fire._telling import tell
from tests.fire._visitor import Asked, Page, Raw, Visitor, listed, program
from tests.pages import Server
from tests.tiny_model import write_tiny_model

__all__ = ["Load", "main"]

ARTICLES = 6
"""Articles that stay."""
TINY = 1
"""Seed of a tiny model that answers some questions, and refuses others."""
FAIR = 0.95
"""Least fairness among those who do the same."""
GROWTH = 0.05
"""Most that memory may have grown by once all are gone."""
POOLS = 3 * ASKERS
"""Threads of a page's pools, of which there are as many as were ever busy at once."""
SHARES = {"reads": 0.5, "stops": 0.12, "leaves": 0.14, "programs": 0.12, "risks": 0.12}
"""What askers do: `risks` asks about articles that are being removed."""
THINK = (0.2, 1.5)
"""Seconds between an answer and the next question."""
GONE = ("There is no article", "は見つかりません。すでに削除")
SAMPLE_SECONDS = 5.0
CHANGE_SECONDS = (0.5, 2.0)
"""Between two articles that come or go."""


@dataclass(slots=True)
class Load:
    """A run, and what was seen in it."""

    askers: int
    seconds: float
    chance: random.Random
    only: str = ""
    """What all do; "" for some of each."""
    think: Sequence[float] = THINK
    asked: list[tuple[str, int, Asked]] = field(default_factory=list)
    """By what the asker does and its number."""
    raw: list[str] = field(default_factory=list)
    """What no reader should have seen."""
    gone: int = 0
    """How often it was told that an article is there no more."""
    changes: int = 0
    samples: list[Holding] = field(default_factory=list)
    _changing: list[str] = field(default_factory=list)
    _doubtful: deque[str] = field(default_factory=lambda: deque(maxlen=6))
    """Articles that may go at any time, or have gone."""
    _ends: float = 0.0

    async def run(self, servers: Sequence[Server], news: Sequence[News]) -> None:
        """Lets all ask, as many of each page as of the others, until the time is up, and leave."""
        async with AsyncExitStack() as opened:
            pages = [await Page.of(await opened.enter_async_context(_client(server))) for server in servers]
            editor = Visitor(pages[0])
            await editor.open()
            stay = [(await editor.add(each.text), each) for each in news[:ARTICLES]]
            for page in pages[1:]:
                while not {id_ for id_, _ in stay} <= await listed(page.http):
                    await asyncio.sleep(0.1)
            self._ends = time.monotonic() + self.seconds
            asking = [
                asyncio.create_task(self._guarded(self._does(kind)(page, stay, number), f"{kind} {number}"))
                for number, kind in enumerate(self._kinds())
                for page in [pages[number // 2 % len(pages)]]  # every other program hangs up
            ]
            sampling = asyncio.create_task(self._sample([server.pid for server in servers]))
            await self._guarded(self._edit(editor, news[ARTICLES:]), "editor")
            await asyncio.gather(*asking)
            sampling.cancel()
            editor.leave()

    def waits(self, measure: str) -> list[float]:
        """Seconds that those who waited for the end waited for a thing."""
        found = (getattr(asked, measure) for kind, _, asked in self.asked if kind in ("reads", "risks"))
        return [seconds for seconds in found if seconds is not None]

    def fairness(self) -> float:
        """Jain's index over the answers of those who only read."""
        counts = Counter(number for kind, number, asked in self.asked if kind == "reads" and asked.end)
        return jain([counts[number] for number, kind in enumerate(self._kinds()) if kind == "reads"])

    def _kinds(self) -> list[str]:
        if self.only:
            return [self.only] * self.askers
        kinds = [kind for kind, share in SHARES.items() for _ in range(max(1, round(share * self.askers)))]
        return kinds[: self.askers]

    def _does(self, kind: str) -> Callable[..., Awaitable[None]]:
        return self._program if kind == "programs" else self._leaver if kind == "leaves" else self._reader

    async def _reader(self, page: Page, stay: Sequence[tuple[str, News]], number: int) -> None:
        kind, chance = self._kinds()[number], self._chance()
        visitor = Visitor(page, chance.choice(("en", "ja")))
        await visitor.open()
        id_, news = chance.choice(stay)
        await visitor.show(id_)
        while time.monotonic() < self._ends:
            if kind == "risks" and self._doubtful:
                visitor.article = chance.choice(self._doubtful)
            elif chance.random() < 0.05:
                id_, news = chance.choice(stay)
                await visitor.show(id_)
            stop_after = chance.uniform(0.05, 2.0) if kind == "stops" else None
            self._note(kind, number, await visitor.ask(_question(chance, news), stop_after))
            if len(visitor.turns) > chance.randint(3, 12):
                visitor.turns = []  # a conversation is cleared by the browser alone
            await asyncio.sleep(chance.uniform(*self.think))
        visitor.leave()

    async def _leaver(self, page: Page, stay: Sequence[tuple[str, News]], number: int) -> None:
        chance = self._chance()
        while time.monotonic() < self._ends:
            visitor = Visitor(page, chance.choice(("en", "ja")))
            await visitor.open()
            visitor.article, news = chance.choice(stay)
            asked = await visitor.ask(_question(chance, news), leave_after=chance.uniform(0.02, 2.0))
            self._note("leaves", number, asked)
            await asyncio.sleep(chance.uniform(*self.think))

    async def _program(self, page: Page, stay: Sequence[tuple[str, News]], number: int) -> None:
        chance = self._chance()
        while time.monotonic() < self._ends:
            id_, news = chance.choice(stay)
            hang_up_after = chance.uniform(0.02, 2.0) if number % 2 else None
            self._note("programs", number, await program(page.http, _question(chance, news), id_, hang_up_after))
            await asyncio.sleep(chance.uniform(*self.think))

    async def _edit(self, editor: Visitor, news: Sequence[News]) -> None:
        """Adds and removes articles."""
        at = 0
        while time.monotonic() < self._ends:
            if len(self._changing) < 3:
                self._changing.append(await editor.add(news[at % len(news)].text))
                self._doubtful.append(self._changing[-1])
                at += 1
            else:
                await editor.remove(self._changing.pop(self.chance.randrange(len(self._changing))))
            self.changes += 1
            await asyncio.sleep(self.chance.uniform(*CHANGE_SECONDS))
        while self._changing:
            await editor.remove(self._changing.pop())

    async def _guarded(self, doing: Awaitable[None], who: str) -> None:
        try:
            await doing
        except (Raw, httpx.HTTPError, KeyError, IndexError, ValueError) as error:
            self.raw.append(f"{who}: {error!r}")
            tell(f"  {who}: {error!r}")

    async def _sample(self, pids: Sequence[int]) -> None:
        while True:
            self.samples.append(hold(*pids))
            now = self.samples[-1]
            tell(
                f"  {len(self.asked):6} asked, {self.gone} gone, {len(self.raw)} errors; page {now.resident} MB, model "
                f"{now.children_resident} MB, {now.threads} threads, {now.handles} handles",
            )
            await asyncio.sleep(SAMPLE_SECONDS)

    def _chance(self) -> random.Random:
        """Chance of an asker's own: in which turn they ask differs from run to run."""
        return random.Random(self.chance.random())  # noqa: S311  to be run again

    def _note(self, kind: str, number: int, asked: Asked) -> None:
        self.asked.append((kind, number, asked))
        if asked.problem and any(told in asked.problem for told in GONE):
            self.gone += 1
        elif asked.problem or (kind in ("reads", "risks", "stops") and asked.end is None):
            self.raw.append(f"{kind} {number}: {asked.problem or 'no answer'}")
            tell(f"  {self.raw[-1]}")


@dataclass(frozen=True, slots=True)
class Left:
    """What the pages hold while nobody is there, with the files under their homes and their temporary folder."""

    holding: Holding
    home: tuple[int, int]
    temporary: tuple[int, int]
    orphans: list[str]


def main(arguments: Sequence[str]) -> int:
    """Loads the page; 1 where somebody got an error, too little, or left something behind."""
    options = _parser().parse_args(arguments)
    chance = random.Random(options.seed)  # noqa: S311  to be run again
    with tempfile.TemporaryDirectory() as folder:
        load, before, after, errors = attack(
            Path(folder),
            options.model,
            options.askers,
            60 * options.minutes,
            options.warm_up,
            chance,
            visitors=SESSIONS,
            pages=options.pages,
            stub=options.stub,
            only=options.only,
            think=options.think,
        )
    faults = faults_of(load, before, after, errors, options.growth, evidence=options.evidence)
    model = f"a server of {options.stub:g} tokens a second" if options.stub else options.model or "a tiny model"
    think = " to ".join(map(str, options.think))
    how = f"seed {options.seed}; {options.pages} of the page, {model}, {think} s of thought"
    tell(report(load, before, after, faults, how))
    if options.json:
        options.json.write_text(
            json.dumps(
                {
                    "before": asdict(before),
                    "after": asdict(after),
                    "faults": faults,
                    "asked": [(kind, number, asdict(asked)) for kind, number, asked in load.asked],
                    "samples": [asdict(sample) for sample in load.samples],
                }
            )
        )
    return 1 if faults else 0


def attack(
    folder: Path,
    model: Path | None,
    askers: int,
    seconds: float,
    warm_up: float,
    chance: random.Random,
    settle: float = 60.0,
    visitors: int = 0,
    pages: int = 1,
    stub: float | None = None,
    only: str = "",
    think: Sequence[float] = THINK,
) -> tuple[Load, Left, Left, str]:
    """Starts pages on homes in `folder`, warms them up, and loads them: what was seen, and what they said of errors.

    So many `visitors` come to each first and ask something: a page remembers some, those who were there last.
    """
    temporary, errors = folder / "tmp", folder / "errors.txt"
    temporary.mkdir()
    news = write_news(chance, 40)
    model = model or write_tiny_model(folder / "tiny.gguf", TINY)
    with installed(folder, model, errors, temporary, pages, stub) as servers:
        for server in servers:
            asyncio.run(_come_and_go(server, visitors))
        asyncio.run(Load(askers, warm_up, chance, only, think).run(servers, news))
        before = _settled(servers, temporary, settle)
        load = Load(askers, seconds, chance, only, think)
        asyncio.run(load.run(servers, news))
        after = _settled(servers, temporary, settle)
    return load, before, after, errors.read_text()


def _client(server: Server) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=server.url, timeout=httpx.Timeout(600), limits=limits)


async def _come_and_go(server: Server, visitors: int) -> None:
    async with _client(server) as http:
        page = await Page.of(http)
        for _ in range(visitors):
            visitor = Visitor(page)
            await visitor.open()
            await visitor.ask(UNANSWERED[0])
            visitor.leave()


def _settled(servers: Sequence[Server], temporary: Path, seconds: float) -> Left:
    """What is left once nothing changes any more."""
    homes = [home for server in servers for home in (server.home, *server.home.glob("servers/*/*"))]
    left, deadline = None, time.monotonic() + seconds
    while time.monotonic() < deadline:
        now = Left(
            hold(*(server.pid for server in servers)),
            files_in(servers[0].home.parent),
            files_in(temporary),
            [str(path) for home in homes for path in orphans(home)],
        )
        if left and (now.home, now.holding.handles, now.holding.threads) == (
            left.home,
            left.holding.handles,
            left.holding.threads,
        ):
            return now
        left = now
        time.sleep(2.5)
    assert left
    return left


def faults_of(
    load: Load,
    before: Left,
    after: Left,
    errors: str,
    growth: float,
    fair: float = FAIR,
    spare: int = 2,
    evidence: float | None = None,
) -> list[str]:
    """What must not be; so many handles and processes more are let pass as `spare`, of threads what the pools may have.

    Args:
        evidence: seconds within which all but one of twenty must have their first evidence.
    """
    faults = [*load.raw, *(["the page wrote to its error stream:\n" + errors] if "Traceback" in errors else [])]
    if load.fairness() < fair:
        faults.append(f"fairness {load.fairness():.3f}")
    late = percentile(load.waits("evidence"), 0.95)
    if evidence is not None and not late < evidence:
        faults.append(f"first evidence after {late:.2f} s (p95)")
    for name, slack in (("resident", SLACK), ("private", SLACK), ("children_resident", READ)):
        was, is_ = getattr(before.holding, name), getattr(after.holding, name)
        if is_ > was + max(growth * was, slack):
            faults.append(f"{name} memory {was} MB before, {is_} MB after")
    for name in ("threads", "handles", "children"):
        was, is_ = getattr(before.holding, name), getattr(after.holding, name)
        if is_ > max(was + spare, POOLS if name == "threads" else 0):
            faults.append(f"{name}: {was} before, {is_} after")
    if after.temporary[0] > before.temporary[0] + 2:
        faults.append(f"temporary files: {before.temporary} before, {after.temporary} after")
    return faults + [f"left of an article that is gone: {path}" for path in after.orphans]


def report(load: Load, before: Left, after: Left, faults: Sequence[str], how: str) -> str:
    """What was found, as Markdown."""
    kinds = Counter(kind for kind, _, _ in load.asked)
    machine = describe_machine()
    lines = [
        f"**Load**: {load.askers} askers for {load.seconds / 60:.1f} minutes ({how}), {len(load.asked)} questions "
        f"({', '.join(f'{count} by {kind}' for kind, count in kinds.items())}), {load.changes} articles added or "
        f"removed; {load.gone} were told that their article is gone, {len(load.raw)} got an error.",
        "",
        "| seconds until | median | p95 |",
        "|---|---|---|",
        *(
            f"| {name} | {percentile(load.waits(key), 0.5):.2f} | {percentile(load.waits(key), 0.95):.2f} |"
            for name, key in (("first evidence", "evidence"), ("first words", "words"), ("the end", "end"))
        ),
        "",
        f"Fairness among {load._kinds().count('reads')} who do the same: {load.fairness():.3f} (Jain).",
        "",
        "| all gone | before | after |",
        "|---|---|---|",
        *(
            f"| {name} | {getattr(before.holding, name)} | {getattr(after.holding, name)} |"
            for name in Holding.__dataclass_fields__
        ),
        f"| files and bytes of homes | {before.home} | {after.home} |",
        f"| temporary files and bytes | {before.temporary} | {after.temporary} |",
        "",
        f"At most {max((sample.resident for sample in load.samples), default=0)} MB while asked; on {machine}.",
        "",
        f"{'GAVE IN' if faults else 'Withstood'}: {'; '.join(faults) or 'nothing found'}",
    ]
    return "\n".join(lines)


def _question(chance: random.Random, news: News) -> str:
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(UNANSWERED)
    if kind < 0.2:
        return chance.choice(OVERVIEWS)
    return chance.choice(chance.choice(news.questions))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fire load", description=__doc__)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=180.0, help="seconds of the same before anything is measured")
    parser.add_argument("--growth", type=float, default=GROWTH, help="most that memory may have grown by")
    parser.add_argument("--model", type=Path, help="a GGUF file; a tiny one of chance numbers without it")
    parser.add_argument("--pages", type=int, default=1, help="so many, on one Chroma server where more than one")
    parser.add_argument("--stub", type=float, help="tokens a second of a server that answers in place of a model")
    parser.add_argument(
        "--only", default="", choices=["", *SHARES], help="what all askers do, in place of some of each"
    )
    parser.add_argument("--think", type=float, nargs=2, default=THINK, help="seconds until the next question")
    parser.add_argument("--evidence", type=float, help="most seconds until the first evidence (p95)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser
