"""Faulty amendments of shipped rulebooks, and which tools notice them."""
