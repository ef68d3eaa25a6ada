"""A small rulebook with sources and labels, for printed queries."""

OFFICER = """
kpirules: 1
id: demo.officer
inputs:
  planned:     {type: integer, min: 1, max: 1000}
  completed:   {type: integer, min: 0, max: 1000}
  disciplined: {type: boolean}
criteria:
  conduct: {max: 30, entered: {step: 0.25}, source: Article 12}
  results: {max: 70, rate: 'min(completed / planned, 1)', label: Results -- of work, source: Article 14}
score: {round: {places: 2, mode: half_up}, band_on: rounded}
bands: {excellent: {from: 90}, good: {from: 70}, poor: {from: 0}}
overrides:
  discipline: {when: disciplined, band: poor, source: Article 20}
"""
