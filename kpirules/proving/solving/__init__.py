"""Proofs and subjects by z3: the rules as formulas, and the questions asked of them. Needs the extra `prove`."""
