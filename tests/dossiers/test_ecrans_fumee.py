import pytest
from django.urls import reverse
from tests.fabriques import dossiers as fabrique
from tests.fabriques.comptes import connecter
from esperluette.dossiers.lectures import trame_de
pytestmark = pytest.mark.django_db

def test_tout(client, dossier, acteurs):
    connecter(client, acteurs["porteuse"])
    for nom in ("fiche","manques","pieces","signature","retirer"):
        r = client.get(reverse(f"dossiers:{nom}", args=[dossier.reference]))
        assert r.status_code == 200, nom
    r = client.get(reverse("dossiers:redaction", args=[dossier.reference])); assert r.status_code == 302
    for r_ in trame_de(dossier).rubriques:
        if r_.champs:
            r = client.get(reverse("dossiers:rubrique", args=[dossier.reference, r_.id]))
            assert r.status_code == 200
            r = client.get(reverse("dossiers:presence", args=[dossier.reference, r_.id]), headers={"HX-Request":"true"})
            assert r.status_code == 200
    assert client.get("/dossiers/").status_code == 200
    assert client.get(f"/dossiers/nouveau/{dossier.equipe_id}/").status_code == 200
    for f in ("pdf","docx","odt"):
        assert client.get(reverse("dossiers:document", args=[dossier.reference, f])).status_code == 200
