"""Le contenu canonique d'un dépôt : tout ce qu'on signe, figé, sans renvoi à une donnée qui changerait."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from esperluette.diagnostics import encart_ecrit
from esperluette.documents.contextes import (
    AnnexeImprimee,
    Case,
    ChampImprime,
    Colonne,
    ContexteTrame,
    EquipeImprimee,
    MembreImprime,
    RubriqueImprimee,
    SignatureImprimee,
    Tableau,
    en_contexte,
)
from esperluette.dossiers.lectures import (
    chiffres_a_jour,
    contexte_de,
    demarche_de,
    edition_de,
    membres_de,
    signataires,
    trame_de,
    valeurs_de,
)
from esperluette.dossiers.models import Depot, Dossier
from esperluette.equipes.models import Equipe, Membre
from esperluette.referentiel.modele import Champ, Edition, Rubrique
from esperluette.referentiel.questionnaire import TypeChamp
from esperluette.referentiel.trames import est_visible, valeur_effective
from esperluette.territoires.models import Commune

FORMAT = 1


def contenu_de(dossier: Dossier, *, version: int) -> dict[str, Any]:
    """Ce qui se fige : identité, membres, réponses, pièces, document mis en mots. JSON, sans date de fabrication."""
    edition, membres = edition_de(dossier), membres_de(dossier)
    return {
        "format": FORMAT,
        "reference": dossier.reference,
        "version": version,
        "region": edition.region,
        "edition": edition.numero,
        "edition_empreinte": edition.empreinte,
        "demarche": dossier.demarche,
        "membres": [_membre(edition, m) for m in membres],
        "signataires": [_membre(edition, m) for m in signataires(dossier, membres)],
        "reponses": valeurs_de(dossier),
        "pieces": [
            {
                "piece": p.pk, "libelle": p.libelle, "nature": p.nature, "nom": p.fichier.nom,
                "taille": p.fichier.taille, "empreinte": p.fichier.empreinte,
            }
            | ({"valable_jusqu_au": p.valable_jusqu_au.isoformat()} if p.valable_jusqu_au else {})
            for p in dossier.pieces.filter(retiree_le=None).select_related("fichier")
        ],
        "document": en_contexte(document_de(dossier, membres, brouillon=False)),
    }  # fmt: skip


def document_de(dossier: Dossier, membres: Sequence[Membre], *, brouillon: bool) -> ContexteTrame:
    """Le document tel qu'il s'imprime. En brouillon, l'aide paraît et l'état le dit."""
    redacteur = _Redacteur(dossier, membres, brouillon=brouillon)
    trame = trame_de(dossier)
    return ContexteTrame(
        titre=trame.titre,
        sous_titre=dossier.demarche_libelle if dossier.demarche_libelle != trame.titre else "",
        reference=dossier.reference,
        equipe=_equipe(dossier.equipe),
        brouillon=brouillon,
        etat="Brouillon" if brouillon else "",
        version="",
        empreinte="",
        le=timezone.localdate().isoformat() if brouillon else "",
        rubriques=tuple(redacteur.rubrique(r) for r in trame.rubriques if not r.annexe),
        modele=trame.modele_note if trame.modele == "construit" else "",
        annexes=tuple(
            AnnexeImprimee(numero=r.numero, titre=r.titre, champs=redacteur.champs(r))
            for r in trame.rubriques
            if r.annexe
        ),
        signatures=tuple(
            SignatureImprimee(nom=f"{m.prenom} {m.nom}", profession=metier_de(redacteur.edition, m))
            for m in signataires(dossier, membres)
        ),
    )


def document_du_depot(depot: Depot) -> dict[str, Any]:
    """Le document d'une version figée, avec ses signatures à cet instant."""
    membres = [s["membre"] for s in depot.contenu["signataires"]]
    posees = depot.signatures.filter(annulee_le=None, signataire__appartenances__in=membres)
    signees = {
        membre: signee_le.isoformat()
        for membre, signee_le in posees.values_list("signataire__appartenances", "signee_le")
    }
    lignes = zip(depot.contenu["document"]["signatures"], membres, strict=True)
    electroniques = [{**ligne, "signee_le": signees.get(pk), "mention": ""} for ligne, pk in lignes]
    document: dict[str, Any] = depot.contenu["document"]
    return document | {
        "signatures": electroniques + _pages_signees(depot),
        "etat": _etat(depot),
        "version": str(depot.numero),
        "empreinte": depot.empreinte,
        "le": (depot.depose_le or depot.fige_le).isoformat(),
    }


def _pages_signees(depot: Depot) -> list[dict[str, Any]]:
    """Les pages signées à la main d'un dépôt repris, avec la mention qui les distingue ; aucune requête ailleurs."""
    if not depot.contenu.get("reprise"):
        return []
    return [
        en_contexte(
            SignatureImprimee(nom=s.nom, profession=s.qualite, signee_le=s.signee_le.isoformat(), mention=s.mention)
        )
        for s in depot.manuscrites.actives().select_related("jointe_par")
    ]


def _etat(depot: Depot) -> str:
    if depot.depose_le:
        return "Déposé"
    if depot.annule_le is not None:
        return "Version annulée"
    return "Version à signer" if depot.contenu["signataires"] else "Version à déposer"


def metier_de(edition: Edition, membre: Membre) -> str:
    """La profession (avec sa qualification) d'un professionnel, ou le métier d'une autre personne."""
    profession = edition.socle.professions.get(membre.profession) if membre.professionnel else None
    if profession is None:
        return membre.metier or membre.profession
    qualification = next((s.libelle for s in profession.savoir_faire if s.code == membre.savoir_faire), "")
    return (
        f"{profession.libelle}, {qualification[0].lower()}{qualification[1:]}" if qualification else profession.libelle
    )


def _membre(edition: Edition, membre: Membre) -> dict[str, Any]:
    return {
        "membre": membre.pk,
        "prenom": membre.prenom,
        "nom": membre.nom,
        "profession": metier_de(edition, membre),
        "code_profession": membre.profession,
        "professionnel": membre.professionnel,
        "rpps": membre.rpps,
        "exercice": membre.exercice,
        "commune": membre.commune_id,
        "porteur": membre.porteur,
    }


def _equipe(equipe: Equipe) -> EquipeImprimee:
    implantation = equipe.implantation
    return EquipeImprimee(
        nom=equipe.nom,
        commune=implantation.nom,
        departement=implantation.departement.nom,
        region=implantation.region.nom,
    )


def _type_imprime(champ: Champ) -> TypeChamp:
    """Le type du champ, ou « cases » pour un choix que le document officiel présente en cases à cocher."""
    return "cases" if champ.presentation == "cases" else champ.type


class _Redacteur:
    """Met en mots les champs d'un dossier ; lit les valeurs et les noms de communes une seule fois."""

    def __init__(self, dossier: Dossier, membres: Sequence[Membre], *, brouillon: bool) -> None:
        self.trame, self.edition, self.brouillon = trame_de(dossier), edition_de(dossier), brouillon
        self.demarche = demarche_de(dossier)
        self.membres = membres
        self.contexte = contexte_de(dossier, membres)
        self.valeurs = chiffres_a_jour(dossier, valeurs_de(dossier), self.contexte)
        self.communes = self._noms_des_communes()

    def _noms_des_communes(self) -> dict[str, str]:
        codes: set[str] = set()
        for _, champ in self.trame.champs():
            if champ.type == "communes":
                codes |= set(valeur_effective(champ, self.valeurs, self.contexte) or [])
        return dict(Commune.objects.filter(pk__in=codes).values_list("pk", "nom")) if codes else {}

    def rubrique(self, rubrique: Rubrique) -> RubriqueImprimee:
        aide = rubrique.introduction if self.brouillon else ""
        return RubriqueImprimee(
            numero=rubrique.numero,
            titre=rubrique.titre,
            niveau=rubrique.niveau,
            champs=self.champs(rubrique),
            aide=aide,
            mention=rubrique.mention,
        )

    def champs(self, rubrique: Rubrique) -> tuple[ChampImprime, ...]:
        return tuple(self.champ(c) for c in rubrique.champs if self._s_imprime(c))

    def _s_imprime(self, champ: Champ) -> bool:
        """Une question visible ; et des chiffres publics seulement s'il y en a : l'ARS ne les a pas demandés."""
        if champ.type == "chiffres" and not self.valeurs.get(champ.id):
            return False
        return est_visible(self.trame, champ, self.valeurs, self.contexte)

    def champ(self, champ: Champ) -> ChampImprime:
        valeur = valeur_effective(champ, self.valeurs, self.contexte)
        return ChampImprime(
            libelle=champ.libelle,
            type=_type_imprime(champ),
            valeur=self.tableau(champ, valeur) if champ.type == "tableau" else self.valeur(champ, valeur),
            aide=champ.aide if self.brouillon else "",
            unite=champ.unite,
        )

    def tableau(self, champ: Champ, lignes: Any) -> Tableau | None:
        if not lignes:
            return None
        return Tableau(
            colonnes=tuple(Colonne(libelle=c.libelle, type=_type_imprime(c), unite=c.unite) for c in champ.colonnes),
            lignes=tuple(tuple(self.valeur(c, ligne.get(c.id)) for c in champ.colonnes) for ligne in lignes),
            presentation="fiches" if champ.presentation == "fiches" else "lignes",
            titre_ligne=champ.titre_ligne,
        )

    def valeur(self, champ: Champ, valeur: Any) -> Any:
        """La valeur mise en mots, dans la forme que `documents.contextes` attend."""
        if champ.type == "membres":
            return tuple(
                MembreImprime(
                    nom=m.nom, prenom=m.prenom, profession=metier_de(self.edition, m),
                    commune=m.commune.nom if m.commune else "",
                )
                for m in self.membres
            )  # fmt: skip
        if champ.type == "chiffres":
            return encart_ecrit.ecrire(valeur, brouillon=self.brouillon)
        if champ.type == "cases":
            return tuple(Case(libelle=o.libelle, cochee=o.id in (valeur or [])) for o in champ.options)
        if champ.presentation == "cases":
            return tuple(Case(libelle=o.libelle, cochee=o.id == valeur) for o in champ.options)
        if champ.type == "choix":
            option = champ.option(valeur) if valeur else None
            return option.libelle if option else None
        if champ.type == "communes":
            return tuple(self.communes.get(code, code) for code in valeur or [])
        return valeur
