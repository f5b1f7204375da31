"""Write docs/licences.md: the licence of every package that the project runs with.

python docs/list_licences.py > docs/licences.md
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata, requires

from packaging.requirements import Requirement

PROJECT = "refugee-adaptation"
HEAD = """\
# Licences of what the project runs with

MIT is the licence of the project. `python docs/list_licences.py` lists what it needs at
run time, directly or not; tools of development are not among it. No licence asks that
the project, or what is made with it, be licensed alike. The Mozilla Public License 2.0
asks that of changed files of its package alone; `text-unidecode` may be taken under the
Artistic License in place of the GPL.

| package | licence |
|---|---|"""


def needed(project: str = PROJECT) -> set[str]:
    """Names of the packages that a package needs on this machine, directly or not."""
    found: set[str] = set()
    ahead = [project]
    while ahead:
        name = ahead.pop()
        for line in requires(name) or ():
            requirement = Requirement(line)
            extra = {"extra": ""}
            if requirement.marker and not requirement.marker.evaluate(extra):
                continue
            known = re.sub(r"[-_.]+", "-", requirement.name).lower()
            try:
                metadata(known)
            except PackageNotFoundError:
                continue
            if known not in found:
                found.add(known)
                ahead.append(known)
    return found


def licence(package: str) -> str:
    """The licence in a package's own metadata: its expression, classifiers or words."""
    data = metadata(package)
    classifiers = [
        one.rsplit("::", 1)[1].strip()
        for one in data.get_all("Classifier") or []
        if one.startswith("License ::") and not one.endswith("OSI Approved")
    ]
    written = data.get("License-Expression", "")
    free = data.get("License", "").strip().split("\n")[0]
    return written or "; ".join(classifiers) or free or "none given"


def table() -> str:
    """The whole page."""
    rows = [f"| {name} | {licence(name)} |" for name in sorted(needed())]
    return "\n".join([HEAD, *rows]) + "\n"


if __name__ == "__main__":
    print(table(), end="")
