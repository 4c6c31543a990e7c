"""On PostgreSQL the search text gets a trigram index; elsewhere a plain scan serves."""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger("oscar_customer_mgmt")

INDEX = "ocm_entry_search_text"


def make_index(apps, schema_editor):
    """Make the index where the role may; else say what an administrator has to do."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    table = schema_editor.quote_name(apps.get_model("oscar_customer_mgmt", "DirectoryEntry")._meta.db_table)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {table} USING gin (search_text gin_trgm_ops)")
    except DatabaseError as error:
        logger.warning(
            "Customer search will scan the directory: the trigram index could not be made (%s). "
            "Let an administrator run CREATE EXTENSION pg_trgm, then: "
            "CREATE INDEX %s ON %s USING gin (search_text gin_trgm_ops)",
            str(error).strip(),
            INDEX,
            table,
        )


def know_words(apps, schema_editor):
    """Let the planner keep more samples: with the usual hundred it takes "smith" for as rare as any text."""
    if schema_editor.connection.vendor == "postgresql":
        table = schema_editor.quote_name(apps.get_model("oscar_customer_mgmt", "DirectoryEntry")._meta.db_table)
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN search_text SET STATISTICS 1000")


def drop_index(apps, schema_editor):
    """Take the index away; the extension may serve others and stays."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("oscar_customer_mgmt", "0001_initial")]

    operations = [
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(know_words, migrations.RunPython.noop),
    ]
