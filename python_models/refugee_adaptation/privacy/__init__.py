"""Who a pseudonym is, forgetting people, and looking for what must not be there."""
