"""A complete Oscar shop with the package wired in: to look at, to try things on, and to test against."""
