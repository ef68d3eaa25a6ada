"""Labels and notes in any language, and citations."""

from __future__ import annotations

from attrs import frozen

from ..kernel.mappings import FrozenMap

__all__ = ["Citation", "Label", "beside"]


@frozen
class Label:
    """A text in one or several languages.

    Args:
        texts: texts by language tag; the tag is empty if the author gave none.
    """

    texts: FrozenMap[str, str]

    def text(self, *languages: str | None) -> str:
        """Return the text in the first of the languages that has one, else the first text written.

        >>> Label(FrozenMap({"vi": "Tốt", "en": "Good"})).text("en-GB")
        'Good'
        """
        return self.found(*languages)[1]

    def found(self, *languages: str | None) -> tuple[str, str]:
        """Return the first of the languages that has a text, as its tag and the text.

        A text for `pt-BR` has the tag `pt-BR`, else `pt`; for `pt`, any `pt-…` matches.

        >>> Label(FrozenMap({"vi": "Tốt", "en-GB": "Good"})).found("fr", "en")
        ('en-GB', 'Good')
        """
        tags = {tag.lower(): tag for tag in reversed(tuple(self.texts))}
        for language in languages:
            wanted = tag_wanted = (language or "").lower()
            while wanted and wanted not in tags:
                wanted = wanted.rpartition("-")[0]
            if not wanted and tag_wanted:
                wanted = next((tag for tag in map(str.lower, self.texts) if tag.startswith(f"{tag_wanted}-")), "")
            if wanted:
                return tags[wanted], self.texts[tags[wanted]]
        return next(iter(self.texts.items()), ("", ""))


@frozen
class Citation:
    """The source of a rule.

    Args:
        text: the citation as one string, or empty.
        document: the legal document.
        article: its article.
        clause: the clause or point.
        url: its address on the web.
    """

    text: str = ""
    document: str = ""
    article: str = ""
    clause: str = ""
    url: str = ""

    def __str__(self) -> str:
        return self.text or ", ".join(part for part in (self.document, self.article, self.clause) if part) or self.url


def beside(id_: str, label: str) -> str:
    """Return a label to show next to an id; empty if it only repeats the id.

    >>> beside("good", "Good"), beside("not_rated", "Not rated"), beside("good", "Tốt")
    ('', '', 'Tốt')
    """
    return "" if label.casefold() == id_.replace("_", " ").casefold() else label
