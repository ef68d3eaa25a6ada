"""What stands under everything: exact numbers and rounding, dates and calendars, frozen mappings, text and markup.

Comes in: numbers, texts, mappings. Goes out: the same, exact, frozen, safe to show.
It knows no rulebook and no other room.
"""
