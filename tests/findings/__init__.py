"""Compares the findings about generated rulebooks with all of their few subjects."""
