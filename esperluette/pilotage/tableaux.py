"""Les tableaux du pilotage : ceux de l'écran et ceux des fichiers, faits une seule fois des mêmes chiffres."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from esperluette.commun.dates import en_lettres
from esperluette.pilotage.courbes import Courbe, Serie, tracer
from esperluette.pilotage.lectures import Ligne, Releve
from esperluette.pilotage.mesures import ETAPES, GROUPES
from esperluette.territoires.cartes import Carte, Classe, dessiner

Valeur = str | int | float | None
SANS, AVEC = "sans", "avec"


@dataclass(frozen=True, slots=True)
class Tableau:
    """Un tableau : des colonnes, et des lignes la première cellule en en-tête. `pied` : la dernière totalise."""

    cle: str
    titre: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[Valeur, ...], ...]
    pied: bool = False
    note: str = ""


def tableaux(releve: Releve) -> dict[str, Tableau]:
    """Tous les tableaux de ce relevé, par clé."""
    fabriques = (etats, delais, avis, territoires, activite, delais_par_mois, equipes_par_mois, communes_zip)
    return {tableau.cle: tableau for tableau in (fabrique(releve) for fabrique in fabriques)}


def _lignes(releve: Releve) -> Iterator[Ligne]:
    yield from releve.lignes
    if len(releve.lignes) > 1:
        yield releve.total


def _titre(ligne: Ligne) -> str:
    return f"{ligne.nom} ({ligne.code})" if ligne.code else ligne.nom


def etats(releve: Releve) -> Tableau:
    """Les dossiers reçus dans la période, et où ils en sont."""
    return Tableau(
        "etats",
        "Dossiers reçus, et où ils en sont aujourd’hui",
        ("Département", "Reçus", *(libelle for libelle, _ in GROUPES.values())),
        tuple(
            (_titre(x), x.chiffres.recus, *(x.chiffres.par_groupe[groupe] for groupe in GROUPES))
            for x in _lignes(releve)
        ),
        pied=len(releve.lignes) > 1,
    )


def delais(releve: Releve) -> Tableau:
    """Les délais médians des étapes atteintes dans la période, et sur combien de dossiers."""
    colonnes = [c for libelle in ETAPES.values() for c in (f"{libelle} (jours)", "dossiers")]
    return Tableau(
        "delais",
        "Délais médians",
        ("Département", *colonnes),
        tuple(
            (
                _titre(x),
                *(v for etape in ETAPES for v in (x.chiffres.delais[etape].mediane, x.chiffres.delais[etape].nombre)),
            )
            for x in _lignes(releve)
        ),
        pied=len(releve.lignes) > 1,
        note="En jours de calendrier, suspensions comprises, pour les étapes atteintes dans la période.",
    )


def avis(releve: Releve) -> Tableau:
    """Ce que les commissions ont rendu dans la période : une colonne par avis, dans l'ordre du plus fréquent."""
    libelles = tuple(libelle for libelle, _ in sorted(releve.total.avis.items(), key=lambda p: (-p[1], p[0])))
    return Tableau(
        "avis",
        "Avis des commissions",
        ("Département", "Rendus ou ajournés", *libelles),
        tuple((_titre(x), x.examines, *(x.avis[libelle] for libelle in libelles)) for x in _lignes(releve)),
        pied=len(releve.lignes) > 1,
    )


def territoires(releve: Releve) -> Tableau:
    """Les équipes reconnues, la population qu'elles couvrent, les communes ZIP qu'elles laissent."""
    return Tableau(
        "territoires",
        "Équipes reconnues et territoire",
        ("Département", "Équipes reconnues", "Population couverte", "Population", "Part couverte (%)", "Communes ZIP",
         "Communes ZIP sans équipe"),
        tuple(
            (
                _titre(x), x.equipes, x.couverte, x.population,
                round(x.part_couverte, 1) if x.part_couverte is not None else None, x.zip, x.zip_sans_equipe,
            )
            for x in _lignes(releve)
        ),
        pied=len(releve.lignes) > 1,
        note="Population municipale. Une commune couverte par plusieurs équipes compte une fois.",
    )  # fmt: skip


def _mois(jour: date) -> str:
    return en_lettres(jour.replace(day=2), "F Y")


def _court(jour: date) -> str:
    return f"{jour:%m/%y}"


def activite(releve: Releve) -> Tableau:
    """Reçus et décidés, mois par mois."""
    lignes = tuple((_mois(m.du), m.recus, m.decides) for m in releve.mois)
    return Tableau("activite", "Dossiers reçus et décidés par mois", ("Mois", "Reçus", "Décidés"), lignes)


def delais_par_mois(releve: Releve) -> Tableau:
    """Les délais médians, mois par mois."""
    lignes = tuple((_mois(m.du), *(m.delais[etape] for etape in ETAPES)) for m in releve.mois)
    return Tableau("delais-par-mois", "Délais médians par mois, en jours", ("Mois", *ETAPES.values()), lignes)


def equipes_par_mois(releve: Releve) -> Tableau:
    """Les équipes reconnues à la fin de chaque mois."""
    lignes = tuple((_mois(m.du), m.equipes) for m in releve.mois)
    return Tableau("equipes", "Équipes reconnues à la fin du mois", ("Mois", "Équipes reconnues"), lignes)


def communes_zip(releve: Releve) -> Tableau:
    """Les communes ZIP où aucune équipe reconnue n'a de patientèle."""
    return Tableau(
        "communes-zip",
        "Communes ZIP sans équipe reconnue",
        ("Commune", "Code", "Département", "Population"),
        tuple((x.nom, x.code, x.departement_nom, x.population) for x in releve.zip.sans_equipe),
    )


def courbes(releve: Releve) -> dict[str, Courbe]:
    """Les trois courbes, sous la clé du tableau qui dit leurs valeurs."""
    mois = [_court(m.du) for m in releve.mois]
    series = {
        "activite": (
            Serie("Reçus", tuple(m.recus for m in releve.mois)),
            Serie("Décidés", tuple(m.decides for m in releve.mois)),
        ),
        "delais-par-mois": tuple(
            Serie(libelle, tuple(m.delais[etape] for m in releve.mois)) for etape, libelle in ETAPES.items()
        ),
        "equipes": (Serie("Équipes reconnues", tuple(m.equipes for m in releve.mois)),),
    }
    titres = {
        "activite": activite(releve),
        "delais-par-mois": delais_par_mois(releve),
        "equipes": equipes_par_mois(releve),
    }
    return {
        cle: tracer(
            titres[cle].titre,
            mois,
            lignes,
            unite=" jours" if cle == "delais-par-mois" else "",
            identifiant=f"courbe-{cle}",
        )
        for cle, lignes in series.items()
    }


def carte(releve: Releve) -> Carte | None:
    """Les communes ZIP de la région, avec ou sans équipe reconnue ; None si le zonage n'est pas chargé."""
    if not releve.zip.charge:
        return None
    sans = {lieu.code for lieu in releve.zip.sans_equipe}
    codes = sorted(releve.zip.classees)
    departements = [c for c, _ in releve.departements if releve.demande.departement in ("", c)]
    return dessiner(
        titre="Communes ZIP, avec et sans équipe reconnue",
        description="Le tableau des communes ZIP sans équipe dit la même chose, avec leur population.",
        communes=codes,
        departements=departements,
        classes=[Classe(SANS, "ZIP sans équipe reconnue"), Classe(AVEC, "ZIP avec une équipe reconnue")],
        classement={code: SANS if code in sans else AVEC for code in codes},
        noms={lieu.code: lieu.nom for lieu in releve.zip.sans_equipe},
        identifiant="carte-zip",
    )
