"""Texts to Document to Rulebook; every node knows where it stands."""

from .building import build
from .document import Document, Entry, Listing, Mapping, Node, Scalar
from .hashes import content_hash, scoring_hash
from .json_text import read_json
from .mapping_value import read_mapping
from .overlays import Composed, Composition, base_of, compose, show_document
from .schema import json_schema
from .source_text import format_of, read_bytes, read_text
from .yaml_text import read_yaml

__all__ = [
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
    "compose",
    "content_hash",
    "format_of",
    "json_schema",
    "read_bytes",
    "read_json",
    "read_mapping",
    "read_text",
    "read_yaml",
    "scoring_hash",
    "show_document",
]
