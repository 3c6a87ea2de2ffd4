"""Les JSON Schema publiés : à jour, et fidèles à ce que le chargeur admet."""

import json

import pytest

from esperluette.referentiel import lecture, schemas
from esperluette.referentiel.criteres import FONCTIONS

PUBLIES = lecture.DOSSIER_DU_PAQUET / schemas.DOSSIER


def _definitions(nom):
    return schemas.schema(nom)["$defs"]


@pytest.mark.parametrize("nom", sorted(schemas.MODELES))
def test_les_schemas_publies_sont_a_jour(nom):
    publie = PUBLIES / f"{nom}.json"
    assert publie.read_text(encoding="utf-8") == schemas.texte(nom), "lancez « esperluette referentiel schemas »"


def test_aucun_schema_publie_n_est_orphelin():
    assert {f.stem for f in PUBLIES.iterdir()} == set(schemas.MODELES)


def test_une_source_s_ecrit_sans_sa_date():
    source = _definitions("criteres")["Source"]
    assert source["required"] == ["document", "passage"]
    assert not {"document_id", "document_date"} & set(source["properties"])


def test_chaque_fonction_propose_ses_parametres():
    critere = _definitions("criteres")["Critere"]
    assert critere["properties"]["fonction"] == {"enum": sorted(FONCTIONS)}
    effectif = next(s for s in critere["allOf"] if s["if"]["properties"]["fonction"]["const"] == "effectif")
    parametres = effectif["then"]["properties"]["parametres"]
    assert set(parametres["required"]) == {"groupe", "minimum"}
    assert parametres["additionalProperties"] is False


@pytest.mark.parametrize(
    ("nom", "definition"),
    [("demarches", "RegimeDecision"), ("instances", "Fonctionnement"), ("instances", "AvisPossibles")],
)
def test_un_regime_se_reprend_ou_s_ecrit_en_entier(nom, definition):
    repris, entier = _definitions(nom)[definition]["anyOf"]
    assert repris == {"required": ["commun"]}
    assert "source" in entier["required"]


def test_un_montant_s_ecrit_entre_guillemets():
    montant = _definitions("aides")["Aide"]["properties"]["montant"]
    assert [m["type"] for m in montant["anyOf"]] == ["string", "null"]


def test_la_commande_ecrit_les_schemas_ou_on_lui_dit(tmp_path):
    from tests.referentiel.test_nouvelle_region import lancer

    assert lancer("schemas", f"--dans={tmp_path / 'la'}")[0] == 0
    assert json.loads((tmp_path / "la" / "trame.json").read_text(encoding="utf-8"))["title"] == "Esperluette : trame"
    (tmp_path / "fichier").write_text("")
    code, _, erreurs = lancer("schemas", f"--dans={tmp_path / 'fichier'}")
    assert (code, str(tmp_path) in erreurs) == (2, True)
