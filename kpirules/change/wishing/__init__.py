"""What would be: a subject with other values, and the least change of some inputs that reaches a band.

Input: a program and a subject. Output: assessments side by side, or a least change with its proof.
"""

from . import showing as showing  # registers the forms of what follows
from .beside import WhatIf, what_if
from .least import Needed, needed

__all__ = ["Needed", "WhatIf", "needed", "what_if"]
