"""Browsing and searching the catalogue straight from the database.

Oscar 4.2 asks a search server for every list of products. A sandbox must run without one, and a few thousand products
need none.
"""
