"""Implementations of `ports`: Plaid for banks, Stripe for cards. Built in wiring alone."""
