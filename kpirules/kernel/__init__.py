"""Values without meaning of their own: exact numbers, rounding, dates, calendars, frozen mappings, text and markup.

Comes in: numbers, texts, mappings. Goes out: the same, exact, frozen, safe to show.
It knows neither rulebooks nor other rooms.
"""
