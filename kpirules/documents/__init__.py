"""From text to Document to Rulebook, with the place of every node.

Input: YAML, JSON or a mapping. Output: a Document, and from it a Rulebook or an Appraisal, or a
report of errors.
It knows the language; it knows no plan, no engine and no file system.
"""

from .building import build, build_appraisal, is_appraisal
from .document import Document, Entry, Listing, Mapping, Node, Scalar
from .hashes import content_hash, scoring_hash
from .json_text import read_json
from .limits import MAX_BYTES
from .mapping_value import read_mapping
from .overlays import Composed, Composition, base_of, compose, show_document
from .schema import json_schema
from .source_text import format_of, read_bytes, read_text
from .yaml_text import read_yaml

__all__ = [
    "MAX_BYTES",
    "Composed",
    "Composition",
    "Document",
    "Entry",
    "Listing",
    "Mapping",
    "Node",
    "Scalar",
    "base_of",
    "build",
    "build_appraisal",
    "compose",
    "content_hash",
    "format_of",
    "is_appraisal",
    "json_schema",
    "read_bytes",
    "read_json",
    "read_mapping",
    "read_text",
    "read_yaml",
    "scoring_hash",
    "show_document",
]
