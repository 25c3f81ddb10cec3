"""Passwords are kept as hashes, in a file that is sound or told to be broken."""

import re
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.interfaces import passwords
from assistant.interfaces.passwords import Accounts, Hashed, hashed
from tests.command import Run, assert_fails, assert_misused

QUICK = Hashed(16, 1, 1, b"salt" * 4, bytes(32))
MIKA, KEN = QUICK.made_of("open sesame"), QUICK.made_of("開けゴマ")
SALT, DIGEST = str(MIKA).split("$")[4:]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "passwords"
    file.write_text(f"# the desk\nmika:{MIKA}\n\nken 健:{KEN}\n", encoding="utf-8")
    return file


def test_a_hash_is_of_its_password_alone_and_salted() -> None:
    one, other = hashed("open sesame"), hashed("open sesame")
    assert str(one) != str(other)
    assert re.fullmatch(r"scrypt\$16384\$8\$5\$[\w+/]{22}==\$[\w+/]{43}=", str(one))
    assert Hashed.parse(str(one)).fits("open sesame")
    assert not one.fits("open sesame ")


def test_it_is_that_of_the_rfc() -> None:
    known = Hashed(1024, 8, 16, b"NaCl", bytes(64)).made_of("password")
    assert known.digest.hex().startswith("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")


def test_a_password_is_the_same_however_it_is_composed() -> None:
    assert QUICK.made_of("\u30ac").fits("\u30ab\u3099")


def test_who_is_in_the_file_gets_in_with_their_own_password(file: Path) -> None:
    accounts = Accounts(file)
    assert accounts.fits("mika", "open sesame")
    assert accounts.fits("ken 健", "開けゴマ")
    assert not any(
        accounts.fits(*pair) for pair in (("mika", "開けゴマ"), ("", ""), ("Mika", "open sesame"), ("#", ""))
    )


def test_an_unknown_name_takes_the_same_work(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[tuple[int, int, int, int]] = []
    scrypt = passwords.hashlib.scrypt

    def counted(password: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int, dklen: int) -> bytes:
        work.append((n, r, p, len(salt)))
        return scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=maxmem, dklen=dklen)

    monkeypatch.setattr(passwords.hashlib, "scrypt", counted)
    accounts = Accounts(file)
    for name in ("mika", "nobody"):
        assert not accounts.fits(name, "wrong")
    assert work == [(16, 1, 1, 16)] * 2


@pytest.mark.parametrize(
    "line",
    [
        "mika",
        "mika:open sesame",
        f":{MIKA}",
        f" : {MIKA}",
        f"mi\u0000ka:{MIKA}",
        f"mika:bcrypt$16$1$1${SALT}${DIGEST}",
        f"mika:scrypt$15$1$1${SALT}${DIGEST}",
        f"mika:scrypt$16$0$1${SALT}${DIGEST}",
        f"mika:scrypt$-16$1$1${SALT}${DIGEST}",
        f"mika:scrypt$16$1${SALT}${DIGEST}",
        f"mika:scrypt$16$1$1$?${DIGEST}",
        f"mika:scrypt$16$1$1$${DIGEST}",
        f"mika:scrypt$16$1$1${SALT}$",
        f"mika:scrypt$1073741824$8$1${SALT}${DIGEST}",
        f"mika:scrypt$16384$8$1000000${SALT}${DIGEST}",
        f"mika:scrypt${'9' * 5000}$8$1${SALT}${DIGEST}",
    ],
)
def test_a_line_that_is_none_is_told_by_its_number_alone(file: Path, line: str) -> None:
    file.write_text(f"ken:{KEN}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Line 2 of .*passwords is no name with a hash") as told:
        Accounts(file)
    assert SALT not in str(told.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names nobody"),
        (b"  # nobody yet\n\t# nor here\n", "names nobody"),
        (b"# nobody yet\n", "names nobody"),
        (f"ken:{KEN}\nken:{MIKA}\n".encode(), "'ken' again in line 2"),
        (b"\xff\xfe\x00", "it is no text in UTF-8"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_broken_is_told(file: Path, content: bytes | None, says: str) -> None:
    file.write_bytes(content) if content is not None else file.unlink()
    with pytest.raises(UsageError, match=says):
        Accounts(file)


def _write(file: Path, text: str) -> None:
    """Another file in its place, as editors do."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def test_it_is_read_again_when_it_changes(file: Path) -> None:
    accounts = Accounts(file)
    assert accounts.renew() == frozenset()
    _write(file, f"mika:{KEN}\nyui:{MIKA}\n")
    assert accounts.renew() == {"mika", "ken 健"}
    assert accounts.renew() == frozenset()
    assert [accounts.fits(*pair) for pair in (("mika", "open sesame"), ("yui", "open sesame"))] == [False, True]


def test_one_that_is_broken_later_is_told_once_and_changes_nothing(file: Path) -> None:
    accounts = Accounts(file)
    _write(file, "mika\n")
    with pytest.raises(UsageError):
        accounts.renew()
    assert accounts.renew() == frozenset()
    assert accounts.fits("mika", "open sesame")
    file.unlink()
    with pytest.raises(UsageError):
        accounts.renew()
    _write(file, f"mika:{MIKA}\n")
    assert accounts.renew() == {"ken 健"}


def test_the_command_makes_a_line_of_what_it_reads(run: Run, tmp_path: Path) -> None:
    made = run("password", "mika", stdin=b"open sesame\nrest\n")
    assert (made.code, made.err, made.out.count("\n")) == (0, "", 1)
    (tmp_path / "made").write_text(made.out, encoding="utf-8")
    assert Accounts(tmp_path / "made").fits("mika", "open sesame")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *(("", "be empty"), ("mi:ka", "a colon"), ("#mika", "begin with #"), (" mika", "begin or end with a blank")),
        *(("mi\nka", "a control character"), ("mika\t", "a tab"), ("星\u3000恵", "other than the usual one")),
    ],
)
def test_the_command_takes_no_name_that_the_file_can_t_have(run: Run, name: str, reason: str) -> None:
    assert_fails(run("password", name, stdin=b"open sesame\n"), f"can't be a name to log in by.*{reason}", 2)


def test_the_command_takes_no_empty_password(run: Run) -> None:
    assert_fails(run("password", "mika", stdin=b"\n"), "The password is empty", 2)


@pytest.mark.parametrize("has_login", [True, False])
@pytest.mark.parametrize(
    "reached",
    [("--host", "0.0.0.0"), ("--name", "desk.example"), ("--root-path", "/desk")],  # noqa: S104
)
def test_a_page_that_others_can_reach_warns_unless_it_has_a_login(
    run: Run, file: Path, reached: tuple[str, str], has_login: bool
) -> None:
    ended = run("page", *reached, *("--auth", str(file)) * has_login, "--model", "none.gguf")
    assert ended.code == 1
    assert ("it has no login" in ended.err) is not has_login


def test_the_page_does_not_start_with_a_broken_file(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "passwords"
    broken.write_text("mika:open sesame\n", encoding="utf-8")
    assert_fails(run("page", "--auth", str(broken)), "Line 1 of .* is no name with a hash", 2)


@pytest.mark.parametrize("options", [("--root-path", "news"), ("--root-path", "/a b"), ("--metrics-from", "everybody")])
def test_the_page_does_not_start_with_an_option_that_makes_no_sense(run: Run, options: tuple[str, str]) -> None:
    assert_misused(run("page", *options))
