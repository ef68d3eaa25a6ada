"""Analysis of a rulebook without a subject: structural checks, bounds on its values, and proofs.

Input: a rulebook and its plan. Output: findings, and subjects that show them.
It knows no record, no file, and no form of display.
"""
