"""The payment: from the tap to the posting, its state, its history.

Never: a provider call, a cache write or a notification inside the money transaction.
"""
