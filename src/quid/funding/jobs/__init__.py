"""Timed work of funding, and what is followed all the time. One file for each use."""

from quid.funding.jobs import intake, moves, sources
from quid.funding.jobs.intake import follow, follow_switches, providers

__all__ = ["JOBS", "follow", "follow_switches", "providers"]

JOBS = (*intake.JOBS, *sources.JOBS, *moves.JOBS)
