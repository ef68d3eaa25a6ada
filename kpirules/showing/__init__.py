"""Explanations of ratings, and overviews of rulebooks, for people to read.

Input: a record, or a rulebook. Output: text, Markdown, HTML.
It runs no engine and computes no score.
"""
