"""Les modèles : nommés comme dans le glossaire, migrés, et dont l'état ne change qu'en un endroit."""

import ast
import re

import pytest
from django.core.management import call_command
from django.db import models

from tests.coherence.depot import PAQUET, RACINE, arbre, modeles, modules, relatif

GLOSSAIRE = (RACINE / "docs" / "glossaire.md").read_text(encoding="utf-8")
SIGLE = re.compile(r"^[A-ZÉ0-9]{2,}\b")


def test_chaque_modele_figure_au_glossaire():
    absents = [m.__name__ for m in modeles() if f"`{m.__name__}`" not in GLOSSAIRE]
    assert absents == [], "à ajouter à docs/glossaire.md, avec sa définition"


def test_le_glossaire_ne_cite_pas_de_modele_disparu():
    # Le tableau « modèle → mot » commence chaque ligne par le nom du modèle.
    cites = set(re.findall(r"^\| `([A-Z]\w+)` \|", GLOSSAIRE, flags=re.MULTILINE))
    assert cites - {m.__name__ for m in modeles()} == set()


def noms_affiches():
    for modele in modeles():
        yield modele.__name__, str(modele._meta.verbose_name)
        for champ in modele._meta.get_fields():
            if isinstance(champ, models.Field) and champ.model is modele:
                yield f"{modele.__name__}.{champ.name}", str(champ.verbose_name)


def test_les_noms_affiches_commencent_par_une_minuscule():
    fautifs = {ou: nom for ou, nom in noms_affiches() if nom[:1].isupper() and not SIGLE.match(nom)}
    assert fautifs == {}


@pytest.mark.django_db
def test_aucune_migration_ne_manque():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def nomme_l_etat(appel):
    """`….update(etat=…)` et `setattr(…, "etat", …)` écrivent l'état sans le dire."""
    if isinstance(appel.func, ast.Attribute) and appel.func.attr in {"update", "bulk_update"}:
        return any(mot.arg == "etat" for mot in appel.keywords)
    if isinstance(appel.func, ast.Name) and appel.func.id == "setattr":
        return any(isinstance(a, ast.Constant) and a.value == "etat" for a in appel.args)
    return False


def ecritures_d_etat(module):
    """Les lignes où ce module écrit l'état d'un objet autre que `self`, ou le met à jour en base."""
    for noeud in ast.walk(arbre(module)):
        cibles = noeud.targets if isinstance(noeud, ast.Assign) else [getattr(noeud, "target", None)]
        for cible in cibles:
            if isinstance(cible, ast.Attribute) and cible.attr == "etat":
                propre = isinstance(cible.value, ast.Name) and cible.value.id == "self"
                if not propre or module.name == "models.py":
                    yield noeud.lineno
        if isinstance(noeud, ast.Call) and nomme_l_etat(noeud):
            yield noeud.lineno


# Un courriel part ou échoue sans que personne n'en décide : sa livraison seule change son état.
AUTRES_CYCLES = {"notifications/livraison.py", "archives/preparation.py"}


def test_l_etat_ne_s_ecrit_que_dans_cycle_py():
    ecritures = {
        f"{relatif(module)}:{ligne}"
        for module in modules()
        if module.is_relative_to(PAQUET)
        and module.name != "cycle.py"
        and module.relative_to(PAQUET).as_posix() not in AUTRES_CYCLES
        for ligne in ecritures_d_etat(module)
    }
    assert ecritures == set()


@pytest.mark.parametrize(
    "faute",
    ["dossier.etat = Etat.DEPOSE", "setattr(d, 'etat', e)", "Dossier.objects.update(etat=e)", "d.etat: str = e"],
)
def test_chaque_ecriture_de_l_etat_serait_vue(faute, tmp_path):
    module = tmp_path / "actions.py"
    module.write_text(faute, encoding="utf-8")
    assert list(ecritures_d_etat(module)) == [1]
