"""Imports every subject, so that HOLD_KINDS is whole: the footprint starts here."""

from agent.judge.holds import control, grants, jobs, keys, network, people, reports, supply

SUBJECTS = (keys, people, grants, control, network, jobs, reports, supply)
