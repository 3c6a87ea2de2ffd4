"""Le stockage S3 du service (extra « s3 ») : privé, et sans adresse à donner."""

from typing import Any, NoReturn

from storages.backends.s3 import S3Storage


class StockagePrive(S3Storage):  # type: ignore[misc]  # bibliothèque sans types
    """Un seau que seul le service lit. Une adresse signée contournerait les droits : il n'en fait pas."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("Un fichier se sert par une vue, qui vérifie les droits.")
