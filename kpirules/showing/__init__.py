"""Ratings and rulebooks in the form that people read: explanations, cards.

Comes in: a record, or a rulebook. Goes out: text, Markdown, HTML.
It asks no engine and computes no score.
"""
