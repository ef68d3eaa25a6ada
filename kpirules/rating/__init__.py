"""From a checked rulebook to the record of a rating: programs, subjects, cohorts, quotas, tables.

Input: a rulebook without errors, and the values of a subject, a cohort or a table. Output: records.
It reads and writes no files, and knows neither the command line nor another edition.
"""
