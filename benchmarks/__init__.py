"""Figures, measured beside stock Oscar on the same data in the same run. Never part of the tests."""
