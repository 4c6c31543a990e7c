"""A shop whose users have a UUID for a key, log in by e-mail and have no user name."""
