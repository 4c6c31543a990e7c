"""Small things that several pages show: avatars, names, badges, money, times, the way back to the list.

``{% load customer_mgmt %}``, and on the page's styles ``oscar_customer_mgmt/dashboard.css``. Then

- ``{% avatar entry %}`` or ``{% avatar customer is_test=True size="large" %}``: initials in a circle, orange dot
- ``{{ entry|customer_name }}``: the name, or "[no name found]"
- ``{% status_badges entry %}``: Registered, Unverified, Inactive, ... of a directory entry
- ``{% money amount currency %}``: formatted in the currency given, never converted or summed
- ``{{ number|grouped }}``: 1,284, as the reader's language groups digits
- ``{{ moment|time_ago }}``: "3 days ago" with the date as title
- ``{{ moment|short_date }}``: "Oct. 5, 2025"
- ``{% back_to_list_url %}``: where "Back to customers" leads. Put ``data-ocm-back`` on the link: the
  script then also finds the way from pages further on, whose addresses do not carry it.
- ``{% back_query %}``: ``?back=...`` or nothing, to be added to links between one customer's pages
"""

from __future__ import annotations

from django import template

from ..dashboard import drawing, links

register = template.Library()

register.simple_tag(drawing.avatar)
register.filter(drawing.customer_name)
register.simple_tag(drawing.status_badges)
register.simple_tag(drawing.money)
register.filter(drawing.grouped)
register.filter(drawing.time_ago)
register.filter(drawing.short_date)


@register.simple_tag(takes_context=True)
def back_to_list_url(context: template.Context) -> str:
    """Return where "Back to customers" leads: the list as it was left, in this very tab."""
    return links.back_to_list_url(context.get("request"))


@register.simple_tag(takes_context=True)
def back_query(context: template.Context) -> str:
    """Return ``?back=...`` to add to a link to another page of the same customer, so that the way back stays."""
    carried = links.back_query(context.get("request")).as_back()
    return f"?{carried}" if carried else ""
