"""Les repères d'une trame : ses titres, ses questions, ses colonnes ; et ce qui, dans un document, leur ressemble."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from esperluette.importations.lecteur.blocs import Bloc
from esperluette.importations.lecteur.textes import (
    SEUIL_PROCHE,
    cle,
    mots,
    recouvrement,
    ressemblance,
    sans_numero,
    sans_parentheses,
    sans_remplissage,
)
from esperluette.referentiel.modele import Champ, Rubrique, Trame

LONGUEUR_TITRE = 220  # caractères : au-delà, ce n'est plus un intitulé
MOTS_TITRE = 24
LONGUEUR_MINIMALE = 10  # signes : un mot trop court se confond avec un autre
# Un titre abrégé ou allongé (« Difficultés rencontrées ») partage l'essentiel de ses mots avec un seul intitulé.
RAPPROCHEMENTS = 6_000  # une trame remplie en demande quelques centaines
SEUIL_MOTS, MARGE = 0.64, 0.08
SEUIL_ABREGE = 0.5
SEUIL_SANS_INDICE = 0.9  # une ligne que rien ne distingue du texte doit ressembler davantage
HORS_TRAME = ("sommaire", "table des matieres", "pieces a joindre", "signatures", "signature")
_SEPARATEUR = re.compile(r"\s*(?:[:=?]|\s[–—-]\s)\s*")
_TITRE_EN_STYLE = re.compile(r"heading|titre|title|libelle|intertitre", re.IGNORECASE)
_NOMS_DE_FICHE = ("axe", "thematique", "fiche")  # comme une équipe les appelle, quel que soit le mot de la région
_RANG = r"\s*(?:n\s*)?(\d{1,2}|[ivx]{1,4}|[a-h])"


@dataclass(frozen=True, slots=True)
class Repere:
    """Un endroit de la trame. `hors_trame` : un titre connu qui n'attend pas de réponse."""

    sorte: Literal["rubrique", "champ", "colonne", "fiche", "hors_trame"]
    rubrique: str = ""
    champ: str = ""
    colonne: str = ""
    libelle: str = ""


@dataclass(frozen=True, slots=True)
class Reconnu:
    """Un repère trouvé dans le document. `reste` : ce qui suit l'intitulé sur la même ligne (`debut` signes avant)."""

    repere: Repere
    confiance: float
    raison: str
    reste: str = ""
    debut: int = 0
    aussi: tuple[str, ...] = ()


class Reperes:
    """Ce que l'on cherche d'une trame dans un document."""

    def __init__(self, trame: Trame) -> None:
        self.trame = trame
        self._credit = RAPPROCHEMENTS
        self.titres: list[tuple[Repere, Rubrique, tuple[str, ...]]] = [
            (Repere("rubrique", r.id, libelle=r.titre), r, _variantes(r.titre)) for r in trame.rubriques
        ]
        self.questions: dict[str, list[tuple[Repere, Champ, tuple[str, ...]]]] = {
            r.id: [(Repere("champ", r.id, c.id, libelle=c.libelle), c, _variantes(c.libelle)) for c in r.champs]
            for r in trame.rubriques
        }

    @cached_property
    def questions_uniques(self) -> dict[str, Repere]:
        """Les questions qu'un seul champ pose, assez longues pour se reconnaître n'importe où."""
        vues: dict[str, list[Repere]] = {}
        for questions in self.questions.values():
            for repere, _, variantes in questions:
                for variante in variantes:
                    vues.setdefault(variante, []).append(repere)
        titres = {v for _, _, variantes in self.titres for v in variantes}
        return {
            v: reperes[0] for v, reperes in vues.items() if len(reperes) == 1 and v not in titres and len(mots(v)) >= 3
        }

    def principal(self, rubrique: Rubrique) -> Champ | None:
        """Le champ qui reçoit ce qui est écrit sous le titre, sans autre question."""
        titre = cle(rubrique.titre)
        meme = [c for c in rubrique.champs if ressemblance(cle(c.libelle), titre) >= SEUIL_PROCHE]
        longs = [c for c in rubrique.champs if c.type == "texte_riche"]
        if meme:
            return next((c for c in meme if c.type == "texte_riche"), meme[0])
        if len(longs) == 1:
            return longs[0]
        return rubrique.champs[0] if len(rubrique.champs) == 1 else None

    # --- Reconnaître ---------------------------------------------------------------------------

    def titre(self, bloc: Bloc, ici: str = "") -> Reconnu | None:
        """Le titre de rubrique que porte ce bloc."""
        texte = " ".join(sans_remplissage(bloc.texte).split())
        if not texte or len(texte) > LONGUEUR_TITRE:
            return None
        numero, intitule = sans_numero(texte)
        cherche = cle(intitule)
        for repere, _, variantes in self.titres:
            if cherche in variantes or cle(texte) in variantes:
                return Reconnu(repere, 1.0, "titre identique")
        if cherche in HORS_TRAME and (bloc.sorte == "titre" or bloc.gras):
            return Reconnu(Repere("hors_trame", libelle=texte), 1.0, "titre hors de la trame")
        indices = indices_de_titre(bloc, texte)
        if len(cherche.split()) > MOTS_TITRE or (not indices and not _peut_etre_un_titre(texte, cherche)):
            return None
        return self._titre_proche(cherche, numero, indices)

    def peut_rapprocher(self) -> bool:
        """Faux quand trop d'intitulés ont déjà été rapprochés : seuls les identiques se reconnaissent encore."""
        self._credit -= 1
        return self._credit > 0

    def _titre_proche(self, cherche: str, numero: str, indices: int) -> Reconnu | None:
        if not self.peut_rapprocher():
            return None
        notes = sorted(
            ((max(ressemblance(cherche, v) for v in variantes), repere) for repere, _, variantes in self.titres),
            key=lambda n: -n[0],
        )
        if notes and notes[0][0] >= (SEUIL_PROCHE if indices else SEUIL_SANS_INDICE):
            return Reconnu(notes[0][1], round(notes[0][0], 2), f"titre proche : « {notes[0][1].libelle} »")
        if indices < 2:
            return None
        return self._fusion(cherche) or self._par_les_mots(cherche, numero)

    def _par_les_mots(self, cherche: str, numero: str) -> Reconnu | None:
        dits = mots(cherche)
        notes: list[tuple[float, Repere]] = []
        for repere, rubrique, variantes in self.titres:
            note = max(_note_des_mots(dits, mots(v)) for v in variantes)
            if note and numero and numero.strip(".") == rubrique.numero:
                note += 0.2
            notes.append((note, repere))
        notes.sort(key=lambda n: -n[0])
        if not notes or notes[0][0] < SEUIL_MOTS or (len(notes) > 1 and notes[0][0] - notes[1][0] < MARGE):
            return None
        confiance = round(min(0.6 + 0.25 * notes[0][0], 0.85), 2)
        return Reconnu(notes[0][1], confiance, f"mêmes mots que « {notes[0][1].libelle} »")

    def _fusion(self, cherche: str) -> Reconnu | None:
        """« La patientèle et l'offre de soins » : deux rubriques réunies sous un titre."""
        dits = mots(cherche)
        contenus = [
            (repere, mots(variantes[0]))
            for repere, rubrique, variantes in self.titres
            if rubrique.champs and recouvrement(mots(variantes[-1]), dits) >= 0.99
        ]
        couverts = {m for _, leurs in contenus for m in leurs}
        if len(contenus) < 2 or recouvrement(dits, tuple(couverts)) < 0.75:
            return None
        contenus.sort(key=lambda c: min((dits.index(m) for m in c[1] if m in dits), default=99))
        noms = " et ".join(f"« {r.libelle} »" for r, _ in contenus)
        autres = tuple(r.rubrique for r, _ in contenus[1:])
        return Reconnu(contenus[0][0], 0.6, f"titre qui réunit {noms}", aussi=autres)

    def question(self, bloc: Bloc, rubriques: Sequence[str]) -> Reconnu | None:
        """La question d'une de ces rubriques que pose ce bloc, avec la réponse qui suit sur la ligne."""
        candidats = [(repere, v) for r in rubriques for repere, _, v in self.questions.get(r, ())]
        trouve = reconnaitre_intitule(bloc, candidats, proches=self.peut_rapprocher())
        if trouve is not None:
            return trouve
        for tete, reste, debut in coupes(sans_remplissage_aligne(bloc.texte)):
            ailleurs = self.questions_uniques.get(cle(sans_numero(tete)[1]))
            if ailleurs is not None and ailleurs.rubrique not in rubriques and indices_de_titre(bloc, tete):
                return Reconnu(ailleurs, 0.95, "question reconnue dans une autre rubrique", reste, debut)
        return None

    def colonne(self, bloc: Bloc, champ: Champ, rubrique: str) -> Reconnu | None:
        """La colonne d'un tableau en fiches que nomme ce bloc."""
        return reconnaitre_intitule(bloc, self.colonnes_de(champ, rubrique), proches=self.peut_rapprocher())

    def colonnes_de(self, champ: Champ, rubrique: str) -> list[tuple[Repere, tuple[str, ...]]]:
        return [
            (Repere("colonne", rubrique, champ.id, c.id, c.libelle), _variantes(c.libelle)) for c in champ.colonnes
        ]

    def fiche(self, bloc: Bloc, champ: Champ, rubrique: str) -> Reconnu | None:
        """« Axe thématique 2 : le diabète », « AXE 2 » : une nouvelle fiche, et son titre s'il est dit."""
        nom = cle(champ.titre_ligne.replace("{n}", " ")) or "fiche"
        texte = bloc.texte.split("\n", 1)[0]
        plat = cle(sans_numero(texte)[1] if not re.match(r"\W*\d", texte) else texte)
        noms = sorted({nom, nom.split()[0], *_NOMS_DE_FICHE}, key=len, reverse=True)
        vierge = texte.rstrip().endswith("…") or plat in set(noms)
        for essai in noms:
            if vierge and plat == essai == nom and indices_de_titre(bloc, texte):
                if any(essai in v for _, v in self.colonnes_de(champ, rubrique)) and "…" not in texte:
                    return None
                return Reconnu(Repere("fiche", rubrique, champ.id, libelle=texte), 1.0, "titre de fiche identique")
            trouve = re.match(rf"{essai}{_RANG}\b", plat)
            if trouve and (indices_de_titre(bloc, texte) or len(texte) <= 120):
                debut = _apres_le_rang(texte, trouve[1])
                confiance = 1.0 if essai == nom else 0.85
                return Reconnu(
                    Repere("fiche", rubrique, champ.id, libelle=texte), confiance,
                    "titre de fiche identique" if confiance == 1 else f"fiche « {essai} »",
                    bloc.texte[debut:].strip(" :–—-.\n"), debut,
                )  # fmt: skip
        return None


def _apres_le_rang(texte: str, rang: str) -> int:
    """Où finit « Axe 2 : » dans le texte."""
    trouve = re.search(rf"(?<![0-9A-Za-z]){re.escape(rang)}(?![0-9A-Za-z])\s*[:.)–—-]*\s*", texte, re.IGNORECASE)
    return trouve.end() if trouve else len(texte)


def _variantes(libelle: str) -> tuple[str, ...]:
    """Les clés sous lesquelles un intitulé s'écrit : entier, sans parenthèses, sans numéro."""
    debut, _, suite = libelle.partition("?")
    courtes = [libelle, sans_parentheses(libelle), sans_numero(libelle)[1], *([debut] if suite.strip() else [])]
    return tuple(dict.fromkeys(v for v in map(cle, courtes) if v))


def _note_des_mots(dits: tuple[str, ...], voulus: tuple[str, ...]) -> float:
    """La moyenne harmonique des deux recouvrements, si l'un contient tout l'autre."""
    un, autre = recouvrement(voulus, dits), recouvrement(dits, voulus)
    if max(un, autre) < 0.99:
        return 0.0
    return 2 * un * autre / (un + autre)


def indices_de_titre(bloc: Bloc, texte: str) -> int:
    """À quel point ce bloc ressemble à un intitulé : 0, pas du tout ; 2 et plus, nettement."""
    if bloc.sorte == "titre":
        return 3
    if len(texte.split()) > MOTS_TITRE:
        return 0
    indices = 2 * (bloc.gras or bool(_TITRE_EN_STYLE.search(bloc.style)))
    numero, intitule = sans_numero(texte)
    indices += (2 if "." in numero else 1) if numero else 0
    indices += finit_en_question(texte)
    indices += intitule.isupper() and len(intitule) > 3
    if texte.rstrip().endswith((".", ";", ",")) and indices < 3:
        return 0
    return indices


def coupes(texte: str) -> Iterable[tuple[str, str, int]]:
    """(intitulé, réponse, où elle commence) : la ligne entière, puis à chaque séparateur, le plus loin d'abord."""
    yield texte, "", len(texte)
    if "\n" in texte:
        ligne = texte.index("\n")
        yield texte[:ligne], texte[ligne + 1 :].strip(), ligne + 1
    separateurs = [m for m in _SEPARATEUR.finditer(texte) if m.start() <= LONGUEUR_TITRE]
    for separateur in reversed(separateurs):
        tete = texte[: separateur.start()]
        if tete.strip():
            yield tete, texte[separateur.end() :].strip(), separateur.end()


def sans_remplissage_aligne(texte: str) -> str:
    """Le texte, pointillés remplacés par autant d'espaces : les positions ne bougent pas."""
    return re.sub(r"…{1,}|\.{4,}|_{3,}", lambda m: " " * len(m[0]), texte)


def reconnaitre_intitule(
    bloc: Bloc, candidats: Sequence[tuple[Repere, tuple[str, ...]]], *, proches: bool = True
) -> Reconnu | None:
    """Parmi ces intitulés, celui que porte le bloc ; identique d'abord, puis proche, puis par les mots."""
    if not candidats:
        return None
    texte = sans_remplissage_aligne(bloc.texte)
    essais = [(t, r, d) for t, r, d in coupes(texte) if len(t) <= LONGUEUR_TITRE + 60]
    for tete, reste, debut in essais:
        propre = cle(sans_numero(sans_remplissage(tete))[1])
        for repere, variantes in candidats:
            if propre in variantes or cle(tete) in variantes:
                return Reconnu(repere, 1.0, "question identique", _reponse(reste), debut)
    if not proches:
        return None
    # Un intitulé approché s'arrête au plus court : « Coordination : Oui : deux heures » garde « Oui ».
    for tete, reste, debut in sorted(essais, key=lambda e: (bool(e[1]), e[2])):
        trouve = _proche(bloc, tete, reste, candidats)
        if trouve is not None:
            return replace(trouve, reste=_reponse(reste), debut=debut)
    return None


def _peut_etre_un_titre(texte: str, cherche: str) -> bool:
    """Une ligne courte, sans mise en forme ni ponctuation finale."""
    return (
        len(cherche) >= LONGUEUR_MINIMALE and len(texte) <= 120 and not texte.rstrip().endswith((".", ";", ",", "!"))
    )


def finit_en_question(texte: str) -> bool:
    return texte.rstrip().endswith((":", "?"))


def _reponse(reste: str) -> str:
    return sans_remplissage(reste) if "\n" not in reste else reste.strip()


def _proche(bloc: Bloc, tete: str, reste: str, candidats: Sequence[tuple[Repere, tuple[str, ...]]]) -> Reconnu | None:
    propre = sans_remplissage(tete)
    plat = cle(sans_numero(propre)[1])
    seule = replace(bloc, texte=propre)
    accolee = bool(reste) and len(propre) <= 90
    en_puce = bool(bloc.pile) and len(propre.split()) <= 8 and not propre.endswith((".", ";", ","))
    indices = max(indices_de_titre(seule, propre), int(accolee or en_puce))
    if not plat or len(propre) > LONGUEUR_TITRE or not indices:
        return None
    notes = sorted(((max(ressemblance(plat, v) for v in vs), r) for r, vs in candidats), key=lambda n: -n[0])
    if notes[0][0] >= SEUIL_PROCHE:
        return Reconnu(notes[0][1], round(notes[0][0], 2), f"question proche : « {notes[0][1].libelle} »")
    if (
        indices < 2
        and not (reste and bloc.html.startswith("<strong>"))
        and not en_puce
        and not finit_en_question(propre)
    ):
        return None
    dits = mots(plat)
    notes = sorted(((max(_note_des_mots(dits, mots(v)) for v in vs), r) for r, vs in candidats), key=lambda n: -n[0])
    ecart = notes[0][0] - (notes[1][0] if len(notes) > 1 else 0)
    # Dans une rubrique, les questions sont peu nombreuses : un abrégé suffit s'il ne convient qu'à une.
    assez = notes[0][0] >= SEUIL_MOTS and ecart >= MARGE
    if not assez and not (len(dits) >= 2 and notes[0][0] >= SEUIL_ABREGE and ecart >= 0.2):
        return None
    return Reconnu(notes[0][1], 0.75, f"mêmes mots que « {notes[0][1].libelle} »")
