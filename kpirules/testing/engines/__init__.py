"""The engines that rate tables, and what certifies them: golden corpora, and databases that run printed queries.

Input: the name of an engine. Output: whether it reproduces the corpora on this machine.
"""

from .databases import DATABASES, Absent, Database, opened
from .golden import ENGINES, Verdict, is_same, tried

__all__ = ["DATABASES", "ENGINES", "Absent", "Database", "Verdict", "is_same", "opened", "tried"]
