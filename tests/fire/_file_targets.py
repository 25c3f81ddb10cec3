"""What reads files of its own, as targets: those of a library, of models, and those that measure."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import strategies as st

from assistant.answering.answerability import Answerability, load_answerability
from assistant.answering.linear import COLUMNS, load_classifier
from assistant.interfaces.ui.conversation import as_markdown, as_text, exchange_before, from_storage, to_storage
from assistant.interfaces.ui.findings import note_id
from assistant.interfaces.ui.html import answer_html, question_html
from assistant.interfaces.ui.reports import article_of as article_asked
from assistant.library.article import parse_article
from assistant.library.derived import read_beads, read_questions
from assistant.library.files import (
    article_of,
    list_entries,
    read_record,
    record_of,
)
from assistant.library.notes import Notes, notes_file
from assistant.measuring.evaluation import done_ways, read_rows
from assistant.measuring.fitting.lessons import read_lessons
from assistant.measuring.scoring import read_gold_rows, read_predictions
from assistant.model import catalog
from assistant.model.choices import model_choices, remembered_choice
from assistant.model.files import checked_gguf, verified
from assistant.model.llama.ways import Opener
from assistant.model.prefix import KeptPrefix, PrefixFolder
from assistant.model.protocol import Reading
from assistant.settings import Care, Settings, own_file
from assistant.text.language import Language
from tests.fire._attack import Target
from tests.fire._conversation import conversation
from tests.fire._inputs import damaged_json, documents
from tests.texts import BILINGUAL

__all__ = ["TARGETS"]

ARTICLE = parse_article(BILINGUAL)
RECORD = json.loads(record_of(ARTICLE, "2026-01-02T03:04:05.000006+00:00"))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _file(name: str, data: bytes) -> Path:
    path = Path(_folder().name) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _read_record(data: bytes) -> None:
    """An article's file is read, or told to be damaged; what is read can be listed, shown and written again."""
    path = _file(f"record/articles/{ARTICLE.id}.json", data)
    home = path.parent.parent
    told: list[Any] = []
    entries = list_entries(home, lambda _, error: told.append(str(error)))
    assert len(entries) + len(told) == 1, "the file is neither listed nor told"
    record = read_record(path)
    article = article_of(record) or parse_article(record["text"], record["title"])
    again = record_of(article, record["added"])
    assert article_of(json.loads(again)) == article
    again.encode()


def _read_beads(data: bytes) -> None:
    beads = read_beads(_file("beads.json", data))
    if beads is not None:
        for bead in beads:
            assert all(isinstance(number, int) for number in (*bead.english, *bead.japanese)), "no number"


def _read_questions(data: bytes) -> None:
    for question in read_questions(_file("questions.json", data)) or ():
        question.encode()


def _read_notes(data: bytes) -> None:
    """What is kept can be read, another kept beside it, and both shown."""
    home = Path(_folder().name) / "notes-home"
    path = notes_file(home, ARTICLE.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    notes = Notes(home, lambda _: True)
    before = notes.of(ARTICLE.id)
    for note in before:
        _render(from_storage([note.record]))
    notes.keep(ARTICLE.id, "0" * 12, {"a": 1})
    kept = notes.of(ARTICLE.id)
    assert {note.id for note in before} <= {note.id for note in kept}, "a note is lost"


def _render(turns: Any) -> None:
    """All that the page makes of a conversation."""
    as_markdown(turns, "Conversation", {}).encode()
    exchange_before(turns, ())
    for turn in turns:
        as_text(turn.answer, {}).encode()
        note_id(turn)
        article_asked(turn)
        question_html(turn.answer.question, turn.answer.language, turn.answer.understood).encode()
        answer_html(turn.answer.language, turn.answer.text, turn.hits, turn.answer, {}).encode()


def _restore(stored: Any) -> None:
    turns = from_storage(stored)
    _render(turns)
    again = json.loads(json.dumps(to_storage(turns)))
    assert from_storage(again) == turns[-50:], "another conversation comes back"


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode(errors="replace")


def _home(name: str, files: dict[str, bytes]) -> Settings:
    home = Path(_folder().name) / name
    for file, data in files.items():
        _file(f"{name}/{file}", data)
    return Settings(home=home)


def _read_settings(data: bytes) -> None:
    """What was chosen, verified and known to work counts as nothing where it can't be read."""
    settings = _home("settings", {"models/chosen.json": data, "models/ways.json": data, "models/.verified.json": data})
    assert isinstance(remembered_choice(settings), str)
    verified(settings.home / "models").get("a.gguf")
    model = _file("settings/models/a.gguf", b"GGUF")
    opener = Opener(threads=2, context_tokens=512, remembered=settings.ways)
    with mock.patch.object(Opener, "_fingerprint", return_value="f" * 64):
        way = opener.known(model)
    assert way is None or all(isinstance(value, int) for value in (way.threads, way.gpu_layers)), f"{way}"


def _read_calibration(data: bytes) -> None:
    """A calibration tells, of any reading of its width, how likely an answer is."""
    found = load_answerability(_file("calibration.json", data))
    width = 2 if found.weights is None else len(found.weights)
    for language in Language:
        for other in Language:
            odds = found.log_odds(Reading(np.ones(width, np.float32), 1.5), language, other)
            found.right_of_100(odds, language, other)
            for care in Care:
                found.threshold(language, other, care)
    found.save(Path(_folder().name) / "again.json")
    assert isinstance(load_answerability(Path(_folder().name) / "again.json"), Answerability)


def _read_classifier(data: bytes) -> None:
    found = load_classifier(_file("classifier.json", data))
    vector = np.zeros(max(0, found.weights.shape[1] - COLUMNS), np.float32)
    if found.weights.shape[1] >= COLUMNS:
        found.chances("Who?", vector)


def _read_catalog(data: bytes) -> None:
    """The catalog is read, or told to be broken; its models can be chosen."""
    folder = _file("checkout/models/catalog.toml", data).parent
    with mock.patch.object(catalog, "checkout_models", return_value=folder):
        specs = catalog.load_catalog().specs
        model_choices(Settings(home=folder.parent))
    assert specs


def _read_gguf(data: bytes) -> None:
    """Whether a file is a model's is told by its beginning."""
    home = _home("gguf", {"models/b.gguf": data})
    with mock.patch.object(catalog, "checkout_models", return_value=None):
        model_choices(home)
    checked_gguf(home.home / "models" / "b.gguf")


def _read_prefix(data: bytes) -> None:
    """What a model has read is given out whole, or not at all."""
    folder = Path(_folder().name) / "prefixes"
    for path in folder.glob("*"):
        path.unlink()
    _file("prefixes/0123456789ab-x.kv", data)
    kept = PrefixFolder(folder, "f", 10**9)
    path, _ = kept.longest_shared([1, 2, 3])
    if path:
        found = kept.read(path)
        assert found is None or (len(found.tokens), bytes(found.state)) == (3, b"state"), f"{found} is given out"


@cache
def _prefix() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        PrefixFolder(Path(folder), "f", 10**9).write(KeptPrefix((1, 2, 3), b"state"), ARTICLE.id)
        return next(Path(folder).iterdir()).read_bytes()


def _read_rows(data: bytes) -> None:
    """Each reader of rows takes a file, or tells which line is wrong."""
    told = []
    for read in (read_rows, read_gold_rows, read_predictions, read_lessons, done_ways):
        path = _file("rows.jsonl", data)
        try:
            read(path)
        except Exception as error:
            told.append(error)
            if not isinstance(error, Exception) or type(error).__name__ != "EvaluationError":
                raise
    if len(told) == 5:
        raise told[0]


ROW = {
    "id": "1",
    "task": "t",
    "question": "Who?",
    "question_lang": "en",
    "answerable": True,
    "answers": ["240 yen"],
    "article": BILINGUAL,
    "title": "T",
    "accept": ["240"],
    "reject": ["9+"],
}
PREDICTION = {
    "id": "1",
    "answer": "240 yen",
    "refused": False,
    "citations": [{"text": "a"}],
    "model": "m",
    "timings": {"total_ms": 3.5, "first_token_ms": 1.0},
}
LESSON = {
    "article": BILINGUAL,
    "title": "T",
    "language": "en",
    "question": "Who?",
    "words": "240 yen",
    "said": "240円",
    "before": ["a", "b"],
}


def _jsonl(values: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.lists(values, min_size=1, max_size=3).map(b"\n".join)


def _toml() -> st.SearchStrategy[bytes]:
    """The catalog with lines changed, lost, doubled, or bytes damaged."""
    text = own_file("catalog.toml").read_text("utf-8")
    values = st.sampled_from(
        (
            "0",
            "-1",
            '""',
            '"x"',
            "true",
            "[]",
            "{}",
            "1e999",
            "99999999999999999999",
            "2026-01-01",
            '"a.gguf"',
            '"' + "0" * 64 + '"',
            "nan",
        )
    )

    def changed(at: int, change: str, value: str) -> bytes:
        lines = text.splitlines()
        number = at % len(lines)
        name, equals, _ = lines[number].partition("=")
        if change == "value" and equals:
            lines[number] = f"{name}= {value}"
        elif change == "lose":
            del lines[number]
        else:
            lines.insert(number, lines[at // 7 % len(lines)])
        return "\n".join(lines).encode()

    lines = st.builds(changed, st.integers(0, 9999), st.sampled_from(("value", "value", "lose", "double")), values)
    deep = st.integers(1, 9000).map(lambda count: b"a = " + b"[" * count)
    return st.one_of(lines, lines, documents(text.encode()), deep)


def _gguf_bytes() -> st.SearchStrategy[bytes]:
    name = b"\x0c\0\0\0\0\0\0\0general.type\x08\0\0\0\x05\0\0\0\0\0\0\0model"
    head = b"GGUF\3\0\0\0" + bytes(8) + b"\2\0\0\0\0\0\0\0"
    return st.one_of(documents(head + name + bytes(64), head + b"\xff" * 64), st.binary(max_size=99).map(head.__add__))


TARGETS = (
    Target("article records", lambda: damaged_json(RECORD), _read_record, json.dumps(RECORD).encode()),
    Target(
        "alignments kept", lambda: damaged_json({"version": 1, "beads": [[[1], [1, 2]], [[2, 3], [3]]]}), _read_beads
    ),
    Target("questions kept", lambda: damaged_json({"version": 1, "questions": ["Who?", "誰？"]}), _read_questions),
    Target(
        "notes",
        lambda: damaged_json(
            {
                "version": 1,
                "notes": [{"id": "a" * 12, "kept": "2026-01-02T03:04:05+00:00", "record": conversation()[0]}],
            }
        ),
        _read_notes,
    ),
    Target("conversations", lambda: damaged_json(conversation()).map(_loads), _restore, conversation()),
    Target(
        "settings kept",
        lambda: damaged_json(
            {"id": "a"}, {"f" * 64: {"threads": 2, "gpu_layers": 0, "repacks": True, "fell_back": False}}
        ),
        _read_settings,
    ),
    Target(
        "calibrations",
        lambda: damaged_json(
            *(
                json.loads(path.read_bytes())
                for path in sorted(own_file("catalog.toml").parent.glob("*.calibration.json"))
            )
        ),
        _read_calibration,
    ),
    Target("classifiers", lambda: damaged_json(json.loads(own_file("names.json").read_bytes())), _read_classifier),
    Target("catalogs", _toml, _read_catalog),
    Target("heads of models", _gguf_bytes, _read_gguf),
    Target("readings kept", lambda: documents(_prefix()), _read_prefix),
    Target("rows", lambda: _jsonl(damaged_json(ROW, PREDICTION, LESSON)), _read_rows),
)
