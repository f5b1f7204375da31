"""The commands: `python -m refugee_adaptation.privacy forget|who|search`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from refugee_adaptation.privacy import forget, search, who

COMMANDS: dict[str, Callable[[Sequence[str] | None], int]] = {
    "forget": forget.main,
    "who": who.main,
    "search": search.main,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: its name and its arguments, without the program's name.

    Returns:
        Its exit code, or 2 when there is no such command.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in COMMANDS:
        print(
            f"usage: python -m refugee_adaptation.privacy {{{','.join(COMMANDS)}}} "
            "(each has --help)",
            file=sys.stderr,
        )
        return 2
    return COMMANDS[given[0]](given[1:])


if __name__ == "__main__":
    sys.exit(main())
