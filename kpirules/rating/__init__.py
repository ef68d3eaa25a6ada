"""From a checked rulebook to the record of a rating: programs, subjects, cohorts, quotas, tables.

Input: a rulebook without errors, and what is known of a subject, a cohort or a table. Output: records.
It reads no file and writes none, and knows neither the command line nor another edition.
"""
