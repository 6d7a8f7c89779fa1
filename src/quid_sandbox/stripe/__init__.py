"""The card processor: Stripe's wire contract for what cards and payouts to cards need of it.

A handler gets a desk (one account's rows in one transaction) and read arguments, and gives a
document; the door in `face` knows keys, headers and errors. It never sees a real card: pages and
requests take the published test numbers alone, and no number is kept.
"""
