"""Engines that read a plan and nothing else.

Comes in: a plan. Goes out: functions that rate what a subject gives.
They may not know the rulebook's document, the reference engine or the record.
"""
