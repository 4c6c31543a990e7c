"""Signals that integrators can connect to. All are sent inside the transaction of the change."""

from django.dispatch import Signal

#: A customer account was made through the package. Arguments: ``customer``, ``by``, ``origin``.
customer_created = Signal()

#: Fields of a customer changed. Arguments: ``customer``, ``by``, ``changes`` (field -> (from, to)).
customer_updated = Signal()

#: A customer was denied, or a denial changed. Arguments: ``customer``, ``by``, ``reason``.
customer_denied = Signal()

#: A denial was lifted. Arguments: ``customer``, ``by`` (``None``: its end date passed), ``how``.
customer_allowed = Signal()

#: A customer was erased: scrubbed, or removed as a test. Arguments: ``customer`` (the account as it was before),
#: ``by``, ``receipt``.
customer_erased = Signal()
