"""What can be said of a rulebook without a subject: checks of its structure, bounds of its values, proofs.

Comes in: a rulebook and its plan. Goes out: findings, and subjects that show them.
It knows no record, no file, and nothing of how a rating is shown.
"""
