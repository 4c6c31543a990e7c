"""A shop with Django's own user, Oscar's stock apps and the API: wired as the README's short form says."""
