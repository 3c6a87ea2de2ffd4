"""Ce qui se saisit pour importer : un fichier, et où ranger un morceau."""

from django import forms


class TrameForm(forms.Form):
    """La trame remplie. Le contrôle du contenu appartient à `lecteur.ouverture`."""

    fichier = forms.FileField(
        label="La trame remplie",
        help_text="Word (.docx) ou LibreOffice (.odt), 10 Mo au plus.",
        error_messages={
            "required": "Choisissez le fichier à importer.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez le fichier à importer.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["fichier"].widget.attrs |= {"class": "fr-upload", "accept": ".docx,.odt"}
