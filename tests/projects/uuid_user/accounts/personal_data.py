"""What becomes of personal data in this shop's own columns and tables, as docs/erasure.md tells."""

from oscar_customer_mgmt.queries.personal_data import Entry, Keep, Scrub


def entries():
    return [
        Entry("accounts.User", fields={"nickname": Scrub()}),
        Entry(
            "accounts.LoyaltyCard",
            person="holder",
            title="Loyalty cards",
            fields={
                "number": Keep("Cards that were paid for are in the books."),
                "printed_name": Scrub(),
                "photo": Scrub(),
                "wishes": Scrub([]),
                "issued_on": Keep("Cards that were paid for are in the books."),
            },
        ),
        Entry("accounts.CardUse", person="card__holder", title="Where the card was used", delete=True),
    ]
