"""Loads programs from files and texts in one call.

Input: a path, a text or a mapping, and the folder that limits reading. Output: a program, or a report.
Only this room and the rooms above it open files.
"""
