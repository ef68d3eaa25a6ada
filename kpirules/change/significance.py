"""The significance of a difference for subjects, as a value."""

from __future__ import annotations

from attrs import frozen

from ..kernel.widths import distinguishable
from .verdicts import VERDICTS, gravest_first

__all__ = ["UNKNOWN", "Refused", "Significance"]


@frozen
class Refused:
    """A subject that one edition accepts and the other refuses.

    Args:
        witness: its values, as JSON.
        why: the reasons of the edition that refuses it.
    """

    witness: str
    why: str


@frozen
class Significance:
    """The significance of a difference for subjects.

    Args:
        ratings: `wording` if only words differ; `same` if every subject that both editions accept has the same
            rating; `differ` if one has not; `possible` if none was found.
        accepted: `same` if both accept the same subjects; `differ` if only one edition accepts some subject;
            `possible` if none was found.
        promised: `same` if the invariants are the same; `differ` if one was added or removed, or holds in one edition
            only; `possible` if no such subject was found.
        demands: requirements of the new edition only, one sentence each.
        allows: requirements of the old edition only, one sentence each.
        promises: invariants that differ, one sentence each.
        refused: a subject that only the old edition accepts, or None.
        admitted: a subject that only the new edition accepts, or None.
        witness: the inputs of a subject whose rating differs, as JSON, or empty.
        old, new: its rating by each edition.
        tried: the number of subjects that were rated.
        setting: if other subjects or quotas affect ratings: `alone` if each was rated alone, before quotas, or
            `together` with a population, or with the members of `cohort`; else empty.
        member: with `cohort`, the name of the member whose inputs are the witness.
        cohort: the inputs of all members by name, as JSON, if only a cohort shows the difference.
    """

    ratings: str
    accepted: str = "same"
    promised: str = "same"
    demands: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    refused: Refused | None = None
    admitted: Refused | None = None
    witness: str = ""
    old: str = ""
    new: str = ""
    tried: int = 0
    setting: str = ""
    member: str = ""
    cohort: str = ""

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts, gravest first."""
        states = {"ratings": self.ratings, "accepted": self.accepted, "promised": self.promised}
        names = {"differ": "{}", "possible": "{}_possible"}
        found = {names[state].format(name) for name, state in states.items() if state in names}
        found |= {self.ratings} & {"same", "wording"}
        return gravest_first(found)

    @property
    def kind(self) -> str:
        """The gravest verdict."""
        return self.verdicts[0]

    @property
    def is_quiet(self) -> bool:
        """Whether it is proved that no subject is affected, and that the invariants are the same."""
        return self.verdicts[0] in ("same", "wording")

    @property
    def evidence(self) -> str:
        """The evidence for the verdict on ratings: `proved`, `shown` or `possible`."""
        return {"differ": "shown", "possible": "possible"}.get(self.ratings, "proved")

    def __str__(self) -> str:
        verdicts = [(VERDICTS[name].short, self._detail(name)) for name in self.verdicts]
        return "; ".join(": ".join(filter(None, parts)) for parts in verdicts)

    def _detail(self, verdict: str) -> str:
        match verdict:
            case "ratings":
                return f"{' → '.join(distinguishable(self.old, self.new))}, {self.shown_with}"
            case "ratings_possible":
                return self.looked_at
            case "accepted" | "accepted_possible":
                return "; ".join(self.reasons)
            case "promised" | "promised_possible":
                return "; ".join(self.promises)
            case _:
                return ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the editions accept different subjects, one sentence each; the last ones show a subject."""
        shown = []
        if self.refused is not None:
            why = "" if self.demands else f": {self.refused.why}"
            shown.append(f"{self.refused.witness} is now refused{why}")
        if self.admitted is not None:
            why = "" if self.demands or self.allows else f": {self.admitted.why}"
            shown.append(f"{self.admitted.witness} is now accepted, and was refused{why}")
        return (*self.demands, *self.allows, *shown)

    @property
    def shown_with(self) -> str:
        """The witness, and how it was rated if that matters."""
        return f"shown with {self.witness}{self.how}"

    @property
    def looked_at(self) -> str:
        """The number of subjects that were rated without finding a difference."""
        return f"{self.tried:,} subjects have the same ratings{self.how}" if self.tried else NONE_TRIED

    @property
    def how(self) -> str:
        """How subjects were rated, if that matters."""
        if self.cohort:
            return f", who is `{self.member}` in the cohort {self.cohort}"
        phrases = {"alone": ", each alone and before quotas", "together": ", rated together with the population"}
        return phrases.get(self.setting, "")


NONE_TRIED = "no subject could be rated alone"

UNKNOWN = Significance("possible", "possible", "possible")
"""The significance of a difference that can't be applied alone."""
