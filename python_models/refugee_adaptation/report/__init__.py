"""One self-contained HTML page from the marts of a build.

The page reads tables of the schema `main` only, over a read-only connection, and asks
nothing of any network. Modules: `marts` reads, `texts` speaks two languages, `charts`
draws, `network` explores, `columns`, `story` and `sections` write, `page` puts all
together.
"""
