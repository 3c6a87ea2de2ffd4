"""Le dossier de preuve d'une version : ses fichiers JSON, et le PDF d'une signature ou de toutes."""

from collections.abc import Sequence

from django.utils import timezone

from esperluette.documents.canonique import empreinte
from esperluette.documents.contextes import EquipeImprimee, en_contexte
from esperluette.documents.dossier_de_preuve import GABARIT, ContextePreuve, PageSignee, signature_prouvee
from esperluette.documents.moteur import produire
from esperluette.documents.preuves import SignatureMontree, fichier
from esperluette.dossiers.lectures_fiche import manuscrites_de
from esperluette.dossiers.models import Depot
from esperluette.dossiers.preuves import export, export_d_ensemble, sans_signature


def nom_de(depot: Depot, suite: str) -> str:
    """« ESP-BRE-2026-00001-v2-preuve-14 »."""
    return f"{depot.dossier.reference}-v{depot.numero}-{suite}"


def json_d_une(depot: Depot, montree: SignatureMontree) -> bytes:
    """Le fichier de preuve d'une signature : les mêmes octets pour tous ceux qui peuvent le lire."""
    return fichier(export(depot, montree))


def json_de_toutes(depot: Depot, montrees: Sequence[SignatureMontree]) -> bytes:
    """Le fichier de preuve de toute la version."""
    return fichier(export_d_ensemble(depot, montrees, manuscrites_de(depot)))


def pdf(depot: Depot, montrees: Sequence[SignatureMontree], *, ensemble: bool) -> bytes:
    """Le dossier de preuve de ces signatures. Lève `ProductionImpossible`."""
    return produire(GABARIT, en_contexte(contexte(depot, montrees, ensemble=ensemble)), "pdf")


def contexte(depot: Depot, montrees: Sequence[SignatureMontree], *, ensemble: bool) -> ContextePreuve:
    """Ce qu'imprime le dossier de preuve. La connexion n'y est que pour qui peut la voir."""
    dossier, implantation = depot.dossier, depot.dossier.equipe.implantation
    pages = manuscrites_de(depot) if ensemble else []
    tout = export_d_ensemble(depot, montrees, pages) if ensemble else {}
    return ContextePreuve(
        titre="Dossier de preuve des signatures" if ensemble else "Dossier de preuve d’une signature",
        reference=dossier.reference,
        equipe=EquipeImprimee(
            nom=dossier.equipe.nom, commune=implantation.nom, departement=implantation.departement.nom,
            region=implantation.region.nom,
        ),
        brouillon=False,
        demarche=dossier.demarche_libelle,
        version=str(depot.numero),
        empreinte=depot.empreinte,
        fige_le=depot.fige_le.isoformat(),
        depose_le=depot.depose_le.isoformat() if depot.depose_le else "",
        etabli_le=timezone.now().isoformat(),
        ensemble=ensemble,
        signatures=tuple(
            signature_prouvee(
                m, fichier=f"{nom_de(depot, f'preuve-{m.signature.pk}')}.json", sha256=empreinte(export(depot, m))
            )
            for m in montrees
        ),
        pages_signees=tuple(
            PageSignee(
                nom=s.nom, qualite=s.qualite, signee_le=s.signee_le.isoformat(), mention=s.mention,
                scan=s.scan.fichier.nom, scan_sha256=s.scan.fichier.empreinte,
            )
            for s in pages
        ),
        sans_signature=tuple(sans_signature(depot, montrees)) if ensemble else (),
        fichier=f"{nom_de(depot, 'preuves')}.json" if ensemble else "",
        sha256=empreinte(tout) if ensemble else "",
    )  # fmt: skip
