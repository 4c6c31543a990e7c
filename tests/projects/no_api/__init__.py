"""A shop without the extra ``api``: Django REST framework and its schema tool cannot be imported."""
