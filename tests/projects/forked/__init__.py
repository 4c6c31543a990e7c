"""A shop that forked Oscar's checkout and customer apps, and mixes the package's views into its own."""
