"""On attaque la base en SQL brut : elle refuse tout ce qui n'est pas un ajout, sur SQLite comme sur PostgreSQL."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError

from esperluette.journal import declencheurs
from esperluette.journal.actions import consigner, consigner_ensemble, effacer_les_noms
from esperluette.journal.lectures import verifier
from esperluette.journal.models import Chaine, Evenement
from tests.fabriques.comptes import CompteFabrique

SQLITE = connection.vendor == "sqlite"


@pytest.fixture
def chaine(transactional_db, settings):
    """Une chaîne de trois maillons, derrière les déclencheurs."""
    settings.JOURNAL_DECLENCHEURS = True
    declencheurs.poser_ou_retirer()
    objet = CompteFabrique(prenom="Claire", nom="Le Goff")
    for n in (1, 2, 3):
        consigner(f"acte_{n}", objet, acteur=objet)
    yield Chaine.objects.get()
    declencheurs.retirer(connection)


def executer(sql, *valeurs):
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(sql, valeurs)


def etat():
    return list(Evenement.objects.order_by("pk").values()), list(Chaine.objects.values())


COLONNES = ", ".join(c.column for c in Evenement._meta.concrete_fields if c.column != "id")


def copie(geste, de, suite="", *, identifiant="", **remplace):
    """Recopie le maillon `de` (ou tous), avec d'autres valeurs."""
    valeurs = COLONNES
    for colonne, valeur in remplace.items():
        valeurs = valeurs.replace(colonne, valeur)
    id_, lu = ("id, ", f"{identifiant}, ") if identifiant else ("", "")
    ou = f"numero = {de}" if de else "TRUE"
    mots = (geste, "INTO journal_evenement", f"({id_}{COLONNES})", "SELECT", lu + valeurs)
    return " ".join((*mots, "FROM journal_evenement WHERE", ou, suite))


COMMUNES = {
    "changer un maillon": "UPDATE journal_evenement SET sorte = 'autre' WHERE numero = 2",
    "changer une donnée": "UPDATE journal_evenement SET donnees = '{\"a\": 1}' WHERE numero = 1",
    "changer un nom": "UPDATE journal_evenement SET acteur_nom = 'Autre' WHERE numero = 1",
    "effacer un nom sans ligne-tombe": "UPDATE journal_evenement SET acteur_nom = '', acteur_sel = ''",
    "renuméroter": "UPDATE journal_evenement SET numero = numero + 10",
    "déplacer dans le temps": "UPDATE journal_evenement SET le = '2020-01-01 00:00:00+00'",
    "retirer le dernier": "DELETE FROM journal_evenement WHERE numero = 3",
    "tout retirer": "DELETE FROM journal_evenement",
    "glisser un maillon d'avance": copie("INSERT", 3, numero="9"),
    "rejouer le dernier maillon à la suite": copie("INSERT", 3, numero="4"),
    "raccourcir la tête": "UPDATE journal_chaine SET longueur = 2",
    "allonger la tête": "UPDATE journal_chaine SET longueur = 4",
    "changer la tête": "UPDATE journal_chaine SET tete = '" + "0" * 64 + "'",
    "vider la tête": "UPDATE journal_chaine SET longueur = 0, tete = ''",
    "renommer la chaîne": "UPDATE journal_chaine SET cle = 'autre'",
    "retirer la tête": "DELETE FROM journal_chaine",
    "une chaîne qui naît longue": "INSERT INTO journal_chaine (cle, longueur, tete) VALUES ('neuve', 7, 'abc')",
    "écraser la tête par conflit": (
        "INSERT INTO journal_chaine (cle, longueur, tete) SELECT cle, 0, '' FROM journal_chaine WHERE TRUE "
        "ON CONFLICT (cle) DO UPDATE SET longueur = 0, tete = ''"
    ),
    "écraser un maillon par conflit": copie(
        "INSERT", None, "ON CONFLICT (id) DO UPDATE SET sorte = 'autre'", identifiant="id"
    ),
}
PROPRES = {
    "sqlite": {
        "remplacer un maillon": copie("REPLACE", 2, identifiant="id", sorte="'x'"),
        "remplacer par le numéro": copie("INSERT OR REPLACE", 2),
        "remplacer sous l'identifiant d'un autre": copie("INSERT OR REPLACE", 3, identifiant="1", numero="4"),
        "mettre à jour en remplaçant": "UPDATE OR REPLACE journal_evenement SET numero = 1 WHERE numero = 2",
        "mettre à jour en ignorant": "UPDATE OR IGNORE journal_evenement SET sorte = 'autre'",
        "remplacer la tête": "REPLACE INTO journal_chaine (cle, longueur, tete) SELECT cle, 0, '' FROM journal_chaine",
        "remplacer, puis annuler seul": "INSERT OR ROLLBACK INTO journal_chaine SELECT * FROM journal_chaine",
    },
    "postgresql": {
        "vider": "TRUNCATE journal_evenement",
        "vider la tête, et ce qui en dépend": "TRUNCATE journal_chaine CASCADE",
        "vider en repartant de un": "TRUNCATE journal_evenement, journal_chaine RESTART IDENTITY",
        "fondre": (
            "MERGE INTO journal_evenement e USING journal_chaine c ON c.cle = e.chaine_id "
            "WHEN MATCHED THEN UPDATE SET sorte = 'autre'"
        ),
        "fondre en effaçant": (
            "MERGE INTO journal_evenement e USING journal_chaine c ON c.cle = e.chaine_id WHEN MATCHED THEN DELETE"
        ),
        "se dire réplique": (
            "SET LOCAL session_replication_role = replica; UPDATE journal_evenement SET sorte = 'autre'"
        ),
        "se dire réplique pour vider": "SET LOCAL session_replication_role = replica; TRUNCATE journal_evenement",
    },
}
ATTAQUES = COMMUNES | PROPRES[connection.vendor]


@pytest.mark.parametrize("attaque", ATTAQUES)
def test_la_base_refuse_et_rien_n_a_change(chaine, attaque):
    avant = etat()
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer(ATTAQUES[attaque])
    assert etat() == avant
    assert verifier().intact


@pytest.mark.parametrize("geste", ["consigner", "ensemble"])
def test_apres_une_attaque_le_journal_s_ecrit_encore(chaine, geste):
    with pytest.raises(IntegrityError):
        executer(COMMUNES["tout retirer"])
    objets = CompteFabrique.create_batch(3)
    if geste == "consigner":
        for objet in objets:
            consigner("vu", objet, acteur=None)
    else:
        consigner_ensemble("vu", [(o, {}) for o in objets], acteur=None)
        consigner_ensemble("revu", [(o, {}) for o in objets], acteur=None)
    assert verifier().intact
    assert Chaine.objects.count() == 4


def test_une_chaine_neuve_et_une_tete_inchangee_passent(chaine):
    executer("INSERT INTO journal_chaine (cle, longueur, tete) VALUES ('neuve', 0, '')")
    executer("UPDATE journal_chaine SET longueur = longueur, tete = tete")


def test_ouvrir_une_chaine_deja_ouverte_ne_l_ecrase_pas(chaine):
    Chaine.objects.get_or_create(cle=chaine.cle)
    assert Chaine.objects.get().longueur == 3


def test_les_declencheurs_laissent_effacer_un_nom_derriere_sa_ligne_tombe(chaine):
    claire = Evenement.objects.first().acteur
    assert effacer_les_noms(claire) == 3
    assert set(Evenement.objects.filter(acteur=claire).values_list("acteur_nom", "acteur_sel")) == {("", "")}
    assert verifier().intact
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer("UPDATE journal_evenement SET acteur_nom = 'Claire Le Goff' WHERE numero = 1")


def test_une_ligne_tombe_n_ouvre_que_les_maillons_qu_elle_nomme(chaine):
    claire = Evenement.objects.first().acteur
    effacer_les_noms(claire)
    consigner("acte_5", claire, acteur=claire)
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer("UPDATE journal_evenement SET acteur_nom = '', acteur_sel = '' WHERE numero = 5")
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer("UPDATE journal_evenement SET acteur_nom = '', acteur_sel = '', sorte = 'x' WHERE numero = 1")


def test_migrer_le_journal_passe_sous_les_declencheurs_et_les_remet(chaine):
    """SQLite refait la table : un déclencheur qui nomme l'autre table arrêterait la migration."""
    call_command("migrate", "journal", "0001", verbosity=0)
    call_command("migrate", "journal", verbosity=0)
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer(COMMUNES["retirer la tête"])
    assert Evenement.objects.count() == 3


def test_recharger_un_journal_leve_puis_repose_les_declencheurs(chaine):
    with declencheurs.leves():
        assert Evenement.objects.update(sorte="autre") == 3
    with pytest.raises(IntegrityError, match="ajout seul"):
        executer(COMMUNES["changer un maillon"])
