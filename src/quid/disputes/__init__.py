"""What people say went wrong: reports of payments, and appeals against what the house decided.

Never: money. What a decision gives back is taken back by `payments`, with a second operator.
"""
