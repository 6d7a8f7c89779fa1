"""The feed: who sees which payment, likes and comments, people as others see them.

Never: a copy of a payment. Timelines hold ids; what they say is read each time it is shown.
"""
