"""Oscar's catalogue and search apps under their own names, with the sandbox's lists in them."""

import oscar.apps.catalogue.apps
import oscar.apps.search.apps


class CatalogueConfig(oscar.apps.catalogue.apps.CatalogueConfig):
    """Oscar's catalogue app whose lists come from the database."""

    name = "oscar.apps.catalogue"

    def ready(self) -> None:
        """Swap the two lists."""
        super().ready()
        from sandbox.browsing import views

        self.catalogue_view = views.CatalogueView
        self.category_view = views.CategoryView


class SearchConfig(oscar.apps.search.apps.SearchConfig):
    """Oscar's search app that looks into the database."""

    name = "oscar.apps.search"

    def ready(self) -> None:
        """Swap the search page."""
        super().ready()
        from sandbox.browsing import views

        self.search_view = views.SearchView
