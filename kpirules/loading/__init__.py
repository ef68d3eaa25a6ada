"""From files and texts to programs, the whole way in one call.

Comes in: a path, a text or a mapping, and where files may be read. Goes out: a program, or a report.
Here alone, and in the rooms above, files are opened.
"""
