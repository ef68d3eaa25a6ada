"""Overlays: documents that change documents, variants and amendments, with one merge for all.

    documents ──layers──▶ the layers of each ──compose──▶ one document for each variant and edition

Documents are merged, not models, so every node of the result keeps its file and line.
"""

from .composing import MAX_VERSIONS, Composed, Composition, compose
from .layers import base_of
from .merging import merged
from .showing import show_document

__all__ = ["MAX_VERSIONS", "Composed", "Composition", "base_of", "compose", "merged", "show_document"]
