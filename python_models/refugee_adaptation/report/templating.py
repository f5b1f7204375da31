"""Fill the templates of the page; text is escaped unless it is Markup."""

from __future__ import annotations

from importlib.resources import files

import jinja2
from markupsafe import Markup

from refugee_adaptation.report.texts import say


def part(name: str) -> str:
    """Read a part of the page as it stands.

    Args:
        name: file name in `templates/`.

    Returns:
        Its text.
    """
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def fill(name: str, **values: object) -> Markup:
    """Fill a template.

    Args:
        name: file name in `templates/`.
        values: what the template names; `say` is always there.

    Returns:
        Its HTML.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return Markup(environment.from_string(part(name)).render(say=say, **values))
