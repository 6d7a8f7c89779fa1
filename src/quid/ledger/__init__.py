"""Every cent, once, for ever: accounts, posting, statements, seals, reconciliation.

Never: a person's name, a note, a provider, a float, an UPDATE of a journal row.
"""
