"""A customer: as it is shown, as it is made, and as it is changed."""

from __future__ import annotations

from typing import Any

from django.contrib.sites.models import Site
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ... import conf
from ...host import User
from ...models import CustomerProfile, DirectoryEntry
from ...operations.notes import MAXIMUM_LENGTH as LONGEST_NOTE
from ...queries.customers import by_number
from ...queries.directory_rows import has_user_field
from ..records import CustomerRecord
from .access import DenialSerializer
from .addresses import AddressSerializer
from .fields import Amount, Choice, Day, Flag, Key, Moment, Phone, StrictSerializer, Text

_ORIGINS = [*CustomerProfile.Origin.choices, ("guest", gettext_lazy("Guest order"))]
_LONGEST_PASSWORD = 128
_LONGEST_PHONE = 64


def _longest(model: Any, name: str) -> int | None:
    field = model._meta.get_field(name) if model is not User or has_user_field(name) else None
    return getattr(field, "max_length", None)


class MoneySerializer(serializers.Serializer[Any]):
    """An amount with its currency."""

    currency = serializers.CharField()
    amount = Amount()


class CustomerSerializer(serializers.Serializer[CustomerRecord]):
    """A registered customer, or a guest order; what is unknown of a guest is null."""

    number = serializers.CharField(help_text=gettext_lazy("Of a guest: G- and the order number."))
    status = serializers.ChoiceField(DirectoryEntry.Status.choices)
    email = serializers.CharField()
    username = serializers.CharField(allow_null=True)
    salutation = serializers.CharField(allow_null=True)
    first_name = serializers.CharField(allow_null=True)
    last_name = serializers.CharField(allow_null=True)
    full_name = serializers.CharField(allow_null=True)
    gender = serializers.ChoiceField(CustomerProfile.Gender.choices, allow_null=True)
    date_of_birth = Day(allow_null=True)
    phone_number = Phone(allow_null=True)
    company = serializers.CharField(allow_null=True)
    locale = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField(allow_null=True)
    is_verified = serializers.BooleanField(allow_null=True)
    verified_at = Moment(allow_null=True)
    is_denied = serializers.BooleanField(allow_null=True)
    denial = DenialSerializer(allow_null=True)
    is_tax_exempt = serializers.BooleanField(allow_null=True)
    is_test = serializers.BooleanField(help_text=gettext_lazy("Marked as a test, or with at least one test order."))
    origin = serializers.ChoiceField(_ORIGINS)
    groups = serializers.ListField(child=serializers.CharField(), help_text=gettext_lazy("Codes."))
    newsletter = serializers.ListField(child=serializers.IntegerField(), help_text=gettext_lazy("Keys of sites."))
    order_count = serializers.IntegerField(help_text=gettext_lazy("Neither cancelled nor test."))
    total_spent = MoneySerializer(many=True, help_text=gettext_lazy("Net, per currency."))
    last_order_at = Moment(allow_null=True)
    registered_at = Moment(allow_null=True)
    last_login_at = Moment(allow_null=True)
    points_balance = serializers.IntegerField()
    default_billing_address = AddressSerializer(allow_null=True)
    default_shipping_address = AddressSerializer(allow_null=True)
    account_manager = serializers.CharField(
        allow_null=True, help_text=gettext_lazy("Customer number of the staff account.")
    )
    created_by = serializers.CharField(allow_null=True, help_text=gettext_lazy("Customer number of the staff account."))
    url = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, record: CustomerRecord) -> str:
        """Return the customer's address in the API."""
        try:
            path = reverse("customer-mgmt-api:customer-detail", kwargs={"number": record.number})
        except NoReverseMatch:
            # A guest order whose number holds a slash has no address of its own.
            return ""
        return str(self.context["request"].build_absolute_uri(path))


class EditableSerializer(StrictSerializer):
    """What staff may write on a customer, new or old."""

    salutation = Text(required=False, allow_blank=True, max_length=_longest(CustomerProfile, "salutation"))
    first_name = Text(required=False, allow_blank=True, max_length=_longest(User, "first_name"))
    last_name = Text(required=False, allow_blank=True, max_length=_longest(User, "last_name"))
    gender = Choice(CustomerProfile.Gender.choices, required=False, allow_blank=True)
    date_of_birth = Day(required=False, allow_null=True)
    phone_number = Text(required=False, allow_blank=True, max_length=_LONGEST_PHONE)
    company = Text(required=False, allow_blank=True, max_length=_longest(CustomerProfile, "company"))
    locale = Text(required=False, allow_blank=True, max_length=_longest(CustomerProfile, "locale"))
    is_active = Flag(required=False)
    is_tax_exempt = Flag(required=False)
    is_test = Flag(required=False)
    newsletter = serializers.ListField(
        child=Key(), required=False, max_length=1000, help_text=gettext_lazy("Keys of sites; the whole list.")
    )
    account_manager = Text(
        required=False,
        allow_null=True,
        max_length=_longest(CustomerProfile, "number"),
        help_text=gettext_lazy("Customer number of a staff account."),
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields that this shop uses."""
        fields = super().get_fields()
        unused = [name for name in fields if not conf.uses_profile_field(name)]
        unused += [name for name in ("first_name", "last_name") if not has_user_field(name)]
        for name in unused:
            del fields[name]
        return fields

    def validate_newsletter(self, value: list[int]) -> list[int]:
        """Return the sites in order, each once."""
        wanted = sorted(set(value))
        known = set(Site.objects.filter(pk__in=[key for key in wanted if key < 2**31]).values_list("pk", flat=True))
        unknown = [str(key) for key in wanted if key not in known]
        if unknown:
            raise serializers.ValidationError(_("There is no such site: %s.") % ", ".join(unknown))
        return wanted

    def validate_account_manager(self, value: str | None) -> Any:
        """Return the account of this number, ``None`` for nobody."""
        if value is None:
            return None
        try:
            return by_number(value)
        except User.DoesNotExist:
            raise serializers.ValidationError(_("There is no account of this number.")) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the values by the names that the operations know."""
        if "account_manager" in attrs:
            manager = attrs.pop("account_manager")
            attrs["account_manager_id"] = manager.pk if manager is not None else None
        return attrs


class NewCustomerSerializer(EditableSerializer):
    """A customer to be made: only the e-mail address is needed."""

    email = serializers.EmailField(max_length=254)
    username = Text(required=False, max_length=_longest(User, User.USERNAME_FIELD))
    password = Text(required=False, trim_whitespace=False, max_length=_LONGEST_PASSWORD, write_only=True)
    send_password_link = Flag(
        required=False,
        write_only=True,
        help_text=gettext_lazy(
            "Mail a link to confirm the account and set the password; true where no password is given. With a "
            "password the link only confirms, and is always sent."
        ),
    )
    comment = Text(
        required=False,
        allow_blank=True,
        max_length=LONGEST_NOTE,
        write_only=True,
        help_text=gettext_lazy("Becomes a pinned note; needs the right to add notes."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a password together with a link to set one."""
        if attrs.get("send_password_link") and attrs.get("password"):
            words = _("Give a password, or have the customer set one: not both.")
            raise serializers.ValidationError({"send_password_link": [words]})
        return super().validate(attrs)


class SetPasswordSerializer(StrictSerializer):
    """The new password."""

    password = Text(trim_whitespace=False, max_length=_LONGEST_PASSWORD, write_only=True)


class CustomerChangesSerializer(EditableSerializer):
    """What to change of a customer; what is left out stays as it is. A guest takes is_test only."""

    refusals = {
        "username": gettext_lazy("User names do not change."),
        "password": gettext_lazy("Passwords are not set here, but at set-password/."),
    }

    email = serializers.EmailField(
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Needs the right to change addresses. Mails a link to the new address, which changes it; the answer still "
            "holds the old one. The present address cancels a change under way."
        ),
    )

    default_billing_address = Key(required=False, allow_null=True, help_text=gettext_lazy("id of an address."))
    default_shipping_address = Key(required=False, allow_null=True, help_text=gettext_lazy("id of an address."))
