"""The cellar: money, ids, clock, database, cache, batching, events, web.

A module enters here when two slices need it and it knows no business word.
"""
