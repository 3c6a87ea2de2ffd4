"""Des trames remplies de bien des façons : le même contenu, écrit comme l'écriraient des équipes différentes."""

import datetime
import random
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from esperluette.commun.dates import en_lettres
from esperluette.referentiel.modele import Champ, Rubrique
from tests.documents.outils import programme
from tests.importations.contenus import Contenu, fiche_paca, projet_breton, projet_paca
from tests.importations.ecriture import Cases, Elements, EnDocx, EnOdt, Grille, Ligne, Titre


@dataclass(frozen=True)
class Facon:
    """Une manière de remplir la trame. Les valeurs par défaut : la trame officielle, dans Word, sans rien changer."""

    famille: str
    contenu: Callable[[], Contenu] = projet_breton
    format: str = "docx"
    titres: str = "style"
    numeros: str = "officiels"  # aucun, autres, romains
    accents: bool = True
    fautes: bool = False
    courts: bool = False
    ordre: str = "normal"  # inverse, milieu
    questions: str = "gras"  # deux_points, puce, tableau, accolee, plat
    cases: str = "☒"
    fiches: str = "titres"  # cellule, deux_colonnes, lignes, transposees, axe
    membres: str = "officiel"  # deplacees, renommees, reunies, sans_entete
    dates: str = "lettres"
    aide: bool = False
    encadre: bool = False
    retours: bool = False
    coupes: bool = False
    fusion: bool = False
    preambule: bool = False
    abreges: bool = False
    tout_en_tableau: bool = False
    suivi: bool = False
    zones: bool = False
    officielle: bool = False
    convertie: str = ""  # le format où LibreOffice l'enregistre

    @property
    def nom(self) -> str:
        autres = [f"{c}={v}" for c, v in vars(self).items() if v != getattr(Facon("x"), c) and c not in _TUS]
        source = self.contenu.__name__.replace("_", "-")
        return f"{source}, {self.famille} ({', '.join(autres) or 'telle quelle'})"


_TUS = {"famille", "contenu"}
_FAUTES = {
    "Présentation": "Presentaton",
    "rencontrées": "rencontrés",
    "patientèle": "patientelle",
    "existante": "existente",
    "professionnels": "professionels",
    "prévisionnel": "previsionel",
    "juridique": "juridque",
    "porteur": "porteurs",
    "Coordonnées": "Cordonnées",
    "territorial": "territoriale",
    "Atouts": "Atout",
    "diagnostic": "diagnostique",
    "fonctionnement": "fonctionement",
}
# Des questions redites avec les mots de l'équipe.
ABREGES = {
    "offre_ambulatoire": "Champ ambulatoire",
    "offre_hospitaliere": "Le champ hospitalier",
    "offre_medico_sociale": "Champ médico-social et social",
    "offre_prevention": "Actions de prévention ou de dépistage",
    "difficultes_professionnels": "Problématiques des professionnels de santé",
    "difficultes_ruptures": "Ruptures de parcours",
    "territoire_echange_ars": "Échange préalable avec l’ARS",
    "territoire_communes": "Communes du territoire",
    "fonctionnement": "Fonctionnement et responsabilités de chacun",
    "coordination": "Fonction de coordination identifiée",
    "partenariats": "Relations partenariales externes",
    "calendrier_construction": "Construction (période)",
    "calendrier_depot": "Dépôt du projet",
    "diagnostic_indicateurs": "Indicateurs d'état des lieux",
    "diagnostic_parcours": "Type de parcours patients posant problème",
}
COURTS = {
    "Le territoire de réalisation du projet": "Territoire du projet",
    "La patientèle": "Notre patientèle",
    "L'offre de soins": "Offre de soins du territoire",
    "Les difficultés rencontrées par les professionnels": "Difficultés rencontrées",
    "Professionnels impliqués dans la démarche": "Professionnels impliqués",
    "L'organisation de travail existante": "Organisation de travail",
    "Les modalités de travail existantes": "Modalités de travail",
    "Les axes du projet de santé": "Axes du projet",
    "Calendrier prévisionnel de réalisation du projet": "Calendrier prévisionnel",
    "Identification du porteur de projet": "Porteur de projet",
    "Coordonnées de l'ESP": "Coordonnées",
    "Atouts et freins éventuels à souligner": "Atouts et freins",
    "Le territoire d'intervention de l'ESP": "Territoire d’intervention",
}

# Les consignes que la trame officielle imprime en bleu sous ses titres, et que l'équipe a laissées.
CONSIGNES = {
    "territoire": (
        "L’objectif est de définir le territoire de proximité qui permet d’améliorer la prise en charge de la "
        "patientèle partagée entre professionnels de santé de 1er recours. Son contour est fortement conditionné par "
        "les acteurs en présence ayant la volonté de collaborer mais également par la patientèle qui a recours en "
        "priorité à l’offre de soins.",
    ),
    "patientele": ("Cette analyse partagée doit permettre de décrire la patientèle.",),
    "offre-de-soins": (
        "(L’ARS est en soutien pour vous apporter des éléments de diagnostic)",
        "Ce dernier doit permettre d’avoir une vision de l’offre de soins proposée sur le territoire de projet:",
    ),
    "difficultes": ("Ce diagnostic doit permettre d’élaborer un diagnostic qualitatif sur :",),
    "professionnels": (
        "Lister les professionnels au sens du code de la santé publique et, le cas échéant, les médico-sociaux et "
        "administratifs participant au fonctionnement du projet de santé et devant y apposer leur signature. "
        "(cf. Annexe 1)",
    ),
    "pilotage": ("Décrire le fonctionnement et les responsabilités de chacun au sein du site :",),
    "organisation-existante": (
        "Présentation de l’organisation actuelle : horaire d’ouverture, continuité des soins, soins non programmés, "
        "missions de santé publique, actions d’Education Thérapeutique du Patient, accueil de stagiaires, "
        "participation à la permanence des soins,…",
    ),
    "modalites-existantes": ("Décrire les modalités de travail existantes entre les professionnels impliqués :",),
}
# Ce que peut réunir une même main pressée ; tiré au sort, toujours le même.
TIRAGES = 18
AU_SORT: dict[str, tuple[Any, ...]] = {
    "contenu": (projet_breton, projet_breton, fiche_paca, projet_paca),
    "format": ("docx", "docx", "odt"),
    "titres": ("style", "gras", "gras", "majuscules", "plat"),
    "numeros": ("officiels", "aucun", "autres", "romains"),
    "accents": (True, True, False),
    "fautes": (False, True),
    "abreges": (False, False, True),
    "ordre": ("normal", "inverse", "milieu"),
    "questions": ("gras", "deux_points", "puce", "tableau", "accolee"),
    "cases": ("☒", "☑", "[x]", "apres", "une_ligne", "cochees"),
    "fiches": ("titres", "cellule", "deux_colonnes", "lignes", "transposees", "axe"),
    "membres": ("officiel", "deplacees", "renommees", "reunies", "sans_entete"),
    "dates": ("lettres", "chiffres", "points", "phrase"),
    "aide": (False, True),
    "retours": (False, True),
}


def tirees() -> Iterator[Facon]:
    """Des documents qui cumulent, au sort, tout ce qui peut être changé."""
    for graine in range(TIRAGES):
        sort = random.Random(graine)  # noqa: S311 — toujours le même tirage
        yield Facon("tout à la fois, au sort", **{nom: sort.choice(valeurs) for nom, valeurs in AU_SORT.items()})


def facons() -> Iterator[Facon]:
    """Le jeu d'essai entier."""
    yield from _d_apparence()
    yield from _de_fond()
    yield from _de_word_et_de_libreoffice()
    yield from tirees()
    yield from _de_provence()


def _d_apparence() -> Iterator[Facon]:
    """Styles, numéros, intitulés, ordre."""
    b = Facon("mise en forme")
    yield b
    yield from (replace(b, titres=t) for t in ("gras", "plat", "majuscules", "souligne", "liste"))
    yield replace(b, titres="gras", retours=True)
    yield replace(b, encadre=True)
    n = Facon("numérotation")
    yield from (replace(n, numeros=x) for x in ("aucun", "autres", "romains"))
    yield from (replace(n, numeros=x, titres="gras") for x in ("aucun", "autres", "romains"))
    i = Facon("intitulés")
    yield replace(i, accents=False)
    yield replace(i, accents=False, titres="gras", numeros="aucun")
    yield replace(i, fautes=True)
    yield replace(i, fautes=True, titres="gras", numeros="autres")
    yield replace(i, courts=True)
    yield replace(i, courts=True, titres="gras")
    yield replace(i, coupes=True)
    yield replace(i, coupes=True, titres="gras")
    yield replace(i, abreges=True)
    yield replace(i, abreges=True, questions="puce", titres="gras")
    o = Facon("rubriques déplacées ou réunies")
    yield replace(o, ordre="inverse")
    yield replace(o, ordre="milieu", titres="gras", numeros="aucun")
    yield replace(o, fusion=True)
    yield replace(o, fusion=True, titres="gras", numeros="aucun")


def _de_fond() -> Iterator[Facon]:
    """Questions, cases, tableaux, aides et dates."""
    q = Facon("questions")
    yield from (replace(q, questions=x) for x in ("deux_points", "puce", "tableau", "accolee", "plat"))
    c = Facon("cases")
    yield from (
        replace(c, cases=x)
        for x in ("☑", "[x]", "✓", "apres", "symbole", "police", "controle", "heritee", "une_ligne", "cochees")
    )
    f = Facon("fiches et tableaux")
    yield from (replace(f, fiches=x) for x in ("cellule", "deux_colonnes", "lignes", "transposees", "axe"))
    yield from (replace(f, membres=x) for x in ("deplacees", "renommees", "reunies", "sans_entete"))
    d = Facon("aides et dates")
    yield from (replace(d, dates=x) for x in ("chiffres", "points", "phrase"))
    yield replace(d, aide=True, preambule=True)
    yield replace(d, aide=True, titres="gras", encadre=True)


def _de_word_et_de_libreoffice() -> Iterator[Facon]:
    """La trame officielle, les façons de Word, celles de LibreOffice."""
    e = Facon("trame officielle et façons de Word")
    yield replace(e, officielle=True)
    yield replace(e, officielle=True, titres="gras", numeros="aucun")
    yield replace(e, officielle=True, format="odt")
    yield replace(e, tout_en_tableau=True)
    yield replace(e, tout_en_tableau=True, titres="gras", fiches="cellule")
    yield replace(e, suivi=True)
    yield replace(e, zones=True)
    s = Facon("converties par LibreOffice")
    yield replace(s, convertie="odt")
    yield replace(s, convertie="odt", titres="gras", cases="controle", numeros="autres")
    yield replace(s, format="odt", convertie="docx", titres="gras")
    li = Facon("LibreOffice", format="odt")
    yield li
    yield from (replace(li, titres=t) for t in ("gras", "plat", "majuscules"))
    yield replace(li, titres="gras", numeros="autres", questions="puce", cases="[x]")
    yield replace(li, fiches="cellule", membres="deplacees", cases="apres")
    yield replace(li, fiches="lignes", aide=True, cases="une_ligne")


def _de_provence() -> Iterator[Facon]:
    """Les deux trames de Provence-Alpes-Côte d’Azur."""
    for contenu in (fiche_paca, projet_paca):
        p = Facon("Provence-Alpes-Côte d’Azur", contenu=contenu)
        yield p
        yield replace(p, titres="gras", accents=False)
        yield replace(p, format="odt", titres="gras", questions="deux_points")
        yield replace(p, questions="tableau", cases="controle")
        yield replace(p, fautes=True, cases="symbole", numeros="autres")
        yield replace(p, ordre="inverse", questions="puce", cases="apres")
        yield replace(p, abreges=True, courts=True, titres="gras")


def composer(facon: Facon) -> tuple[bytes, Contenu]:
    """Le fichier, et ce qu'il doit redonner."""
    contenu = facon.contenu()
    ecrivain = {"docx": EnDocx, "odt": EnOdt}[facon.format]
    de_word = {"suivi": facon.suivi, "zones": facon.zones} if facon.format == "docx" else {}
    page = ecrivain(titres=facon.titres, cases="apres" if facon.officielle else facon.cases, **de_word)
    elements = _Redacteur(facon, contenu).elements()
    return page.ecrire([Grille(((tuple(elements),),))] if facon.tout_en_tableau else elements), contenu


class _Redacteur:
    def __init__(self, facon: Facon, contenu: Contenu) -> None:
        self.facon, self.contenu = facon, contenu

    def elements(self) -> list[Any]:
        rendus: list[Any] = []
        if self.facon.preambule or self.facon.officielle:
            rendus += [
                Ligne(self.contenu.trame.titre, gras=True),
                Ligne("Une aide au remplissage de couleur bleue est apportée. Le rédacteur voudra bien supprimer ces "
                      "contenus une fois le document dûment complété et finalisé."),
            ]  # fmt: skip
        for rang, groupe in enumerate(self._groupes(), start=1):
            rendus += self._titre(groupe, rang)
            for rubrique in groupe:
                rendus += [Ligne(c) for c in CONSIGNES.get(rubrique.id, ()) if self.facon.officielle]
                if self.facon.aide and rubrique.introduction:
                    rendus.append(Ligne(rubrique.introduction))
                rendus += self._rubrique(rubrique)
        return rendus

    def _groupes(self) -> list[list[Rubrique]]:
        rubriques = [r for r in self.contenu.rubriques() if not r.annexe]
        if self.facon.ordre == "inverse":
            rubriques.reverse()
        elif self.facon.ordre == "milieu":
            milieu = len(rubriques) // 2
            rubriques = [*rubriques[milieu:], *rubriques[:milieu]]
        groupes = [[r] for r in rubriques]
        if self.facon.fusion:
            paires = [("patientele", "offre-de-soins"), ("organisation-existante", "modalites-existantes")]
            for une, autre in paires:
                rang = next(n for n, g in enumerate(groupes) if g[0].id == une)
                groupes[rang] += next(g for g in groupes if g[0].id == autre)
                groupes = [g for g in groupes if g[0].id != autre]
        return groupes

    def _titre(self, groupe: list[Rubrique], rang: int) -> list[Any]:
        titre = " et ".join(r.titre if n == 0 else r.titre[0].lower() + r.titre[1:] for n, r in enumerate(groupe))
        if self.facon.courts:
            titre = COURTS.get(titre, titre)
        if self.facon.fautes:
            for juste, faute in _FAUTES.items():
                titre = titre.replace(juste, faute)
        if not self.facon.accents:
            titre = _sans_accent(titre)
        numero = {
            "officiels": groupe[0].numero,
            "aucun": "",
            "autres": f"{rang // 4 + 1}.{rang % 4 + 1}",
            "romains": ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][rang],
        }[self.facon.numeros]
        point = "." if self.facon.numeros == "romains" else ""
        entier = f"{numero}{point} {titre}".strip()
        if self.facon.coupes and len(titre.split()) >= 5:
            mots = entier.split()
            return [Titre(" ".join(mots[: len(mots) // 2]), 2), Titre(" ".join(mots[len(mots) // 2 :]), 2)]
        return [Titre(entier, 2)]

    def _rubrique(self, rubrique: Rubrique) -> list[Any]:
        rendus: list[Any] = []
        remplis = [c for c in rubrique.champs if c.id in self.contenu.reponses]
        if any(c.type == "membres" for c in rubrique.champs) and self.contenu.membres:
            rendus.append(self._membres())
        formulaire: list[tuple[Any, ...]] = []
        for champ in remplis:
            if self.facon.questions == "tableau" and champ.type not in {"tableau", "cases"}:
                formulaire.append((champ.libelle, self._valeur(champ)))
                continue
            rendus += self._question(rubrique, champ)
        return [*([Grille(tuple(formulaire))] if formulaire else []), *rendus]

    def _question(self, rubrique: Rubrique, champ: Champ) -> list[Any]:
        tu = champ.libelle.lower() == rubrique.titre.lower()
        if champ.type == "tableau":
            return self._fiches(champ)
        aide = [Ligne(champ.aide)] if self.facon.aide and champ.aide else []
        if champ.type == "cases" or (champ.type == "choix" and champ.presentation == "cases"):
            return [*self._libelle(champ, tu), *aide, self._cases(champ)]
        valeur = self._valeur(champ)
        court = champ.type in {"texte", "choix", "date", "nombre", "communes"} and len(valeur) == 1
        if (self.facon.questions == "deux_points" or court) and len(valeur) == 1 and not tu:
            return [self._accole(champ, valeur[0].texte)]
        if self.facon.questions == "accolee" and not tu:
            return [self._accole(champ, valeur[0].texte), *valeur[1:]]
        if self.facon.encadre:
            valeur = [Grille(((tuple(valeur),),))]
        return [*self._libelle(champ, tu), *aide, *valeur]

    def _accole(self, champ: Champ, texte: str) -> Ligne:
        libelle = ABREGES.get(champ.id, champ.libelle) if self.facon.abreges else champ.libelle
        tete = libelle.rstrip(" :?") + " :"
        return Ligne(f"{tete} {texte}", gras=tete if self.facon.questions != "plat" else "")

    def _libelle(self, champ: Champ, tu: bool) -> list[Ligne]:
        if tu:
            return []
        texte = champ.libelle if self.facon.accents else _sans_accent(champ.libelle)
        if self.facon.abreges:
            texte = ABREGES.get(champ.id, texte)
        if self.facon.officielle:
            return [Ligne(texte, puce=True)]
        return [Ligne(texte, gras=self.facon.questions not in {"puce", "plat"}, puce=self.facon.questions == "puce")]

    def _valeur(self, champ: Champ) -> list[Any]:
        valeur = self.contenu.reponses[champ.id]
        if champ.type == "choix":
            option = champ.option(valeur)
            return [Ligne(option.libelle if option else valeur)]
        if champ.type == "date":
            return [Ligne(self._date(valeur))]
        if champ.type == "nombre":
            return [Ligne(f"{valeur:,} {champ.unite}".replace(",", " "))]
        if champ.type == "communes":
            return [Ligne(", ".join(valeur))]
        if self.facon.retours and len(valeur) > 1:
            return [Ligne("\n".join(valeur))]
        return [Ligne(v) for v in (valeur if isinstance(valeur, list) else [valeur])]

    def _date(self, iso: str) -> str:

        jour = datetime.date.fromisoformat(iso)
        return {
            "lettres": en_lettres(jour),
            "chiffres": f"{jour:%d/%m/%Y}",
            "points": f"{jour:%d.%m.%Y}",
            "phrase": f"Nous visons le {en_lettres(jour)}, si tout va bien.",
        }[self.facon.dates]

    def _cases(self, champ: Champ) -> Cases:
        cochees = self.contenu.reponses[champ.id]
        cochees = cochees if isinstance(cochees, list) else [cochees]
        return Cases(tuple((o.libelle, o.id in cochees) for o in champ.options))

    def _membres(self) -> Grille:
        entete = ("Nom", "Prénom", "Profession", "Commune d’exercice")
        lignes: list[tuple[str, ...]] = list(self.contenu.membres)
        if self.facon.membres == "deplacees":
            entete = ("Profession", "Commune d’exercice", "Prénom", "Nom")
            lignes = [(m[2], m[3], m[1], m[0]) for m in lignes]
        elif self.facon.membres == "renommees":
            entete = ("NOMS", "Prénoms", "Métier exercé (profession)", "Lieu d'exercice")
        elif self.facon.membres == "reunies":
            entete = ("Nom et prénom", "Qualité", "Ville")
            lignes = [(f"Dr {m[0]} {m[1]}", m[2], m[3]) for m in lignes]
        elif self.facon.membres == "sans_entete":
            return Grille(tuple(lignes))
        return Grille((entete, *lignes))

    def _fiches(self, champ: Champ) -> list[Any]:
        lignes = self.contenu.reponses[champ.id]
        colonnes = [c for c in champ.colonnes if any(c.id in ligne for ligne in lignes)]
        if self.facon.fiches == "lignes":
            entete = tuple(c.libelle.rstrip(" :") for c in colonnes)
            return [Grille((entete, *(tuple(_paragraphes(ligne[c.id]) for c in colonnes) for ligne in lignes)))]
        if self.facon.fiches == "transposees":
            return [Grille(tuple((c.libelle, *(_paragraphes(li[c.id]) for li in lignes)) for c in colonnes))]
        rendus: list[Any] = []
        for rang, ligne in enumerate(lignes, start=1):
            nom = champ.titre_ligne.replace("{n}", str(rang))
            tete = Ligne(nom.upper() if self.facon.fiches == "cellule" else nom, gras=True)
            reste = colonnes
            if self.facon.fiches == "axe":
                tete = Ligne(f"AXE {rang} : {ligne[colonnes[0].id]}", gras=True)
                reste = colonnes[1:]
            if self.facon.fiches == "deux_colonnes":
                rendus += [tete, Grille(tuple((c.libelle, _paragraphes(ligne[c.id])) for c in reste))]
                continue
            corps = [tete, *(e for c in reste for e in self._cellule(c, ligne[c.id]))]
            rendus += [Grille(((tuple(corps),),))] if self.facon.fiches == "cellule" else corps
        return rendus

    def _cellule(self, colonne: Champ, valeur: Any) -> Elements:
        if isinstance(valeur, str):
            tete = f"{colonne.libelle.rstrip(' :')} :"
            return [Ligne(f"{tete} {valeur}", gras=tete)]
        return [Ligne(f"{colonne.libelle.rstrip(' :')} :", gras=True), *(Ligne(v) for v in valeur)]


def _paragraphes(valeur: Any) -> tuple[Ligne, ...]:
    return tuple(Ligne(v) for v in (valeur if isinstance(valeur, list) else [valeur]))


def _sans_accent(texte: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", texte) if not unicodedata.combining(c))


def convertir(octets: bytes, de: str, vers: str) -> bytes:
    """Le même document, ouvert et enregistré par LibreOffice ; l'essai est ignoré s'il manque."""
    commande = programme("soffice")
    with TemporaryDirectory() as dossier:
        source = Path(dossier) / f"trame.{de}"
        source.write_bytes(octets)
        sortie = Path(dossier) / "sortie"
        profil = f"-env:UserInstallation=file://{dossier}/profil"
        subprocess.run(
            [commande, profil, "--headless", "--convert-to", vers, "--outdir", str(sortie), str(source)],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return (sortie / f"trame.{vers}").read_bytes()
