"""People: who they are, how they prove it, whom they refuse.

Never: money, balances, the feed.
"""
