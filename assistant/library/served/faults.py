"""What is wrong with a Chroma server, by what it answers or doesn't: one word for each, with what to do."""

from assistant.errors import StoreError
from assistant.library.served.address import Address

__all__ = ["Refusal", "broken_off", "fault", "foreign", "refused", "too_slow", "unproven", "unreachable", "without"]

AUTH = (401, 403)
PASSING = (429, 500, 502, 503, 504)
TOO_LARGE = 413


class Refusal(Exception):
    """An answer that is none of Chroma's own, or refuses the key."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.said = said


def unreachable(address: Address, reason: object) -> StoreError:
    return StoreError(
        "No Chroma server answers at {server}: {reason}. Start it, or check CHROMA_HOST and CHROMA_PORT.",
        server=address.place,
        reason=address.said(reason),
    )


def too_slow(address: Address, seconds: float) -> StoreError:
    return StoreError(
        "The Chroma server {server} takes too long: after {seconds:.0f} seconds its answer was not there. Try again "
        "later, or see what load it has.",
        server=address.place,
        seconds=seconds,
    )


def unproven(address: Address, reason: object) -> StoreError:
    return StoreError(
        "The Chroma server {server} can't show that it is {server} ({reason}), so nothing is sent to it. Check its "
        "certificate, or CHROMA_HOST and CHROMA_SSL.",
        server=address.place,
        reason=address.said(reason),
    )


def broken_off(address: Address, reason: object) -> StoreError:
    return StoreError(
        "The connection to the Chroma server {server} broke off ({reason}). Try again.",
        server=address.place,
        reason=address.said(reason),
    )


def foreign(address: Address, version: object) -> StoreError:
    return StoreError(
        "The Chroma server {server} speaks another version ({version}) than this assistant. Use a Chroma of version "
        "1, as `chroma run` of this assistant's own.",
        server=address.place,
        version=address.said(version),
    )


def without(address: Address) -> StoreError:
    return StoreError(
        "The Chroma server {server} has no database {database} of a tenant {tenant}. Make it there, or check "
        "CHROMA_TENANT and CHROMA_DATABASE.",
        server=address.place,
        database=address.server.database,
        tenant=address.server.tenant,
    )


def fault(address: Address, reason: object) -> StoreError:
    return StoreError(
        "The Chroma server {server} can't do it ({reason}). Try again later, or look into what it logs.",
        server=address.place,
        reason=address.said(reason),
    )


def refused(address: Address, refusal: Refusal) -> StoreError:
    """What a status means that Chroma doesn't explain itself."""
    if refusal.status in AUTH:
        return StoreError(
            "The Chroma server {server} does not take the key (HTTP {status}). Check CHROMA_API_KEY.",
            server=address.place,
            status=refusal.status,
        )
    if refusal.status == TOO_LARGE:
        return StoreError(
            "An article is too long for the Chroma server {server}, or for a proxy before it (HTTP {status}). Have "
            "it take requests of 40 MB, or shorten the article.",
            server=address.place,
            status=refusal.status,
        )
    if refusal.status in PASSING:
        return fault(address, f"HTTP {refusal.status} {refusal.said}".strip())
    return StoreError(
        "{server} is no Chroma server that this assistant can use (HTTP {status}). Check CHROMA_HOST, CHROMA_PORT and "
        "CHROMA_SSL, and that it is of version 1.",
        server=address.place,
        status=refusal.status,
    )
