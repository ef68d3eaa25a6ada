"""Values without meaning of their own: exact numbers, rounding, dates, calendars, frozen mappings, text and markup.

Input: numbers, texts, mappings. Output: the same, exact, frozen, safe to show.
It knows neither rulebooks nor other rooms.
"""
