"""Les écrans du dossier côté équipe : rédaction, historique, pièces, aperçu, signature, dépôt, fiche."""
