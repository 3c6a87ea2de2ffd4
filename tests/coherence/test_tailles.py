"""Les alarmes de taille : un module, une fonction ou une app qui grossit se voit tout de suite."""

import ast
from collections import Counter

from tests.coherence.depot import PAQUET, arbre, modules, relatif

MODULE, FONCTION, APP = 500, 60, 4_000
# Une app plus grande se justifie ici, avec son propre plafond.
GRANDES = {
    # L'instance, la séance et sa préparation ne vont pas l'une sans l'autre ; la délibération a déjà son app.
    "commissions": 5_300,
    # Lire, tenir la séance, en dire le procès-verbal, suivre les réserves : toujours les mêmes lignes.
    "deliberations": 4_600,
    # Produire, garder, sceller, vérifier : la même chaîne, du gabarit à la preuve.
    "documents": 4_800,
    # Rédiger, figer, signer, déposer, compter les délais : le séparer ferait deux apps qui s'importent l'une l'autre.
    # Les pièces et les preuves gagneraient à en sortir ; les chiffres publics n'y ont que leurs gestes.
    "dossiers": 7_850,
    # L'équipe, ses membres, ses invitations, ses accompagnateurs, ses délégations : une seule page, un seul verrou.
    "equipes": 4_300,
    # L'espace de l'agent : les écrans de toutes les apps d'au-dessous s'y rejoignent.
    "instruction": 7_000,
    # Une page par sujet, presque sans règle, et la démonstration ; rien n'en dépend.
    "portail": 4_300,
    # Le cœur : lire les règles, les éprouver, les comparer. Sans Django, sauf sa commande.
    "referentiel": 5_500,
}


def lignes(module):
    return len(module.read_text(encoding="utf-8").splitlines())


def test_aucun_module_ne_depasse_500_lignes():
    assert {relatif(m): lignes(m) for m in modules() if lignes(m) > MODULE} == {}


def test_aucune_fonction_ne_depasse_60_lignes():
    longues = {
        f"{relatif(module)}:{noeud.lineno} {noeud.name}": noeud.end_lineno - noeud.lineno + 1
        for module in modules()
        for noeud in ast.walk(arbre(module))
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef) and noeud.end_lineno - noeud.lineno + 1 > FONCTION
    }
    assert longues == {}


def test_aucune_app_ne_depasse_4000_lignes():
    total = Counter()
    for module in modules():
        if module.is_relative_to(PAQUET):
            total[module.relative_to(PAQUET).parts[0]] += lignes(module)
    assert {app: nombre for app, nombre in total.items() if nombre > GRANDES.get(app, APP)} == {}
