"""Qui est connecté : le compte de la session, avec ses drapeaux."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from esperluette.comptes.drapeaux import avec_drapeaux
from esperluette.comptes.models import Compte


class CompteConnecte(AuthenticationBackend):  # type: ignore[misc]  # allauth n’est pas typé
    """Lit le compte de la session ; un compte fermé n'est plus personne."""

    def get_user(self, user_id: Any) -> Compte | None:
        """Le compte, en une requête."""
        compte = avec_drapeaux(Compte.objects.all()).filter(pk=user_id).first()
        return compte if compte is not None and self.user_can_authenticate(compte) else None
