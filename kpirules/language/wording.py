"""Words about a rule, in any language, and where the rule comes from."""

from __future__ import annotations

from attrs import frozen

from ..kernel.mappings import FrozenMap

__all__ = ["Citation", "Label", "beside"]


@frozen
class Label:
    """A text in one or several languages.

    Args:
        texts: by language tag; the tag is empty where the author gave none.
    """

    texts: FrozenMap[str, str]

    def text(self, *languages: str | None) -> str:
        """Return the text in the first of the languages that has one, else the first text written.

        >>> Label(FrozenMap({"vi": "Tốt", "en": "Good"})).text("en-GB")
        'Good'
        """
        return self.found(*languages)[1]

    def found(self, *languages: str | None) -> tuple[str, str]:
        """Return the text in the first of the languages that has one, after its tag.

        For `pt-BR` that is `pt-BR`, else `pt`; for `pt`, any `pt-…` will do.

        >>> Label(FrozenMap({"vi": "Tốt", "en-GB": "Good"})).found("fr", "en")
        ('en-GB', 'Good')
        """
        tags = {tag.lower(): tag for tag in reversed(tuple(self.texts))}
        for language in languages:
            wanted = asked = (language or "").lower()
            while wanted and wanted not in tags:
                wanted = wanted.rpartition("-")[0]
            if not wanted and asked:
                wanted = next((tag for tag in map(str.lower, self.texts) if tag.startswith(f"{asked}-")), "")
            if wanted:
                return tags[wanted], self.texts[tags[wanted]]
        return next(iter(self.texts.items()), ("", ""))


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
