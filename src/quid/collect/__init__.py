"""Asking for money: requests, and how each of them ends.

Never: a way to move money of its own. A request is paid by an ordinary payment.
"""
