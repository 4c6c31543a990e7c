import uuid

from django.db import models
from oscar.apps.customer.abstract_models import AbstractUser


class User(AbstractUser):
    """Oscar's user without a user name, with a key that cannot be guessed and a name among friends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nickname = models.CharField(max_length=50, blank=True)

    REQUIRED_FIELDS = []


class LoyaltyCard(models.Model):
    """What a shop keeps of its customers in a table of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="loyalty_cards")
    number = models.CharField(max_length=20, unique=True)
    printed_name = models.CharField(max_length=50, unique=True)
    photo = models.FileField(upload_to="cards", blank=True)
    wishes = models.JSONField(default=list)
    issued_on = models.DateField()

    def __str__(self):
        return self.number


class CardUse(models.Model):
    """Leads to the customer by way of the card."""

    card = models.ForeignKey(LoyaltyCard, on_delete=models.CASCADE)
    place = models.CharField(max_length=50)

    def __str__(self):
        return self.place
