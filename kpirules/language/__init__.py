"""The language of rulebooks: expressions with their syntax, types and functions, and the model of a rulebook.

Input: texts of expressions. Output: frozen values of a rulebook, with typed trees.
It knows no file, no document, no engine and no subject.
"""
