"""The shop's own checkout: it greets the buyer on the preview page."""

from oscar.apps.checkout import views


class PaymentDetailsView(views.PaymentDetailsView):
    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "greeting": "Nearly there"}
