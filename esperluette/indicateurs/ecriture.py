"""Les chiffres en toutes lettres : une seule façon d'écrire un nombre, un manque, un territoire partiel. Sans base."""

from esperluette.indicateurs.calcul import Etat, Valeur
from esperluette.indicateurs.definitions import Definition
from esperluette.indicateurs.instantane import TERRITOIRE, Instantane, LigneLue, ValeurLue

LE_TERRITOIRE = "Le territoire"
ABSENCES = {
    Etat.SECRET.value: "secret statistique",
    Etat.MASQUE.value: "effectif trop faible, masqué",
    Etat.MANQUANT.value: "manquant",
    Etat.NON_CHARGE.value: "non chargé",
}
INCONNU = "non connu"
PARTIEL = "partiel"
NOTE_PARTIEL = "Partiel : des communes manquent au chiffre, tues par le producteur ou absentes de son fichier."
COURTES = ("%", "km")  # s'écrivent après le nombre
_INSECABLE, _FINE, _MOINS = "\u00a0", "\u202f", "\u2212"


def nombre(valeur: float, decimales: int = 0) -> str:
    """« 12 345,6 », à espaces insécables ; jamais « -0 »."""
    arrondi = round(valeur, decimales) + 0.0
    ecrit = f"{abs(arrondi):,.{decimales}f}".replace(",", _FINE).replace(".", ",")
    return f"{_MOINS}{ecrit}" if arrondi < 0 else ecrit


def mesure(valeur: float, decimales: int, unite: str) -> str:
    """Le nombre et son unité, quand elle est courte (« 12,3 % ») ; sinon le nombre seul."""
    ecrit = nombre(valeur, decimales)
    return f"{ecrit}{_INSECABLE}{unite}" if unite in COURTES else ecrit


def valeur_ecrite(ligne: LigneLue, niveau: str) -> str:
    """La valeur d'un niveau, ou pourquoi il n'y en a pas ; un total partiel dit de combien de communes il vient."""
    lue = ligne.valeurs.get(niveau)
    return INCONNU if lue is None else dite(lue, ligne.decimales, ligne.unite)


def dite(lue: ValeurLue | Valeur, decimales: int, unite: str) -> str:
    """Cette valeur, de combien de communes elle vient s'il en manque, ou pourquoi il n'y en a pas."""
    if lue.valeur is None:
        return ABSENCES.get(str(lue.etat), INCONNU)
    ecrit = mesure(lue.valeur, decimales, unite)
    return f"{ecrit} ({part(lue)})" if partielle(lue) else ecrit


def valeur_courte(ligne: LigneLue, niveau: str) -> str:
    """La même, où un niveau comparé dit seulement qu'il est partiel : le territoire, lui, compte ses communes."""
    lue = ligne.valeurs.get(niveau)
    if niveau == TERRITOIRE or lue is None or lue.valeur is None or not partielle(lue):
        return valeur_ecrite(ligne, niveau)
    return f"{mesure(lue.valeur, ligne.decimales, ligne.unite)} ({PARTIEL})"


def partielle(lue: ValeurLue | Valeur) -> bool:
    """Vrai si des communes manquent au chiffre."""
    return lue.valeur is not None and lue.etat == Etat.INCOMPLET


def part(lue: ValeurLue | Valeur) -> str:
    """« 12 communes sur 16 »."""
    pluriel = "s" if lue.comptees > 1 else ""
    return f"{nombre(lue.comptees)} commune{pluriel} sur {nombre(lue.communes)}"


def niveaux(instantane: Instantane, nom: str = "") -> list[tuple[str, str]]:
    """(clé, nom) du territoire puis de ce à quoi on le compare ; `nom` : comment l'appeler.

    Un niveau dont tous les chiffres sont ceux du territoire est ce territoire : il ne se répète pas.
    """
    lignes = [ligne.valeurs for theme in instantane.themes for ligne in theme.lignes]
    connues = [v for v in lignes if TERRITOIRE in v and v[TERRITOIRE].valeur is not None]
    compares = [
        (n.cle, n.nom)
        for n in instantane.niveaux
        if not connues or any(v.get(n.cle) != v[TERRITOIRE] for v in connues)
    ]
    return [(TERRITOIRE, nom or LE_TERRITOIRE), *compares]


def ligne_de(instantane: Instantane, ligne_id: str) -> LigneLue:
    """La ligne de ce chiffre ; lève `KeyError` si l'instantané ne l'a pas."""
    for theme in instantane.themes:
        for ligne in theme.lignes:
            if ligne.id == ligne_id:
                return ligne
    raise KeyError(ligne_id)


def titre_de(ligne: LigneLue | Definition) -> str:
    """Le libellé, et l'unité s'il ne la dit pas déjà."""
    if not ligne.unite or ligne.unite == "%" or ligne.unite.lower() in ligne.libelle.lower():
        return ligne.libelle
    return f"{ligne.libelle}, {'' if ligne.unite.startswith('pour ') else 'en '}{ligne.unite}"


def enumerer(noms: list[str]) -> str:
    """« A », « A et B », « A, B et C »."""
    return " et ".join(filter(None, (", ".join(noms[:-1]), noms[-1]))) if noms else ""
