"""Ratings and rulebooks in the form that people read: explanations, cards.

Input: a record, or a rulebook. Output: text, Markdown, HTML.
It asks no engine and computes no score.
"""
