"""Read a crawl of any supported export as text; see `reading.read_crawl`.

Nothing is interpreted here: what a value means is said in SQL.
"""
