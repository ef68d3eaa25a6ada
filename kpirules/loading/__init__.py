"""From files and texts to programs in one call.

Comes in: a path, a text or a mapping, and where files may be read. Goes out: a program, or a report.
Only this room and the rooms above it open files.
"""
