"""The key of the pseudonyms: who may link a pseudonym back to a user.

Whoever holds the key can test whether a known user id is behind a pseudonym. So it
never enters the database, compiled SQL or a log: it is a session variable of the
build's own connections.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from refugee_adaptation.crawl.sheets import CrawlError

if TYPE_CHECKING:
    import duckdb

KEY_VARIABLE = "ADAPTATION_PSEUDONYM_KEY"
SAMPLE_KEY = "the bundled sample is synthetic: there is nobody to protect"
FINGERPRINT_OF = "the key of this build"
_SHORTEST = 16
# hex digits as letters: a spreadsheet takes 12e34 for a number
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def set_key(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """Let the macro `pseudonym` hash on a connection, which keeps no other trace.

    Args:
        connection: its session variables `pseudonym_inner_pad` and
            `pseudonym_outer_pad` are set: the key's pads of HMAC (RFC 2104).
        key: the key of the pseudonyms.
    """
    code = key.encode()
    block = (sha256(code).digest() if len(code) > 64 else code).ljust(64, b"\0")
    for name, mask in (("inner", 0x36), ("outer", 0x5C)):
        pad = bytes(byte ^ mask for byte in block)
        connection.execute(f"set variable pseudonym_{name}_pad = ?", [pad])


def user_pseudonym(user_id: str, key: str) -> str:
    """The pseudonym that a build gives a user: the macros `pseudonym`, `protect_ids`.

    Args:
        user_id: 24 hex digits.
        key: the key of the build.

    Returns:
        16 letters from a to p.
    """
    return pseudonym(sha256(user_id.encode()).hexdigest()[:16], key)


def pseudonym(text: str, key: str) -> str:
    """The pseudonym of an id, as the macro of this name makes it.

    Args:
        text: the id; of a user the crawler's own hash, 16 hex digits.
        key: the key of the build.

    Returns:
        16 letters from a to p.
    """
    code = hmac.new(key.encode(), text.encode(), sha256).hexdigest()
    return code[:16].translate(_LETTERS)


def key_of_build(database: Path, fingerprint: str | None) -> str | None:
    """Find the key of a build that is there, and make none.

    Args:
        database: the path of the DuckDB file.
        fingerprint: what the build keeps of its key (the macro `key_fingerprint`);
            None of a build that is not there.

    Returns:
        The key of ADAPTATION_PSEUDONYM_KEY, of the file beside the database or of the
        sample, whichever has the fingerprint, or comes first where there is none; or
        None.
    """
    kept = Path(f"{database}.key")
    candidates = [
        os.environ.get(KEY_VARIABLE, "").strip(),
        kept.read_text().strip() if kept.is_file() else "",
        SAMPLE_KEY if fingerprint else "",
    ]
    for key in filter(None, candidates):
        if fingerprint is None or pseudonym(FINGERPRINT_OF, key) == fingerprint:
            return key
    return None


def choose_key(
    *, is_sample: bool, database: str, tell: Callable[[str], object] = print
) -> str:
    """Choose the key of the pseudonyms.

    The environment variable ADAPTATION_PSEUDONYM_KEY comes first. The bundled
    synthetic sample has a public key, so that its documents can be reproduced. Any
    other crawl has a random key, made once and kept in a file beside the database
    that only its owner may read: where others may, that is ended and said.

    Args:
        is_sample: True when the crawl is the bundled sample and nothing else.
        database: the path of the DuckDB file, or `:memory:`, whose key lasts as long
            as the process.
        tell: is called with a sentence that the user must read.

    Returns:
        The key.

    Raises:
        CrawlError: the key given or kept has fewer than 16 characters, or there is no
            place to keep one.
    """
    given = os.environ.get(KEY_VARIABLE, "").strip()
    if given:
        if len(given) < _SHORTEST:
            raise CrawlError(
                f"{KEY_VARIABLE} has {len(given)} characters; "
                f"expected {_SHORTEST} or more."
            )
        return given
    if is_sample:
        return SAMPLE_KEY
    if database == ":memory:":
        return secrets.token_hex(32)
    if "://" in database or database.startswith("md:"):
        raise CrawlError(
            f"The database is no local file, so no key can be kept beside it; set "
            f"{KEY_VARIABLE}."
        )
    return _kept_key(Path(f"{database}.key").expanduser(), tell)


def _kept_key(path: Path, tell: Callable[[str], object]) -> str:
    try:
        if not path.exists():
            # the database is open and locked by now, so no other build gets here
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        elif path.stat().st_mode & 0o077:
            path.chmod(0o600)
            tell(
                f"Others could read the key `{path}`: now only you can. Whoever has it "
                "can test which user a pseudonym is; to change it, delete the file and "
                "build anew."
            )
        key = path.read_text().strip()
    except OSError as error:
        raise CrawlError(
            f"The key of the pseudonyms cannot be kept in `{path}` "
            f"({error.strerror}); set {KEY_VARIABLE} instead."
        ) from error
    if len(key) < _SHORTEST:
        raise CrawlError(
            f"The key file `{path}` is damaged; delete it to draw a new key (all "
            "pseudonyms change)."
        )
    return key
