"""The form that staff create and edit a customer with."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
    get_default_password_validators,
    validate_password,
)
from django.contrib.sites.models import Site
from django.core.validators import MaxLengthValidator
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from phonenumber_field.formfields import PhoneNumberField

from ... import conf
from ...exceptions import EmailTaken, InvalidData
from ...host import User, UserAddress
from ...models import CustomerProfile
from ...operations.notes import MAXIMUM_LENGTH
from ...queries import customers as queries
from ...queries.directory import staff
from ...queries.directory_rows import has_user_field

#: The sections of the form: heading and fields.
SECTIONS = (
    (_("Account"), ("email", "password1", "password2", "send_link", "locale", "is_active")),
    (_("Person"), ("salutation", "first_name", "last_name", "gender", "date_of_birth")),
    (_("Contact"), ("phone_number", "company", "default_shipping_address", "default_billing_address")),
    (_("Keepers and flags"), ("account_manager", "is_tax_exempt", "is_test")),
    (_("Newsletter"), ("newsletter",)),
    (_("Internal comment"), ("comment",)),
)
#: How fields stand in their section where it is not half a row: over the whole width, or alone in a row.
LAYOUT = {
    "email": "wide",
    "newsletter": "wide",
    "comment": "wide",
    "default_shipping_address": "wide",
    "default_billing_address": "wide",
    "salutation": "row",
    "account_manager": "row",
    "send_link": "row",
    "is_active": "beside",
}

#: What operations call a field, where the form calls it otherwise.
_FORM_NAMES = {"account_manager_id": "account_manager", "password": "password1", "body": "comment"}


class StaffChoiceField(forms.ModelChoiceField):
    """A member of staff, by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name with the address behind it, to tell two of one name apart."""
        name = obj.get_full_name() if hasattr(obj, "get_full_name") else ""
        return f"{name} ({obj.email})" if name else str(obj.email or obj)


class PhoneField(PhoneNumberField):
    """A phone number; one that is stored already may stay, valid or not."""

    stored: Any = ""

    def clean(self, value: Any) -> Any:
        """Return the number, the stored one itself where it was not touched."""
        if self.stored and value in (str(self.stored), self.widget.format_value(self.stored)):
            return self.stored
        return super().clean(value)


class CustomerForm(forms.Form):
    """What creating and editing have in common; fields that the shop does not use are left out."""

    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("Inactive customers cannot log in. Their orders stay.")
    )
    locale = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("E-mails to the customer are written in it.")
    )
    salutation = forms.ChoiceField(label=_("Salutation"), required=False)
    first_name = forms.CharField(label=_("First name"))
    last_name = forms.CharField(label=_("Last name"))
    gender = forms.ChoiceField(label=_("Gender"), required=False)
    date_of_birth = forms.DateField(
        label=_("Date of birth"),
        required=False,
        # The browser's own picker shows the date as the reader's locale writes it.
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    phone_number = PhoneField(
        label=_("Phone number"), required=False, help_text=_("With the country's prefix, such as +44, where in doubt.")
    )
    company = forms.CharField(label=_("Company"), required=False, max_length=255)
    account_manager = StaffChoiceField(
        label=_("Account manager"),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
        help_text=_("The member of staff who looks after this customer."),
    )
    is_tax_exempt = forms.BooleanField(
        label=_("Tax exempt"), required=False, help_text=_("Sees prices without tax where the shop follows it.")
    )
    is_test = forms.BooleanField(label=_("Test customer"), required=False, help_text=_("Marked with the orange dot."))
    newsletter = forms.TypedMultipleChoiceField(
        label=_("Newsletter of"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, stored: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = dict(stored or {})
        #: What is stored now, beside each field in which it is not what was typed.
        self.now_stored: dict[str, dict[str, Any]] = {}
        self._leave_out_unused()
        self._fill_choices()

    def sections(self) -> Iterator[tuple[object, list[tuple[forms.BoundField, Any, str]]]]:
        """Yield heading and fields of each section that has any.

        With each field goes what somebody else stored in it meanwhile, and how it stands in its row.
        """
        for heading, names in SECTIONS:
            used = [name for name in names if name in self.fields]
            if used:
                yield heading, [(self[name], self.now_stored.get(name), LAYOUT.get(name, "")) for name in used]

    def values(self) -> dict[str, Any]:
        """Return what was entered by the names that operations take."""
        names = (*queries.USER_FIELDS, *queries.PROFILE_FIELDS, "newsletter")
        entered = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        if "account_manager" in self.cleaned_data:
            manager = self.cleaned_data["account_manager"]
            entered["account_manager_id"] = manager.pk if manager is not None else None
        return entered

    def show(self, error: InvalidData) -> None:
        """Put the errors of an operation beside their fields; those without a field stand on top."""
        for name, messages in error.errors.items():
            field = _FORM_NAMES.get(name, name)
            for message in messages:
                self.add_error(field if field in self.fields else None, message)

    def summary(self) -> list[tuple[forms.BoundField | None, str]]:
        """Return every error with its field (``None``: of the form as a whole), in the order of the page."""
        errors: ErrorDict = self.errors
        shown = [field for _heading, fields in self.sections() for field, _stored, _layout in fields]
        found: list[tuple[forms.BoundField | None, str]] = [(None, str(text)) for text in self.non_field_errors()]
        return found + [(field, str(text)) for field in shown if field.name in errors for text in field.errors]

    def clean_date_of_birth(self) -> datetime.date | None:
        """Refuse a day that has not come yet."""
        date: datetime.date | None = self.cleaned_data["date_of_birth"]
        if date is not None and date > timezone.localdate():
            raise forms.ValidationError(_("The date of birth lies in the future."))
        return date

    def _leave_out_unused(self) -> None:
        for name in conf.OPTIONAL_PROFILE_FIELDS:
            if not conf.uses_profile_field(name):
                self.fields.pop(name, None)
        for name in queries.USER_FIELDS:
            if not has_user_field(name):
                self.fields.pop(name, None)
            elif name != "is_active":
                _limit_length(self.fields[name], User._meta.get_field(name).max_length)

    def _fill_choices(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["locale"].choices = self._with_stored("locale", [("", _("Not set")), *settings.LANGUAGES])
        titles = [("", _("Not set")), *UserAddress.TITLE_CHOICES]
        fields["salutation"].choices = self._with_stored("salutation", titles)
        if "gender" in fields:
            blank = CustomerProfile.Gender.NOT_SAID
            others = [choice for choice in CustomerProfile.Gender.choices if choice[0] != blank]
            fields["gender"].choices = [(blank.value, blank.label), *others]
        manager = self.stored.get("account_manager_id")
        fields["account_manager"].queryset = staff().filter(Q(is_active=True) | Q(pk=manager)).distinct()
        fields["newsletter"].choices = [(site.pk, f"{site.name} ({site.domain})") for site in Site.objects.all()]
        if "date_of_birth" in fields:
            fields["date_of_birth"].widget.attrs["max"] = timezone.localdate().isoformat()

    def _with_stored(self, name: str, choices: list[Any]) -> list[Any]:
        # What was stored when there were other choices must not be lost by opening the form.
        stored = self.stored.get(name)
        known = {value for value, _label in choices}
        return choices if not stored or stored in known else [*choices, (stored, stored)]


class CustomerCreateForm(CustomerForm):
    """A new customer. Without a password "forgotten password" in the shop sets one."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    # The one thing that is not shown again when something is wrong: a password must not stand in a page, which
    # may be saved, printed or looked at in its source. ``ask_for_password_again`` says so at the field.
    password1 = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    send_link = forms.BooleanField(
        label=_("Send a link to confirm the account and to set the password"),
        required=False,
        initial=True,
        help_text=_(
            "Customers can log in once they have confirmed. The link asks for a password only if you set none here."
        ),
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=MAXIMUM_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Saved as a pinned note: on top of the customer's page, never seen by the customer."),
    )

    field_order = ("email", "password1", "password2", "send_link")

    def __init__(self, *args: Any, may_comment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_active"].initial = True
        without = _(
            "Leave both empty to let the customer choose one, by the link below or by “forgotten password” in the shop."
        )
        self.fields["password1"].help_text = " ".join([str(without), *map(str, password_rules())])
        if not may_comment:
            del self.fields["comment"]
        #: The account that has the e-mail address already.
        self.taken_by: Any = None

    def clean_email(self) -> str:
        """Refuse an address that another account has, and remember whose it is."""
        email: str = self.cleaned_data["email"]
        self.taken_by = next(iter(queries.with_email(email)), None)
        if self.taken_by is not None:
            raise forms.ValidationError(EmailTaken().errors["email"])
        return email

    @sensitive_variables("cleaned", "first", "second")
    def clean(self) -> dict[str, Any] | None:
        """Ask for the same password twice, or for none, and for one that the shop accepts."""
        cleaned = super().clean()
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if {"password1", "password2"} & set(self.errors):
            return cleaned
        if first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        elif first:
            self._check_password()
        return cleaned

    def ask_for_password_again(self) -> None:
        """Say at the field that a password which was typed must be typed again."""
        typed = any(self.data.get(self.add_prefix(name)) for name in ("password1", "password2"))
        if typed and not {"password1", "password2"} & set(self.errors):
            self.add_error("password1", _("Type the password again: for safety no page holds it."))

    def _check_password(self) -> None:
        # The operation checks it too; here it is said together with everything else that is wrong.
        names = [name for name in ("email", "first_name", "last_name") if name in self.cleaned_data]
        try:
            validate_password(self.cleaned_data["password1"], User(**{name: self.cleaned_data[name] for name in names}))
        except forms.ValidationError as error:
            self.add_error("password1", error)


class CustomerUpdateForm(CustomerForm):
    """An account that there is; the default addresses are of its own book.

    The e-mail address is locked, unless ``may_change_email``: then another one starts a change.

    ``version`` is what the form was opened on, and ``loaded`` the values it showed then: so that
    somebody who saves second sees what changed, and overwrites nothing without knowing.
    """

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        disabled=True,
        help_text=_("Locked: customers log in with it, and only they can prove that a new one is theirs."),
    )
    default_shipping_address = forms.TypedChoiceField(
        label=_("Default shipping address"), required=False, coerce=int, empty_value=None
    )
    default_billing_address = forms.TypedChoiceField(
        label=_("Default billing address"), required=False, coerce=int, empty_value=None
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    loaded = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("email",)

    def __init__(self, data: Any = None, *, customer: Any, may_change_email: bool = False, **kwargs: Any) -> None:
        self.customer = customer
        self.may_change_email = may_change_email
        stored = queries.editable_values(customer)
        book = list(queries.addresses(customer))
        initial = {**stored, "email": customer.email, "account_manager": stored["account_manager_id"]}
        super().__init__(data, stored=stored, initial=initial, **kwargs)
        for name in ("default_shipping_address", "default_billing_address"):
            field: Any = self.fields[name]
            field.choices = [("", _("None")), *((address.pk, address.summary) for address in book)]
            if not book:
                field.help_text = _("The address book is empty.")
        if "phone_number" in self.fields:
            phone: Any = self.fields["phone_number"]
            phone.stored = stored["phone_number"]
        for name in ("first_name", "last_name"):
            # A name that is known stays known; whoever never gave one can be edited all the same.
            if name in self.fields and not stored.get(name):
                self.fields[name].required = False
        if may_change_email:
            email: Any = self.fields["email"]
            email.disabled = False
            email.required = bool(customer.email)
            email.help_text = _(
                "Another one gets a link by e-mail: the address changes when its owner confirms it. A notice goes to "
                "the old one."
            )
        self.initial["version"] = queries.version_of(customer)
        loaded = {"at": timezone.now().isoformat(), "email": customer.email, "values": self.plain(self.initial)}
        self.initial["loaded"] = json.dumps(loaded)

    def values(self) -> dict[str, Any]:
        """Return what was entered by the names that operations take."""
        names = ("default_shipping_address", "default_billing_address")
        return {**super().values(), **{name: self.cleaned_data[name] for name in names}}

    def new_email(self) -> str | None:
        """Return the address that was entered in place of the present one, ``None`` where it stays."""
        entered: str = self.cleaned_data["email"]
        # What was shown when the form was opened and was not touched asks for nothing.
        opened_on = self._loaded().get("email")
        is_same = not entered or entered in (self.customer.email, opened_on)
        return None if is_same or not self.may_change_email else entered

    def plain(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return these values of the editable fields as they stand in the page: text, yes/no, or a list of text."""
        return {name: _plain(values.get(name)) for name in self._editable()}

    def _editable(self) -> list[str]:
        return [name for name in self.fields if name not in ("email", "version", "loaded")]

    def loaded_at(self) -> datetime.datetime | None:
        """Return when the form was opened; ``None`` where the page did not say."""
        text = self._loaded().get("at")
        try:
            moment = parse_datetime(text) if isinstance(text, str) else None
            # In UTC, as it is compared: the first and the last day there is have hours that UTC has not.
            return moment.astimezone(datetime.UTC) if moment is not None and timezone.is_aware(moment) else None
        except (ValueError, OverflowError):
            return None

    def on_top_of(self, customer: Any) -> CustomerUpdateForm:
        """Return this form, as typed, on top of what somebody else saved meanwhile.

        A field that was not touched here takes what is stored now; beside one that was, it is
        offered. Saving again stores what the form then shows.
        """
        loaded = self._loaded().get("values")
        opened_on = loaded if isinstance(loaded, dict) else {}
        fresh = CustomerUpdateForm(customer=customer, may_change_email=self.may_change_email)
        stored = fresh.plain(fresh.initial)
        typed = self.plain(self.cleaned_data)
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        differing = [name for name in typed if typed[name] != stored.get(name)]
        for name in differing:
            if name in opened_on and typed[name] == opened_on[name]:
                _put(data, name, stored[name])
        data["version"], data["loaded"] = fresh.initial["version"], fresh.initial["loaded"]
        if self.may_change_email and self.new_email() is None:
            data["email"] = customer.email
        form = CustomerUpdateForm(data, customer=customer, may_change_email=self.may_change_email)
        form.now_stored = {
            name: {
                "value": json.dumps(stored[name]),
                "text": form._words(name, stored[name]),
                "is_taken": name in opened_on and typed[name] == opened_on[name],
            }
            for name in differing
        }
        return form

    def _loaded(self) -> dict[str, Any]:
        try:
            loaded = json.loads(self.data.get("loaded") or "{}")
        except (ValueError, RecursionError):
            return {}
        return loaded if isinstance(loaded, dict) else {}

    def _words(self, name: str, plain: Any) -> str:
        field: Any = self.fields[name]
        if isinstance(plain, bool):
            return str(_("Yes") if plain else _("No"))
        labels = {str(value): str(label) for value, label in getattr(field, "choices", ())}
        texts = [labels.get(text, text) for text in (plain if isinstance(plain, list) else [plain])]
        return ", ".join(text for text in texts if text) or str(_("nothing"))


def password_rules() -> list[Any]:
    """Return what passwords must be, said to staff: Django's own words speak to the customer."""
    rules: dict[type[Any], Any] = {
        UserAttributeSimilarityValidator: _("It must not be like the customer’s name or e-mail address."),
        CommonPasswordValidator: _("It must not be one that many people use."),
        NumericPasswordValidator: _("It must not consist of digits alone."),
    }
    said = []
    for validator in get_default_password_validators():
        if type(validator) is MinimumLengthValidator:
            said.append(_("It must have at least %d characters.") % validator.min_length)
        else:
            said.append(rules.get(type(validator)) or validator.get_help_text())
    return said


def _limit_length(field: Any, length: int | None) -> None:
    if length:
        field.validators.append(MaxLengthValidator(length))
        field.widget.attrs["maxlength"] = str(length)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(getattr(value, "pk", value))


def _put(data: Any, name: str, plain: Any) -> None:
    if isinstance(plain, list):
        data.setlist(name, plain)
    elif plain is True:
        data[name] = "on"
    elif plain is False:
        data.pop(name, None)
    else:
        data[name] = plain
