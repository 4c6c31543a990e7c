"""Whole shops in small: settings and URLs of each kind of project the package must fit into."""
