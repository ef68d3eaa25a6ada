"""Overlays: documents that change documents, variants and amendments, all by one merge.

    documents ──layers──▶ what each says by itself ──compose──▶ one document for each variant and edition

Documents are merged, never models, so every node of the result still knows the file and line it comes from.
"""

from .composing import MAX_VERSIONS, Composed, Composition, compose
from .layers import base_of
from .merging import merged
from .showing import show_document

__all__ = ["MAX_VERSIONS", "Composed", "Composition", "base_of", "compose", "merged", "show_document"]
