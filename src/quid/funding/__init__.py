"""Banks and cards: linked sources, deposits, withdrawals, card charges, and what providers tell.

It must never: call a provider inside a transaction, believe a webhook's own words, or know what a
payment is beyond its id.
"""
