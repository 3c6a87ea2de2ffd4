"""Chaque page et chaque formulaire des espaces de l'ARS et des commissions, avec ce que personne n'attend.

Une réponse est une page, un refus ou une redirection : jamais une panne, jamais une trace, jamais la balise envoyée.
"""

from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from esperluette.dossiers.models import Dossier
from esperluette.journal.models import Evenement
from tests.fabriques.comptes import FonctionFabrique, connecter
from tests.fabriques.fichiers import pdf, upload
from tests.fabriques.territoires import communes_reelles
from tests.hostile.formulaires import Formulaire, lire
from tests.hostile.valeurs import BALISE, MOTS, NUMEROS, PARAMETRES, UN_PAR_UN, VALEURS
from tests.matrice import monde as m_equipe
from tests.matrice import monde_commission as m_commission
from tests.matrice.envois import envoi_de
from tests.matrice.envois_commission import envoi
from tests.matrice.table import LIGNES, LIGNES_COMMISSION, ROLES, ROLES_COMMISSION

pytestmark = pytest.mark.django_db
ESPACES = {"commissions", "deliberations", "deliberations_equipe", "decisions", "reprises", "pilotage", "instruction",
           "reconnaissances", "preparation", "complements"}  # fmt: skip
PREFERES = ("sec", "ref", "aut", "pre", "mem", "reg", "por", "obs", "com", "adm")


def cas(lignes, roles):
    """(page, état) → les rôles qui la voient, ceux qui agissent d'abord."""
    trouves = {}
    for ligne in lignes:
        if ligne.nom.partition(":")[0] in ESPACES:
            admis = [r for r in PREFERES if r in roles and ligne.attendu[r] in {"ok", ">", "!", "422", "204"}]
            trouves.setdefault((ligne.nom, ligne.etat), {})[ligne.geste] = admis[:1]
    return sorted(trouves.items())


EQUIPE, COMMISSION = cas(LIGNES, ROLES), cas(LIGNES_COMMISSION, ROLES_COMMISSION)
TOUS = [*(("equipe", p) for p in EQUIPE), *(("commission", p) for p in COMMISSION)]


DEJA = set()  # ce qui a été éprouvé : une page ou un formulaire revient d'état en état


def nom_de(valeur):
    return "-".join(valeur[0]) if isinstance(valeur, tuple) else None


@pytest.fixture(scope="module")
def mondes(django_db_setup, django_db_blocker):
    """Les deux mondes des matrices, hors de la transaction de chaque essai."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {"equipe": m_equipe.monde(), "commission": m_commission.monde_de_commission()}
        transaction.set_rollback(True)


class Essai:
    """Les demandes d'un rôle, chacune défaite, et ce qui cloche dans leurs réponses."""

    def __init__(self, monde, role):
        self.client = monde.client(role, raise_request_exception=False)
        self.role, self.fautes = role, []

    def demander(self, geste, adresse, donnees=None, dit=""):
        point = transaction.savepoint()
        try:
            reponse = self.client.post(adresse, donnees or {}) if geste == "POST" else self.client.get(adresse)
            corps = reponse.getvalue() if reponse.streaming else reponse.content
        finally:
            transaction.savepoint_rollback(point)
        self._juger(reponse, corps, f"{self.role} {geste} {adresse[:120]} [{dit}]")
        return reponse, corps

    def envoyer(self, adresse, donnees, dit):
        """Un envoi qu'on ne défait pas."""
        for contenu in donnees.values():
            if hasattr(contenu, "seek"):
                contenu.seek(0)
        reponse = self.client.post(adresse, donnees)
        self._juger(
            reponse,
            reponse.getvalue() if reponse.streaming else reponse.content,
            f"{self.role} POST {adresse} [{dit}]",
        )

    def _juger(self, reponse, corps, ou):
        if reponse.status_code >= 500:
            erreur = getattr(reponse, "exc_info", None)
            self.fautes.append(
                f"{ou} : {reponse.status_code} {erreur[1]!r:.200}" if erreur else f"{ou} : {reponse.status_code}"
            )
        elif "text/html" in reponse.get("Content-Type", ""):
            if BALISE.encode() in corps:
                self.fautes.append(f"{ou} : la balise envoyée est dans la page")
            if b"Traceback (most recent call last)" in corps:
                self.fautes.append(f"{ou} : une trace est dans la page")


def adresse_de(quoi, nom, monde, etat):
    return (m_equipe if quoi == "equipe" else m_commission).adresse(nom, monde, etat)


def envoi_juste(quoi, nom, monde, etat):
    return envoi_de(nom) if quoi == "equipe" else envoi(nom, monde, etat)


@pytest.mark.parametrize(("quoi", "page"), TOUS, ids=nom_de)
def test_rien_d_inattendu_ne_fait_tomber_une_page(quoi, page, mondes):
    (nom, etat), gestes = page
    monde = mondes[quoi]
    adresse = adresse_de(quoi, nom, monde, etat)
    fautes = []
    for role in gestes.get("GET", ()) if (quoi, nom) not in DEJA else ():
        essai = Essai(monde, role)
        for formulaire in lire_la_page(essai, adresse):
            eprouver(essai, formulaire)
        fautes += essai.fautes
    DEJA.add((quoi, nom))
    for role in gestes.get("POST", ()):
        essai = Essai(monde, role)
        juste = envoi_juste(quoi, nom, monde, etat)
        champs = {c: v if isinstance(v, list) else [v] for c, v in juste.items() if not hasattr(v, "read")}
        fichiers = {c for c, v in juste.items() if hasattr(v, "read")}
        eprouver(essai, Formulaire(urlsplit(adresse).path, "post", champs, fichiers))
        fautes += essai.fautes
    assert fautes == []


def lire_la_page(essai, adresse):
    """Lit la page, puis la redemande avec chaque valeur dans chaque paramètre ; rend ses formulaires d'envoi."""
    reponse, corps = essai.demander("GET", adresse, dit="telle quelle")
    if "text/html" not in reponse.get("Content-Type", "") or reponse.status_code != 200:
        return []
    formulaires, liens = lire(corps.decode(), adresse)
    chemin = urlsplit(adresse).path
    parametres = sorted(liens | set(PARAMETRES) | {c for f in formulaires if f.methode == "get" for c in f.champs})
    for donnees in tournees(parametres):
        essai.demander("GET", f"{chemin}?{urlencode(donnees, doseq=True)}", dit="paramètres")
    return [
        f
        for f in {f.cle: f for f in formulaires if f.methode == "post"}.values()
        if not f.action.startswith("/compte/")
    ]


def tournees(noms):
    """Chaque valeur dans chaque nom, en autant d'envois que de valeurs ; à l'impair, répétée."""
    valeurs = list(VALEURS.values())
    for tour in range(len(valeurs)):
        tiree = {nom: valeurs[(tour + rang) % len(valeurs)] for rang, nom in enumerate(noms)}
        yield {nom: [v, v[:9], ""] if tour % 2 else v for nom, v in tiree.items()}


def eprouver(essai, formulaire):
    """Sans champ ; faux partout ; juste sauf un champ ; deux fois de suite. Chacun une seule fois."""
    cle = (resolve(formulaire.action).view_name, *formulaire.cle[1:])
    if cle in DEJA:
        return
    DEJA.add(cle)
    action, noms = formulaire.action, sorted({*formulaire.champs, *formulaire.fichiers} - {"csrfmiddlewaretoken"})
    essai.demander("POST", action, {}, "sans champ")
    for donnees in tournees(noms):
        essai.demander("POST", action, donnees, "tout faux")
    juste = {nom: formulaire.champs.get(nom, []) for nom in noms}
    for nom in noms:
        for sorte in UN_PAR_UN:
            envoye = {**juste, nom: VALEURS[sorte], **fichiers_justes(formulaire, nom)}
            essai.demander("POST", action, envoye, f"{nom} : {sorte}")
    for nom in formulaire.fichiers:
        for fichier in fichiers_hostiles():
            essai.demander("POST", action, {**juste, nom: fichier}, f"{nom} : {fichier.name[:40]!r}")
    deux_fois(essai, action, {**juste, **fichiers_justes(formulaire, None)})


def fichiers_justes(formulaire, sauf):
    return {nom: upload("piece.pdf", pdf()) for nom in formulaire.fichiers if nom != sauf}


def fichiers_hostiles():
    yield upload("vide.pdf", b"")
    yield upload("n" * 300 + ".pdf", pdf())
    yield upload("a\x00b.pdf", pdf())
    yield upload("../../x.pdf", b"%PDF-1.7\x00\xff" * 50)
    yield upload("tableur.xlsx", b"PK\x03\x04" + b"\x00" * 200)
    yield upload("tableur.csv", "clé;nom\n²;\x00\n".encode())
    yield upload("tableur.csv", b"\xff\xfe\x00\xd8" * 40)
    yield upload("tableur.csv", b";" * 50_000 + b"\n" + b'"' * 3)


def deux_fois(essai, action, donnees):
    """Le second envoi part après le premier, sans qu'on ait défait celui-ci."""
    point = transaction.savepoint()
    try:
        for _ in range(2):
            essai.envoyer(action, donnees, "deux fois")
    finally:
        transaction.savepoint_rollback(point)


# --- les adresses elles-mêmes


def motifs(resolveur, debut="", espaces=()):
    for motif in resolveur.url_patterns:
        ici = debut + str(motif.pattern)
        if hasattr(motif, "url_patterns"):
            yield from motifs(motif, ici, (*espaces, motif.namespace) if motif.namespace else espaces)
        elif espaces and espaces[0] in ESPACES:
            yield ":".join([*espaces, motif.name]), motif.pattern.converters


ADRESSES = sorted(motifs(get_resolver()), key=lambda a: a[0])


@pytest.mark.parametrize(
    ("nom", "parties"), [(n, c) for n, c in ADRESSES if c], ids=lambda v: v if isinstance(v, str) else None
)
def test_une_adresse_qui_ne_designe_rien_n_est_pas_une_panne(nom, parties, mondes):
    fautes = []
    for essai in (Essai(mondes["commission"], "sec"), Essai(mondes["equipe"], "ref")):
        for adresse in absurdes(nom, parties):
            for geste in ("GET", "POST"):
                essai.demander(geste, adresse, dit="adresse absurde")
        fautes += essai.fautes
    assert fautes == []


def absurdes(nom, parties):
    """L'adresse, chaque partie remplacée par un numéro ou un mot qui ne désigne rien."""
    for rang in range(max(len(NUMEROS), len(MOTS))):
        valeurs = {}
        for partie, convertisseur in parties.items():
            sorte = type(convertisseur).__name__
            if sorte == "IntConverter":
                valeurs[partie] = NUMEROS[rang % len(NUMEROS)]
            elif sorte == "UUIDConverter":
                valeurs[partie] = "00000000-0000-0000-0000-000000000000"
            else:
                mot = MOTS[rang % len(MOTS)]
                valeurs[partie] = mot if sorte == "StringConverter" else "x" * min(len(mot), 3000)
        yield reverse(nom, kwargs=valeurs)


# --- les agents d'une autre région


@pytest.fixture(scope="module")
def ailleurs(mondes, django_db_blocker):
    """Quatre agents de Provence-Alpes-Côte d'Azur, qui n'ont rien à faire dans ces dossiers bretons."""
    with django_db_blocker.unblock():
        region = communes_reelles("13055")["13055"].region
        roles = ({"secretariat": True}, {"referent": True}, {"autorite": True}, {"admin_regional": True})
        comptes = [FonctionFabrique(region=region, **role).compte for role in roles]
        yield [connecter(Client(raise_request_exception=False), compte) for compte in comptes]


# Ce qu'un agent fait chez lui, où qu'il soit : noter son absence, écrire une réponse type de sa région, ses filtres.
CHEZ_SOI = {"instruction:absences", "instruction:reponse_type_nouvelle"}


@pytest.mark.parametrize(("quoi", "page"), [t for t in TOUS if t[1][0][0] not in CHEZ_SOI], ids=nom_de)
def test_une_autre_region_ne_voit_ni_ne_touche_rien(quoi, page, mondes, ailleurs):
    (nom, etat), gestes = page
    if (quoi, nom, "ailleurs") in DEJA:
        return
    DEJA.add((quoi, nom, "ailleurs"))
    adresse = adresse_de(quoi, nom, mondes[quoi], etat)
    references = [r.encode() for r in Dossier.objects.values_list("reference", flat=True)]
    fautes = []
    for client in ailleurs:
        for geste in gestes:
            point = transaction.savepoint()
            avant = Evenement.objects.count()
            if geste == "POST":
                reponse = client.post(adresse, envoi_juste(quoi, nom, mondes[quoi], etat))
            else:
                reponse = client.get(adresse)
            corps = reponse.getvalue() if reponse.streaming else reponse.content
            if reponse.status_code >= 500 or any(r in corps for r in references if r not in adresse.encode()):
                fautes.append(f"{geste} {adresse} : {reponse.status_code}, elle montre un dossier d’une autre région")
            if Evenement.objects.count() != avant:
                dernier = Evenement.objects.order_by("pk").last()
                fautes.append(f"{geste} {adresse} : elle a écrit « {dernier} »")
            transaction.savepoint_rollback(point)
    assert fautes == []
