"""Help for an editor while a rulebook or a case file is written, and a language server that gives it.

In: the texts that an editor has open, and a place in one of them. Out: findings, fixes, completions, hovers, places,
edits, and the outcome of an example. A text that is open is never read from the disk; any other file is read as
`check` reads it, inside the root.

It does not rate subjects other than examples, and it knows no settings of an editor. All modules but `server` are
plain functions of offsets in texts; only `server` knows the protocol, and only it imports pygls.
"""
