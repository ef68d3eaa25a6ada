"""From files and texts to programs in one call.

Input: a path, a text or a mapping, and where files may be read. Output: a program, or a report.
Only this room and the rooms above it open files.
"""
