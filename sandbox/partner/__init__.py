"""Oscar's partner app, forked for its strategy: prices with tax, and without for who is tax exempt."""
