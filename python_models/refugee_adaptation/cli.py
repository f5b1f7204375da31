"""The command `adaptation`: from a crawl to its page, and what else people type."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version

#: The module of each command, whose `main` takes its arguments, and what it does.
COMMANDS = {
    "check": ("checking", "what a crawl holds, and what it will and will not answer"),
    "run": ("running", "every table from a crawl, then its page"),
    "report": ("report.__main__", "the page of a build, one HTML file"),
    "export": ("export", "Parquet, CSV and networks of a build"),
    "who": ("privacy.who", "which user a pseudonym is, with the key and the crawl"),
    "forget": ("privacy.forget", "delete a person from a build and from later ones"),
    "search": (
        "privacy.search",
        "look for what must not be there: ids, names, links",
    ),
    "coding": ("coding.__main__", "blinded sheets for two coders, and their agreement"),
}
USAGE = """\
usage: adaptation COMMAND [ARGUMENT ...]

How people who fled TikTok settled on Xiaohongshu: from a crawl to tables and a page.

commands (each has --help):
{commands}

examples:
  adaptation check path/to/crawl
  adaptation run path/to/crawl --open
  adaptation export --out exports/
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: those of the command line, without the program's name.

    Returns:
        The exit code: 0; 1 where something was found to be wrong; 2 where the command
        could not be carried out.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        listed = (f"  {name:<8}{what}" for name, (_, what) in COMMANDS.items())
        print(USAGE.format(commands="\n".join(listed)), end="")
        return 0 if given else 2
    if given[0] == "--version":
        print(version("refugee-adaptation"))
        return 0
    name, *rest = given
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        print(f"adaptation: no command `{name}`; there are {known}.", file=sys.stderr)
        return 2
    module = import_module(f"refugee_adaptation.{COMMANDS[name][0]}")
    run: Callable[[Sequence[str]], int] = module.main
    try:
        return run(rest)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
