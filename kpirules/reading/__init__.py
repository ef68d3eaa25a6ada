"""Texts to Document to Rulebook; every node knows where it stands."""

from .document import Document, Entry, Listing, Mapping, Node, Scalar
from .json_text import read_json
from .mapping_value import read_mapping
from .source_text import read_bytes, read_text
from .yaml_text import read_yaml

__all__ = [
    "Document",
    "Entry",
    "Listing",
    "Mapping",
    "Node",
    "Scalar",
    "read_bytes",
    "read_json",
    "read_mapping",
    "read_text",
    "read_yaml",
]
