"""Les pages : `agent` (la fiche), `boite` (la boîte de départ), `signature` (ce qui demande un code), `equipe`."""
