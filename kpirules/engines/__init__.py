"""Engines, which read only a plan.

Input: a plan. Output: functions that rate the inputs of a subject.
They must not know the rulebook's document, the reference engine or the record.
"""
