"""Words about a rule, in any language, and where the rule comes from."""

from __future__ import annotations

from attrs import frozen

from .mappings import FrozenMap

__all__ = ["Citation", "Label", "beside"]


@frozen
class Label:
    """A text in one or several languages.

    Args:
        texts: by language tag; the tag is empty where the author gave none.
    """

    texts: FrozenMap[str, str]

    def text(self, language: str | None = None) -> str:
        """The text in a language, else in a regional form of it, else the first one written.

        >>> Label(FrozenMap({"vi": "Tốt", "en": "Good"})).text("en-GB")
        'Good'
        """
        wanted = (language or "").lower()
        while wanted:
            for tag, text in self.texts.items():
                if tag.lower() == wanted:
                    return text
            wanted = wanted.rpartition("-")[0]
        return next(iter(self.texts.values()), "")


@frozen
class Citation:
    """Where a rule comes from.

    Args:
        text: the citation as one string, or empty.
        document: the legal text.
        article: its article.
        clause: the clause or point.
        url: an address.
    """

    text: str = ""
    document: str = ""
    article: str = ""
    clause: str = ""
    url: str = ""

    def __str__(self) -> str:
        return self.text or ", ".join(part for part in (self.document, self.article, self.clause) if part) or self.url


def beside(id_: str, label: str) -> str:
    """A label that stands beside an id: nothing where it says no more than the id.

    >>> beside("good", "Good"), beside("not_rated", "Not rated"), beside("good", "Tốt")
    ('', '', 'Tốt')
    """
    return "" if label.casefold() == id_.replace("_", " ").casefold() else label
