"""``carelab catalogue``: print the Kennzahlenkatalog as a page, or write it."""

from __future__ import annotations

from pathlib import Path

from carelab.terms import Language


def catalogue(*, write: Path | None = None, language: Language = "de") -> int:
    """Den Kennzahlenkatalog als Seite ausgeben oder in eine Datei schreiben.

    Parameters
    ----------
    write
        in diese Datei schreiben (.md)
    language
        de oder en
    """
    from carelab.inputs.catalogue import catalogue_table, load_catalogue
    from carelab.release.catalogue_page import catalogue_page

    page = catalogue_page(catalogue_table(load_catalogue(), language), language)
    if write is None:
        print(page, end="")
    else:
        write.write_text(page, encoding="utf-8")
    return 0
