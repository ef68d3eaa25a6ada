"""Pictures of one rating and of many subjects: ladder, waterfall, distribution, groups, migration, points.

Input: an assessment, or a program with a table or assessments. Output: a figure of plotly, or a drawing as SVG. It
rates tables, counts exactly, and draws no more than what it counted. It knows neither files nor the command line.
"""

from .asking import bands_by_group, distribution, migration
from .asking_one import ladder, waterfall
from .asking_points import heat_map, icicle
from .picture import Picture

__all__ = ["Picture", "bands_by_group", "distribution", "heat_map", "icicle", "ladder", "migration", "waterfall"]
