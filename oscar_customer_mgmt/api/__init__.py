"""The machine's face: REST under ``/api/customer-management/v1/``. Needs the extra ``[api]``."""
