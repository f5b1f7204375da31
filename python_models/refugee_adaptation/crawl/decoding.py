"""From bytes to text by evidence: UTF-8, GB18030, Big5 or UTF-16, line by line."""

from __future__ import annotations

_BROKEN_SHARE = 0.01
"""UTF-8 with no more than this share of broken characters is UTF-8, cut or damaged.
GB18030 read as UTF-8 breaks at nearly every Chinese character."""

_COMMON_SHARE = 0.9
"""Of Chinese read in its own encoding so many characters are common ones; read in the
other's, less than two thirds are."""


def decode(raw: bytes) -> tuple[str, str]:
    """Turn bytes into text by evidence.

    A byte order mark decides; else strict UTF-8 is tried. Where it fails, most lines
    with other than ASCII characters tell the file's encoding; a line that is plainly of
    the other one (a file is appended to by several tools) is read as that. No line of
    another encoding changes the reading of the rest.

    Args:
        raw: the whole file.

    Returns:
        The text without its byte order mark, and the name of the encoding with the
        numbers of lines in another one and of characters that were lost, if any.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
        return text, _note("utf-16", "", 0, text)
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    # no byte of a character in any of these encodings is that of a line end
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    kinds = [None if line.isascii() else _is_utf8(line) for line in lines]
    paired = list(zip(lines, kinds, strict=True))
    other = _chinese([line for line, kind in paired if kind is False])
    is_utf8 = kinds.count(True) >= kinds.count(False)
    main, minor = ("utf-8", other) if is_utf8 else (other, "utf-8")
    count = 0
    texts = []
    for line, kind in paired:
        is_minor = kind is not None and kind != is_utf8
        # two bytes may be UTF-8 by chance
        is_minor = is_minor and (is_utf8 or _has_three_bytes(line))
        count += is_minor
        texts.append(line.decode(minor if is_minor else main, errors="replace"))
    text = "\n".join(texts)
    return text, _note(main, minor, count, text)


def _is_utf8(line: bytes) -> bool:
    """Tell whether a line is UTF-8, but for a few characters that were damaged."""
    try:
        line.decode("utf-8")
        return True
    except UnicodeDecodeError:
        pass
    text = line.decode("utf-8", errors="replace")
    foreign = sum(not character.isascii() for character in text)
    lost = text.count("\ufffd")
    return foreign > 1 and lost <= max(1, _BROKEN_SHARE * foreign)


def _has_three_bytes(line: bytes) -> bool:
    return sum(x > "\u07ff" for x in line.decode("utf-8", errors="ignore")) > 1


def _chinese(lines: list[bytes]) -> str:
    """Tell GB18030 and Big5 apart; GB18030 where nothing speaks for Big5."""
    raw = b"\n".join(lines)
    try:
        traditional = [x.encode("big5") for x in raw.decode("big5") if not x.isascii()]
    except UnicodeDecodeError:
        return "gb18030"
    simplified = [
        len(x.encode("gb2312", errors="ignore"))
        for x in raw.decode("gb18030", errors="replace")
        if not x.isascii()
    ]
    # the punctuation and the common characters of Big5; those of GB 2312
    common = sum(b"\xa1" <= x[:1] <= b"\xc6" for x in traditional)
    is_big5 = common >= _COMMON_SHARE * len(traditional) and (
        sum(map(bool, simplified)) < _COMMON_SHARE * len(simplified)
    )
    return "big5" if is_big5 else "gb18030"


def _note(encoding: str, other: str, count: int, text: str) -> str:
    lost = text.count("\ufffd")
    notes = [encoding]
    if count:
        notes.append(f"{count} lines {other}")
    if lost:
        notes.append(f"{lost} characters lost")
    return ", ".join(notes)
